import { events } from '../../schemas/inventory.ts'
import type { Tell, Told } from '../runtime/relay.ts'
import type { Item } from '../runtime/store.ts'
import type { Movement, ReservationItem, StockItem } from './inventory.store.ts'
import { totalsOf } from './stock.ts'

/** The events of inventory, from the items that they ride in. */
export const tell: Tell = (item, name) => {
  const told = teller[name]
  if (told === undefined) throw new Error(`inventory says no ${name}`)
  return told(item)
}

const ofReservation = ({ id, orderId }: ReservationItem) => ({
  reservationId: id,
  ...(orderId !== undefined && { orderId }),
})

const teller: Readonly<Record<string, (item: Item) => Told>> = {
  'stock.reserved': (item) => {
    const reservation = item as ReservationItem
    const { lines, expiresAt } = reservation
    return { contract: events.stockReserved, data: { ...ofReservation(reservation), lines, expiresAt } }
  },
  'stock.refused': (item) => {
    const reservation = item as ReservationItem
    const { shortages } = reservation
    return { contract: events.stockRefused, data: { ...ofReservation(reservation), shortages } }
  },
  'stock.committed': (item) => {
    const reservation = item as ReservationItem
    return { contract: events.stockCommitted, data: { ...ofReservation(reservation), lines: reservation.lines } }
  },
  'stock.released': (item) => ({ contract: events.stockReleased, data: ofReservation(item as ReservationItem) }),
  'stock.adjusted': (item) => {
    const { sku, delta, reason, reference, by, level } = item as Item & Movement
    return { contract: events.stockAdjusted, data: { sku, delta, reason, reference, by, level } }
  },
  'stock.low': (item) => {
    const stock = item as StockItem
    const { available } = totalsOf(stock)
    return { contract: events.stockLow, data: { sku: stock.sku, available, lowStockAt: stock.lowStockAt } }
  },
  'stock.replenished': (item) => {
    const stock = item as StockItem
    return { contract: events.stockReplenished, data: { sku: stock.sku, available: totalsOf(stock).available } }
  },
  'stock.item_retired': (item) => {
    const { sku, productVersion } = item as StockItem
    return { contract: events.stockItemRetired, data: { sku, productVersion } }
  },
}
