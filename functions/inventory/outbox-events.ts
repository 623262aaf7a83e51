import { packLines } from '../../schemas/packed-lines.ts'
import { events } from '../../schemas/inventory.ts'
import { own } from '../../schemas/own.ts'
import type { ToEvent, OutboxEvent } from '../runtime/relay.ts'
import { NotKnownYet } from '../runtime/redelivery.ts'
import type { Item } from '../runtime/store.ts'
import type { Movement } from './store/movement-item.ts'
import { type ReservationItem, readReservation } from './store/reservation-item.ts'
import type { StockItem } from './store/stock-item.ts'

/** The events of inventory, from the items that they ride in. */
export const toEvent: ToEvent = (item, name) => {
  const make = own(byName, name)
  if (make === undefined) throw new NotKnownYet(`${name} is not an event of inventory.`)
  return make(item)
}

const ofReservation = ({ id, orderId }: ReservationItem) => ({
  reservationId: id,
  ...(orderId !== undefined && { orderId }),
})

const byName: Readonly<Record<string, (item: Item) => OutboxEvent>> = {
  'stock.reserved': (item) => {
    const reservation = readReservation(item)
    const { lines, expiresAt } = reservation
    return { contract: events.stockReserved, data: { ...ofReservation(reservation), ...packLines(lines), expiresAt } }
  },
  'stock.refused': (item) => {
    const reservation = item as ReservationItem
    const { shortages = [], refusal: reason } = reservation
    return {
      contract: events.stockRefused,
      data: { ...ofReservation(reservation), shortages, ...(reason !== undefined && { reason }) },
    }
  },
  'stock.committed': (item) => {
    const reservation = readReservation(item)
    return { contract: events.stockCommitted, data: { ...ofReservation(reservation), ...packLines(reservation.lines) } }
  },
  'stock.released': (item) => ({ contract: events.stockReleased, data: ofReservation(item as ReservationItem) }),
  'stock.adjusted': (item) => {
    const { sku, delta, reason, reference, by, level } = item as Item & Movement
    return { contract: events.stockAdjusted, data: { sku, delta, reason, reference, by, level } }
  },
  'stock.low': (item) => {
    const { sku, lowStockAt } = item as StockItem
    return { contract: events.stockLow, data: { sku, available: availableOf(item as StockItem), lowStockAt } }
  },
  'stock.replenished': (item) => {
    const { sku } = item as StockItem
    return { contract: events.stockReplenished, data: { sku, available: availableOf(item as StockItem) } }
  },
  'stock.item_retired': (item) => {
    const { sku, productVersion } = item as StockItem
    return { contract: events.stockItemRetired, data: { sku, productVersion } }
  },
}

/** What was available in the active warehouses in that version; items of the first release lack it, and mean all of theirs. */
const availableOf = ({ shown, levels }: StockItem): number =>
  shown ?? Object.values(levels).reduce((sum, { available }) => sum + available, 0)
