import { isLow } from './level.ts'
import { type Stock, totalsOf } from './stock.ts'

/** A mark that a level has come to, or fallen below: its own, or that of its product. */
export type LowBy = 'warehouse' | 'product'

/** Whether no more than the mark of the product can be sold in these warehouses, which are the active ones, together. */
const isProductLow = (stock: Stock, active: readonly string[]): boolean =>
  stock.lowStockAt !== undefined && totalsOf(stock, active).available <= stock.lowStockAt

/** The marks that the level has come to; those of a product are of all that is in active warehouses. */
export function lowBy(stock: Stock, warehouseId: string, active: readonly string[]): readonly LowBy[] {
  if (stock.retired) return []
  const isOfProduct = active.includes(warehouseId) && isProductLow(stock, active)
  return [
    ...(isLow(stock.levels.get(warehouseId)) ? (['warehouse'] as const) : []),
    ...(isOfProduct ? (['product'] as const) : []),
  ]
}

/** The warehouses whose levels of the sku have come to a mark, by their ids. */
export const lowIn = (stock: Stock, active: readonly string[]): readonly string[] =>
  [...stock.levels.keys()].filter((warehouseId) => lowBy(stock, warehouseId, active).length > 0).toSorted()

/** Whether a level of the sku may have come to a mark: where the active warehouses are not known, that of its product is reached as it was before. */
export function mayBeLow(stock: Stock, active: readonly string[] | undefined, wasLow: boolean): boolean {
  if (stock.retired) return false
  if (active !== undefined) return lowIn(stock, active).length > 0
  return [...stock.levels.values()].some(isLow) || (wasLow && stock.lowStockAt !== undefined)
}
