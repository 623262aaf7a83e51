import { packLines } from '../../schemas/packed-lines.ts'
import { events } from '../../schemas/inventory.ts'
import { textStandIn } from '../../schemas/retired.ts'
import { own } from '../../schemas/own.ts'
import { type OutboxEvent, type ToEvent, readName } from '../runtime/relay.ts'
import { withActions } from '../runtime/actions.ts'
import { NotKnownYet } from '../runtime/redelivery.ts'
import type { Item } from '../runtime/store.ts'
import { availableIn, countsOf } from './core/stock.ts'
import type { Movement } from './store/movement-item.ts'
import { type ReservationItem, readReservation } from './store/reservation-item.ts'
import { type StockItem, readStock } from './store/stock-item.ts'

/** The events of inventory, from the items that they ride in. */
export const toEvent: ToEvent = withActions(events.actionRecorded, (item, name) => {
  const { name: contract, part } = readName(name)
  const make = own(byName, contract)
  if (make === undefined) throw new NotKnownYet(`${name} is not an event of inventory.`)
  return { ...make(item, part), part }
})

const ofReservation = ({ id, orderId }: ReservationItem) => ({
  reservationId: id,
  ...(orderId !== undefined && { orderId }),
})

const byName: Readonly<Record<string, (item: Item, warehouseId?: string) => OutboxEvent>> = {
  'stock.reserved': (item) => {
    const reservation = readReservation(item)
    const { lines, expiresAt } = reservation
    return { contract: events.stockReserved, data: { ...ofReservation(reservation), ...packLines(lines), expiresAt } }
  },
  'stock.backordered': (item) => {
    const { estimatedAt, estimate, shortages = [], ...reservation } = item as ReservationItem
    return {
      contract: events.stockBackordered,
      data: {
        ...ofReservation(reservation),
        shortages,
        ...(estimatedAt !== undefined && { estimatedAt }),
        ...(estimate !== undefined && { estimate }),
      },
    }
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
    const { sku, delta, by, level } = item as Item & Movement
    return { contract: events.stockAdjusted, data: { sku, delta, reason: textStandIn, by, level } }
  },
  'stock.low': (item, warehouseId) => {
    const stock = readStock(item as StockItem)
    const { lowStockAt } = warehouseId === undefined ? stock : countsOf(stock, warehouseId)
    return { contract: events.stockLow, data: { ...availableOf(item as StockItem, warehouseId), lowStockAt } }
  },
  'stock.replenished': (item, warehouseId) => ({
    contract: events.stockReplenished,
    data: availableOf(item as StockItem, warehouseId),
  }),
  'stock.awaited': (item) => {
    const { sku, triedTo } = item as StockItem
    return { contract: events.stockAwaited, data: { sku, ...(triedTo && { triedTo }) } }
  },
  'stock.expected': (item) => ({ contract: events.stockExpected, data: { sku: (item as StockItem).sku } }),
  'stock.item_retired': (item) => {
    const { sku, productVersion } = item as StockItem
    return { contract: events.stockItemRetired, data: { sku, productVersion } }
  },
}

/**
 * What could be sold in that version: in the warehouse, else in all that were active. Items of the first release lack the second, and mean
 * all of theirs.
 */
function availableOf(item: StockItem, warehouseId: string | undefined) {
  const { sku, shown, levels } = item
  if (warehouseId !== undefined) return { sku, warehouseId, available: availableIn(readStock(item), warehouseId) }
  return { sku, available: shown ?? Object.values(levels).reduce((sum, { available }) => sum + available, 0) }
}
