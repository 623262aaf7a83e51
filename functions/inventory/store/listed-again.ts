import { type Item, type Write, over } from '../../runtime/store.ts'
import { lowIn } from '../core/low-levels.ts'
import { reservationAgain, reservationKey } from './reservation-item.ts'
import { type StockItem, lowSince, readStock, stockKey } from './stock-item.ts'
import { levelIn } from './warehouse-levels.ts'

/** The writes that bring an item into its lists; none where it stands there. Stock is always brought into those of its warehouses. */
export function listedAgain(item: Item, { at }: { readonly at: string }): readonly Write[] {
  if (item.sk === reservationKey('').sk) return reservationAgain(item)
  return item.sk === stockKey('').sk ? stockAgain(item as StockItem, Date.parse(at)) : []
}

/** As the version that it is: it emits nothing new. Which warehouses are active is not known here: its next change finds whether it is low in those. */
function stockAgain(item: StockItem, at: number): Write[] {
  const stock = readStock(item)
  const warehouses = [...stock.levels.keys()]
  const isMissing = item.listSk === undefined && lowIn(stock, warehouses).length > 0
  return [
    ...(isMissing ? [{ put: { ...item, ...lowSince(item, stock, at) }, if: over(item) }] : []),
    ...warehouses.map((warehouseId) => levelIn(warehouseId, stock.sku)),
  ]
}
