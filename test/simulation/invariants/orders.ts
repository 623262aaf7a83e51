import type { HeldLine } from '../../../schemas/held-lines.ts'
import { cancelledUnits } from '../../../functions/orders/core/cancelled-lines.ts'
import { type ShipmentsItem, readShipmentId } from '../../../functions/shipping/store/shipments-item.ts'
import { pending } from '../../../functions/orders/core/pending.ts'
import { isClosed, status } from '../../../functions/orders/core/status.ts'
import { sharesWarehouse } from '../../../functions/shipping/core/split.ts'
import { hasLeft } from '../../../functions/shipping/core/parcel.ts'
import { status as fulfilmentOf } from '../../../functions/shipping/core/shipments.ts'
import type { World } from '../engine/world.ts'
import { checkSent, sumOf } from './parts.ts'
import { isSame } from './is-same.ts'
import type { Ledger } from './ledger.ts'
import { Violation } from './violation.ts'

const ended: ReadonlySet<string> = new Set(['released', 'refused', 'none'])
const kept: ReadonlySet<string> = new Set(['committed', 'shipped'])

/** The reasons of orders that somebody has cancelled. */
const cancelledBy: ReadonlySet<string | undefined> = new Set(['cancelled_by_customer', 'cancelled_by_operator'])

/** Nothing stands in the table of an order that was never placed: it would stand there for ever, with the words of a person. */
export function checkPlaced({ deployed }: World, { orders }: Ledger): void {
  for (const { pk, sk, orderId = pk, ttl } of deployed.orders.table.primary.items())
    if (ttl === undefined && String(orderId).startsWith('ord_') && !orders.has(String(orderId)))
      throw new Violation('nothing is left of an order that was never placed', `${pk} ${sk}`)
}

export function checkOrders(ledger: Ledger, when: 'before redrive' | 'at the end'): void {
  for (const { state: order } of ledger.orders.values()) {
    const is = status(order.facts)
    const names = pending(order)
    if (names.length > 0 || is === 'placed' || is === 'reserved' || is === 'backordered')
      throw new Violation(
        'no order is stuck',
        `${order.id} rests ${is} with ${JSON.stringify(order.facts)} and waits for ${names.join(' ')}`,
      )
    const reservation = ledger.reservations.get(order.id)?.status ?? 'none'
    const standing = !isClosed(order.facts)
    const paid = ledger.money.payments.get(order.id)?.attempts.some(({ state: taken }) => taken === 'captured')
    if (standing && !(paid && ledger.shippings.get(order.id)?.parcels.length))
      throw new Violation('no order is stuck', `${order.id} rests ${is}, not paid or not packed`)
    // Inventory may still have to hear of parcels that have left.
    const parcels = ledger.shippings.get(order.id)?.parcels ?? []
    const left = parcels.length > 0 && parcels.every(hasLeft)
    const gone = reservation === 'shipped' || (reservation === 'committed' && left)
    // Orders may still have to hear that none of them can leave.
    const unsent = when === 'before redrive' && parcels.length > 0 && parcels.every(({ withdrawn }) => withdrawn)
    if (cancelledBy.has(order.reason?.code) && parcels.some(hasLeft))
      throw new Violation('what has left is not cancelled', `${order.id} is ${is}, its parcels have left`)
    const goes = isClosed(order.facts) ? ended.has(reservation) || gone : kept.has(reservation) || unsent
    if (!goes) throw new Violation('stock goes with the order', `${order.id} is ${is}, its stock ${reservation}`)
  }
}

/** Who cancels the last line is named, wherever that one was asked. */
export function checkCancellers({ orders, shippings }: Ledger): void {
  for (const { orderId, parcels } of shippings.values()) {
    const isEmptied = parcels.length > 0 && parcels.every(({ emptied }) => emptied)
    if (isEmptied && orders.get(orderId)?.state.reason?.code === 'stock_withdrawn')
      throw new Violation('an order names who has cancelled it', `the lines of ${orderId} were cancelled`)
  }
}

export function checkReservations(ledger: Ledger): void {
  for (const { id, status: is, orderId } of ledger.reservations.values())
    if (orderId === undefined && !kept.has(is) && !ended.has(is))
      throw new Violation('every hold ends', `${id} rests ${is}`)
}

