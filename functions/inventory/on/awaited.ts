import type { events } from '../../../schemas/inventory.ts'
import type { Received } from '../../runtime/events.ts'
import { runMs } from '../../runtime/due.ts'
import { unitsDue } from '../core/stock.ts'
import { unheld } from '../core/waiting.ts'
import type { InventoryDeps } from '../deps.ts'
import { reserveBatch } from '../store/reserve-batch.ts'
import { type StockItem, putStock, readStock, stockKey } from '../store/stock-item.ts'
import { queuePage } from '../store/waiter-item.ts'

/** Waiting orders that are read, and decided, at once. */
const pageSize = 25

/** Lets the orders that wait for a sku have what they are due of it. */
export const fillQueue =
  (deps: InventoryDeps) =>
  ({ id, data: { sku } }: Received<typeof events.stockAwaited>): Promise<void> =>
    fill(deps, sku, id)

/**
 * Tries the orders that wait for a sku, the first one placed first, as far as there are units that are not due to those before. What a run has no
 * time for, another one goes on with. Throws what the first order failed with that could not be tried.
 */
export async function fill(deps: InventoryDeps, sku: string, cause: string): Promise<void> {
  const { store, clock } = deps
  const end = clock.now() + runMs
  let [passed, cursor, failure]: [number, string | undefined, unknown] = [0, undefined, undefined]
  do {
    const item = (await store.get(stockKey(sku), { consistent: true })) as StockItem | undefined
    const stock = item && readStock(item)
    if (item === undefined || stock === undefined || unitsDue(stock) === 0) break
    if (clock.now() >= end) return goOnLater(deps, item, cause)
    const left = unheld(stock)
    const page = await queuePage(store, sku, { limit: pageSize, cursor })
    const tried = page.waiters.filter(({ units }) => passed + units <= left)
    const requests = tried.map(({ id }) => ({ move: 'fill' as const, id, orderId: id, cause }))
    const results = await reserveBatch(deps, requests)
    for (const result of results) if ('error' in result) failure ??= result.error
    const filled = new Set(
      results.flatMap((result) =>
        'reservation' in result && result.reservation?.status !== 'waiting' ? [result.reservation?.id] : [],
      ),
    )
    for (const { id, units } of page.waiters) if (!filled.has(id)) passed += units
    cursor = passed < left ? page.cursor : undefined
  } while (cursor !== undefined)
  if (failure !== undefined) throw failure
}

async function goOnLater({ store, clock }: InventoryDeps, item: StockItem, cause: string): Promise<void> {
  const origin = { cause, at: clock.now(), by: 'inventory' }
  await store.write(await putStock(store, item, readStock(item), origin, { emits: ['stock.awaited'] }))
}
