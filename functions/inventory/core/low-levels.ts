import { isLow } from './level.ts'
import { type Stock, totalsOf } from './stock.ts'

/** A mark that a level has come to, or fallen below: its own, or that of its product. */
export type LowBy = 'warehouse' | 'product'

/** Whether no more than the mark of the product can be sold in these warehouses, which are the active ones, together. */
const isProductLow = (stock: Stock, active: readonly string[]): boolean =>
  stock.lowStockAt !== undefined && totalsOf(stock, active).available <= stock.lowStockAt

/** The marks that the level has come to; those of a product are of all that is in active warehouses. Nothing is sold from one that is closed. */
export function lowBy(stock: Stock, warehouseId: string, active: readonly string[]): readonly LowBy[] {
  if (stock.retired || !active.includes(warehouseId)) return []
  return [
    ...(isLow(stock.levels.get(warehouseId)) ? (['warehouse'] as const) : []),
    ...(isProductLow(stock, active) ? (['product'] as const) : []),
  ]
}

/** The warehouses whose levels of the sku have come to a mark, by their ids. */
export const lowIn = (stock: Stock, active: readonly string[]): readonly string[] =>
  [...stock.levels.keys()].filter((warehouseId) => lowBy(stock, warehouseId, active).length > 0).toSorted()

/**
 * Whether a level of the sku may have come to a mark, its warehouse closed or not: it may open. Where the active warehouses are not known, the mark
 * of its product is reached as it was before.
 */
export function mayBeLow(stock: Stock, active: readonly string[] | undefined, wasLow: boolean): boolean {
  if (stock.retired) return false
  if ([...stock.levels.values()].some(isLow)) return true
  return active === undefined ? wasLow && stock.lowStockAt !== undefined : lowIn(stock, active).length > 0
}
