import type { StockTotals } from '../../../schemas/level.ts'
import type { stockReads } from '../../../schemas/stock-reads.ts'
import type { Handlers } from '../../runtime/http.ts'
import { totalsOf } from '../core/stock.ts'
import type { InventoryDeps } from '../deps.ts'
import { activeOf, warehousesByPriority } from '../store/warehouse-item.ts'
import { productNotFound, shown } from './known-stock.ts'

/** What everybody may know of stock, of one sku or of several. */
export const readStocks = (deps: InventoryDeps): Handlers<typeof stockReads> => ({
  listStock: async ({ query }) => {
    const skus = [...new Set(query.sku)]
    const totals = await totalsBySku(deps, skus)
    const unknown = skus.filter((sku) => !totals.has(sku))
    return { body: { items: [...totals.values()], ...(unknown.length > 0 && { unknown }) } }
  },

  getStock: async ({ params: { sku }, refuse }) => {
    const body = (await totalsBySku(deps, [sku])).get(sku)
    if (body === undefined) throw productNotFound(refuse, sku)
    return { body }
  },
})

/** The totals of these skus, in their order, as far as there are products of them. */
async function totalsBySku(deps: InventoryDeps, skus: readonly string[]): Promise<ReadonlyMap<string, StockTotals>> {
  const [stocks, warehouses] = await Promise.all([
    shown(deps, skus),
    warehousesByPriority(deps.store, { consistent: false }),
  ])
  const active = activeOf(warehouses)
  return new Map(
    skus.flatMap((sku) => {
      const stock = stocks.get(sku)
      return stock ? [[sku, totalsOf(stock, active)] as const] : []
    }),
  )
}
