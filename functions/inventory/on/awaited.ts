import type { DataOf } from '../../../schemas/contract.ts'
import type { events } from '../../../schemas/inventory.ts'
import type { Received } from '../../runtime/events.ts'
import { runMs } from '../../runtime/due.ts'
import type { Store } from '../../runtime/store.ts'
import { untilWritten } from '../../runtime/update.ts'
import { type Stock, unitsDue } from '../core/stock.ts'
import { type Place, unheld } from '../core/waiting.ts'
import type { InventoryDeps } from '../deps.ts'
import { reserveBatch } from '../store/reserve-batch.ts'
import { type StockItem, putStock, readStock, stockKey } from '../store/stock-item.ts'
import { queuePage } from '../store/waiter-item.ts'

/** Waiting orders that are read, and decided, at once. */
const pageSize = 25

/** A queue, and the last of its orders that was tried already. */
type Queue = DataOf<typeof events.stockAwaited>

/** Lets the orders that wait for a sku have what they are due of it. */
export const fillQueue =
  (deps: InventoryDeps) =>
  ({ id, data }: Received<typeof events.stockAwaited>): Promise<void> =>
    fill(deps, data, id)

/**
 * Tries the orders that wait for a sku, the first one placed first, as far as there are units that are not due to those before. What a run has no
 * time for, another one goes on with behind the last order that was tried; each tries a page at least. Throws what the first order failed with
 * that could not be tried; where another run goes on, the sweeper tries that order again.
 */
export async function fill(deps: InventoryDeps, { sku, triedTo }: Queue, cause: string): Promise<void> {
  const { store, clock } = deps
  const end = clock.now() + runMs
  let [place, passed, failure]: [Place | undefined, number | undefined, unknown] = [triedTo, undefined, undefined]
  for (;;) {
    const waited = await waitedFor(store, sku)
    if (waited === undefined) break
    const left = unheld(waited.stock)
    passed ??= triedTo ? await dueThrough(store, sku, triedTo, left) : 0
    if (passed >= left) break
    const page = await queuePage(store, sku, { limit: pageSize, after: place })
    const room = left - passed
    const tried = page.waiters.filter(({ units }) => units <= room)
    const requests = tried.map(({ id }) => ({ move: 'fill' as const, id, orderId: id, cause }))
    const results = await reserveBatch(deps, requests)
    for (const result of results) if ('error' in result) failure ??= result.error
    const filled = new Set(
      results.flatMap((result) =>
        'reservation' in result && result.reservation?.status !== 'waiting' ? [result.reservation?.id] : [],
      ),
    )
    for (const { id, units } of page.waiters) if (!filled.has(id)) passed += units
    place = page.waiters.at(-1) ?? place
    if (page.cursor === undefined || passed >= left) break
    if (place && clock.now() >= end) return goOnLater(deps, sku, place, cause)
  }
  if (failure !== undefined) throw failure
}

/** A stock that orders wait for, as it stands now. */
async function waitedFor(
  store: Store,
  sku: string,
): Promise<{ readonly item: StockItem; readonly stock: Stock } | undefined> {
  const item = (await store.get(stockKey(sku), { consistent: true })) as StockItem | undefined
  const stock = item && readStock(item)
  return item && stock && unitsDue(stock) > 0 ? { item, stock } : undefined
}

/**
 * Units that are due to the orders up to a place, as they wait now, with the order in it: others have joined or left since it was tried. No
 * further than there are units: behind that nobody has any.
 */
async function dueThrough(store: Store, sku: string, place: Place, most: number): Promise<number> {
  let [units, cursor]: [number, string | undefined] = [0, undefined]
  do {
    const page = await queuePage(store, sku, { limit: 100, cursor, through: place })
    units += page.waiters.reduce((sum, each) => sum + each.units, 0)
    cursor = page.cursor
  } while (cursor !== undefined && units < most)
  return units
}

/** Has what stands behind that place tried. */
async function goOnLater(deps: InventoryDeps, sku: string, triedTo: Place, cause: string): Promise<void> {
  const { store, clock } = deps
  await untilWritten(deps, `the stock of ${sku}`, async () => {
    const waited = await waitedFor(store, sku)
    if (waited === undefined) return { result: undefined }
    const origin = { cause, at: clock.now(), by: 'inventory' }
    const put = await putStock(store, waited.item, waited.stock, origin, { emits: ['stock.awaited'], triedTo }) // mutant: queue-place
    return (await store.write(put)).ok ? { result: undefined } : undefined
  })
}
