import type * as catalog from '../../../schemas/catalog.ts'
import type { Origin } from '../../../schemas/origin.ts'
import { timeOf } from '../../runtime/clock.ts'
import type { Received } from '../../runtime/events.ts'
import { digest } from '../../runtime/ids.ts'
import { cleared, surplusOf, withProduct } from '../core/product-snapshot.ts'
import { contention } from '../../runtime/update.ts'
import type { Store } from '../../runtime/store.ts'
import { type Stock, levelOf } from '../core/stock.ts'
import type { InventoryDeps } from '../deps.ts'
import { putMovement } from '../store/movement-item.ts'
import { type Put, type StockItem, putStock, readStock, stockKey } from '../store/stock-item.ts'
import { activeOf, warehousesByPriority } from '../store/warehouse-item.ts'

type ProductEvent = Received<typeof catalog.events.productCreated | typeof catalog.events.productUpdated>

/** Levels that are cleared in one transaction, each with its entry in the ledger. */
const clearedAtOnce = 45

/**
 * Keeps in the stock item of a sku what it has to know of its product; the newer version wins. Units that a sku cannot have once it is
 * unique are cleared first, while it is still retired and nothing of it can be reserved.
 */
export function keepProduct(deps: InventoryDeps, exists: 'created' | 'updated') {
  const { store, clock } = deps
  return async ({ id: cause, data }: ProductEvent): Promise<void> => {
    let before = (await store.get(stockKey(data.sku), { consistent: true })) as StockItem | undefined
    const races = contention(deps)
    for (;;) {
      const origin = { cause, at: clock.now(), by: 'catalog' }
      const stock = before && readStock(before)
      const surplus = surplusOf(stock, data).slice(0, clearedAtOnce)
      const [first, ...movements] = surplus.length > 0 ? await clearing(store, before, surplus, origin) : []
      const after = first === undefined ? withProduct(stock, data, exists) : undefined
      const warehouses = await activeUnderNewMark(store, stock, after)
      const put = first ?? (after && (await putStock(store, before, after, origin, warehouses && { warehouses })))
      if (put === undefined) return
      const outcome = await store.write(put, ...movements) // mutant: cleared-ledger
      if (outcome.ok && first === undefined) return
      if (outcome.ok) races.won()
      else await races.lost(`the stock of ${data.sku}`)
      before = (outcome.ok ? put.put : outcome.failed[0]?.found) as StockItem | undefined
    }
  }
}

/** The active warehouses, where the mark of the product moves: what can be sold may be below the new one. */
async function activeUnderNewMark(store: Store, before?: Stock, after?: Stock): Promise<readonly string[] | undefined> {
  if (before === undefined || after === undefined || before.lowStockAt === after.lowStockAt) return undefined
  return activeOf(await warehousesByPriority(store))
}

/** The writes that take all units out of these warehouses: the stock first, then an entry in the ledger for each. */
async function clearing(
  store: Store,
  before: StockItem | undefined,
  warehouseIds: readonly string[],
  origin: Origin,
): Promise<readonly Put[]> {
  if (before === undefined) return []
  let stock = readStock(before)
  const movements = warehouseIds.map((warehouseId) => {
    const { stock: after, delta } = cleared(stock, warehouseId, timeOf(origin.at))
    stock = after
    const reason = 'created again as a unique product'
    const movement = {
      sku: before.sku,
      delta,
      kind: 'clear' as const,
      reason,
      by: 'inventory',
      level: levelOf(after, warehouseId),
    }
    return putMovement(digest(origin.cause, warehouseId), movement, origin)
  })
  return [await putStock(store, before, stock, origin, { cause: { kind: 'clear' } }), ...movements]
}
