import type { events } from '../../../schemas/inventory.ts'
import { timeOf as asText } from '../../runtime/clock.ts'
import type { Received } from '../../runtime/events.ts'
import { timeOf } from '../core/estimate.ts'
import type { EstimateRequest } from '../core/reservation-request.ts'
import { unitsDue } from '../core/stock.ts'
import type { InventoryDeps } from '../deps.ts'
import { reserveBatch } from '../store/reserve-batch.ts'
import { type StockItem, readStock, stockKey } from '../store/stock-item.ts'
import { expectedOf } from '../store/supply-item.ts'
import { queuePage } from '../store/waiter-item.ts'
import { activeOf, warehousesByPriority } from '../store/warehouse-item.ts'

/** Waiting orders that are estimated at once. */
const pageSize = 25
/** So many of a queue are estimated anew, the first ones; whoever stands behind them keeps what it was estimated when it joined. */
export const maxEstimated = 1_000

/**
 * Estimates anew when the orders that wait for a sku have it, once what is expected of it has changed; those whose estimate changes with it are
 * answered again. Throws what the first order failed with.
 */
export const estimateQueue =
  (deps: InventoryDeps) =>
  async ({ id: cause, data: { sku } }: Received<typeof events.stockExpected>): Promise<void> => {
    const { store, clock } = deps
    const item = (await store.get(stockKey(sku), { consistent: true })) as StockItem | undefined
    if (item === undefined || unitsDue(readStock(item)) === 0) return
    const stock = readStock(item)
    const [expected, warehouses] = await Promise.all([expectedOf(store, sku), warehousesByPriority(store)])
    const outlook = { expected, active: activeOf(warehouses), now: asText(clock.now()) }
    let [due, seen, cursor, failure]: [number, number, string | undefined, unknown] = [0, 0, undefined, undefined]
    do {
      const page = await queuePage(store, sku, { limit: pageSize, cursor })
      const requests = page.waiters.map(({ id, units }): EstimateRequest => {
        const time = timeOf(stock, { units, due }, outlook)
        due += units
        return { move: 'estimate', id, orderId: id, cause, sku, time }
      })
      for (const result of await reserveBatch(deps, requests)) if ('error' in result) failure ??= result.error
      seen += page.waiters.length
      cursor = page.cursor
    } while (cursor !== undefined && seen < maxEstimated)
    if (failure !== undefined) throw failure
  }