/** Orders, shipping and inventory mean the same by a parcel. */
export function checkParcels(ledger: Ledger): void {
  const { orders, shippings, reservations, returns, reductions } = ledger
  for (const shipping of shippings.values()) {
    const { orderId, parcels } = shipping
    const reservation = reservations.get(orderId)
    const facts = orders.get(orderId)?.state.facts
    const is = fulfilmentOf(shipping)
    // That the rest will not leave is no news of a parcel; a closed order waits for nothing more.
    const stays = parcels.some(({ status: stands }) => stands === 'cancelled')
    const rest = facts?.fulfilment === 'partially_shipped' && stays && isClosed(facts)
    if (facts?.fulfilment !== is && !rest)
      throw new Violation('services agree about parcels', `${orderId} is ${facts?.fulfilment}, not ${is}`)
    checkSent(shipping, reservation)
    const whole = parcels.filter((parcel) => !sharesWarehouse(parcels, parcel))
    const left = whole.filter(hasLeft).map(({ warehouseId }) => warehouseId)
    if (!isSame(left.toSorted(), [...(reservation?.left ?? [])].toSorted()))
      throw new Violation(
        'services agree about parcels',
        `${orderId}: left ${left.join()} of ${reservation?.left?.join()}`,
      )
    const { withdrawn = [], freed, status: rests } = reservation ?? {}
    for (const { warehouseId, withdrawn: unsendable } of whole)
      if (unsendable && !freed && rests !== 'released' && !withdrawn.includes(warehouseId))
        throw new Violation('what cannot leave is free again', `${orderId}: ${warehouseId} still keeps it`)
    const lines = parcels.flatMap((parcel) => parcel.lines)
    const back = lines.reduce((sum, [, , returned]) => sum + returned, 0)
    const unsent = parcels.filter(({ withdrawn }) => withdrawn).flatMap((parcel) => parcel.lines)
    const owed = [
      ...lines.map(([sku, , units]) => [sku, units] as const),
      ...unsent.map(([sku, units]) => [sku, units] as const),
      ...reducedOf(ledger, orderId).map(([sku, , units]) => [sku, units] as const),
    ]
    const cost = owed.reduce((sum, [sku, units]) => sum + units * ledger.priceOf(orderId, sku), 0)
    const worth = [...(orders.get(orderId)?.state.returns.values() ?? [])].reduce((sum, each) => sum + each, 0)
    if (worth !== cost) throw new Violation('returns are worth what they cost', `${orderId}: ${worth}, not ${cost}`)
    const taken = (reservation?.returned ?? []).flatMap((id) => (reductions.has(id) ? [] : (returns.get(id) ?? [])))
    checkKept(ledger, shipping)
    if (back !== taken.reduce((sum, [, , units]) => sum + units, 0))
      throw new Violation('what comes back is counted once', `${orderId}: ${back} came back`)
  }
}

const reducedOf = ({ reductions }: Ledger, orderId: string): readonly HeldLine[] =>
  [...reductions.values()].flatMap((each) => (each.orderId === orderId ? each.lines : []))

/** Inventory has kept for a parcel, or sent with it, what is in it, and an order knows what was cancelled. */
function checkKept(ledger: Ledger, { orderId, parcels }: ShipmentsItem): void {
  const reservation = ledger.reservations.get(orderId)
  const order = ledger.orders.get(orderId)?.state
  if (reservation === undefined || order === undefined) return
  const { reductions } = ledger
  const late = sumOf((reservation.returned ?? []).flatMap((id) => reductions.get(id)?.lines ?? []))
  const kept = sumOf(reservation.lines)
  // What closes keeps the lines of what it gives back.
  const those = parcels.filter(
    (parcel) => parcel.status !== 'cancelled' && !(reservation.freed && sharesWarehouse(parcels, parcel)),
  )
  const packed = those.flatMap(({ warehouseId, lines }) =>
    lines.map(([sku, units]) => [sku, warehouseId, units] as const),
  )
  for (const [place, units] of sumOf(packed))
    if (units !== (kept.get(place) ?? 0) - (late.get(place) ?? 0))
      throw new Violation('a parcel has what is kept for it', `${orderId}: ${units} of ${place}`)
  const cancelled = new Map<string, number>()
  const emptied = parcels.filter((parcel) => parcel.emptied).flatMap(({ lines }) => lines)
  for (const [sku, units] of [...reducedOf(ledger, orderId).map(([of, , count]) => [of, count] as const), ...emptied])
    cancelled.set(sku, (cancelled.get(sku) ?? 0) + units)
  if (!isSame([...cancelledUnits(order)].map(String).toSorted(), [...cancelled].map(String).toSorted()))
    throw new Violation('an order knows what is cancelled of it', `${orderId}: ${[...cancelled].join(' ')}`)
}

/** What was in a parcel that never leaves a warehouse which others have left. */
function unsentOf({ shippings }: Ledger, orderId: string, shipmentId: string): readonly HeldLine[] {
  const parcel = shippings.get(orderId)?.parcels[(readShipmentId(shipmentId)?.part ?? 0) - 1]
  return (parcel?.lines ?? []).map(([sku, units]) => [sku, parcel?.warehouseId ?? '', units])
}

/** Of a sku that may come in several lines. */
type Ordered = readonly [sku: string, units: number, ...rest: unknown[]]

/** What is committed for an order is what was ordered. */
export function checkLines(ledger: Ledger, orderId: string, ordered: readonly Ordered[]): void {
  const reservation = ledger.reservations.get(orderId)
  if (!reservation || !kept.has(reservation.status)) return
  const units = new Map<string, number>()
  const back = (reservation.reduced ?? []).flatMap(
    (id) => ledger.reductions.get(id)?.lines ?? unsentOf(ledger, orderId, id),
  )
  for (const [sku, , count] of [...reservation.lines, ...back]) units.set(sku, (units.get(sku) ?? 0) + count)
  const wanted = new Map<string, number>()
  for (const [sku, count] of ordered) wanted.set(sku, (wanted.get(sku) ?? 0) + count)
  if (!isSame([...units].map(String).toSorted(), [...wanted].map(String).toSorted()))
    throw new Violation('stock goes with the order', `${orderId}: ${JSON.stringify([...units])}`)
}
