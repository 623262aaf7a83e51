import { timeOf } from '../../runtime/clock.ts'
import { runMs } from '../../runtime/due.ts'
import { partitionsOf } from '../../runtime/sharded.ts'
import { logger } from '../../runtime/log.ts'
import type { Item } from '../../runtime/store.ts'
import type { InventoryDeps } from '../deps.ts'
import { reserveBatch } from '../store/reserve-batch.ts'
import { type StockItem, putStock, readStock, stockKey } from '../store/stock-item.ts'
import { fill } from './awaited.ts'

/** Reservations that are read of a partition, and decided, at once. */
const batchSize = 100

/** The partitions of the index, with the only one of the release before it was spread. */
const partitions = ['due', ...partitionsOf('due')]

/**
 * Ends the holds without an order whose time is over, goes on with steps that were left half-way, and then tries the queues of orders that wait,
 * for as long as a run has: long queues keep no hold from its end. Returns how many were due and how many failed (they stay due).
 */
export async function expire(deps: InventoryDeps): Promise<{ due: number; failed: number }> {
  const { store, clock } = deps
  const begun = clock.now()
  const counted = { due: 0, failed: 0 }
  const queues: StockItem[] = []
  let unread = new Map<string, string | undefined>(partitions.map((partition) => [partition, undefined]))
  while (unread.size > 0) {
    const pages = await Promise.all(
      Array.from(unread, async ([partition, cursor]) => ({
        partition,
        ...(await store.query({ index: 'due', partition, to: timeOf(begun), limit: batchSize, cursor })),
      })),
    )
    const [stocks, due] = partitioned(pages.flatMap(({ items }) => items))
    queues.push(...stocks)
    for (let from = 0; from < due.length; from += batchSize) {
      if (clock.now() >= begun + runMs) return counted
      const requests = due
        .slice(from, from + batchSize)
        .map(({ pk: id, dueSk }) => ({ move: 'expire' as const, id, cause: `due ${String(dueSk)}` }))
      const results = await reserveBatch(deps, requests)
      counted.due += requests.length
      counted.failed += results.filter((result) => 'error' in result).length
    }
    unread = new Map(
      pages.flatMap(({ partition, cursor }) => (cursor === undefined ? [] : [[partition, cursor] as const])),
    )
  }
  for (const item of queues) {
    if (clock.now() >= begun + runMs) return counted
    counted.due += 1
    if (!(await isTried(deps, item))) counted.failed += 1
  }
  return counted
}

const isStock = ({ sk }: Item): boolean => sk === stockKey('').sk

/** The stock that orders wait for, and the reservations. */
const partitioned = (items: readonly Item[]): readonly [readonly StockItem[], readonly Item[]] => [
  items.filter(isStock) as StockItem[],
  items.filter((item) => !isStock(item)),
]

/** Tries a queue, and puts its stock off to the next time. Whether it could be tried; another writer puts the stock off itself. */
async function isTried(deps: InventoryDeps, { sku, dueSk }: StockItem): Promise<boolean> {
  const { store, clock } = deps
  const cause = `due ${String(dueSk)}`
  try {
    await fill(deps, { sku }, cause)
    const item = (await store.get(stockKey(sku), { consistent: true })) as StockItem | undefined
    const origin = { cause, at: clock.now(), by: 'inventory' }
    if (item !== undefined && item.dueSk === dueSk)
      await store.write(await putStock(store, item, readStock(item), origin))
    return true
  } catch (error) {
    logger.error('not swept', { sku, error: error as Error })
    return false
  }
}
