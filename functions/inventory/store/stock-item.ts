import type { Origin } from '../../../schemas/origin.ts'
import { type Item, type Key, type Write, over } from '../../runtime/store.ts'
import { revisionOf } from '../../runtime/update.ts'
import { type Counts, type Stock, checkLevels, emits as emitsOf, totalsOf } from '../core/stock.ts'

/** A stock item as the table has it: its levels are an object. */
export type StockItem = Item &
  Omit<Stock, 'levels'> & {
    readonly levels: Readonly<Record<string, Counts>>
    /** In a version with an event of its levels: what was then available in the active warehouses. */
    readonly shown?: number
  }

/** The write of an item. */
export type Put = Extract<Write, { readonly put: Item }>

export const stockKey = (sku: string): Key => ({ pk: `stock_${sku}`, sk: 'stock' })

/** The stock in its item. */
export function readStock({ sku, unique, lowStockAt, retired, productVersion, levels }: StockItem): Stock {
  return {
    sku,
    unique,
    ...(lowStockAt !== undefined && { lowStockAt }),
    retired,
    productVersion,
    levels: new Map(Object.entries(levels)),
  }
}

/**
 * The write of a stock item in the place of `before`, with the events that the change emits in the active warehouses. Throws
 * `ImpossibleLevel` for a level that is not an integer of 0 or more.
 */
export function putStock(
  before: StockItem | undefined,
  stock: Stock,
  origin: Origin,
  { warehouses = [], emits = [] }: { readonly warehouses?: readonly string[]; readonly emits?: readonly string[] } = {},
): Put {
  checkLevels(stock) // mutant: level-check
  const ofLevels = before ? emitsOf(readStock(before), stock, warehouses) : []
  const put = {
    ...stock,
    levels: Object.fromEntries(stock.levels),
    ...(ofLevels.length > 0 && { shown: totalsOf(stock, warehouses).available }),
    ...stockKey(stock.sku),
    ...revisionOf(before, [...ofLevels, ...emits], origin),
  }
  return { put, if: over(before) } // mutant: stock-write
}
