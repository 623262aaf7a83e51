import type { HeldLine } from '../../../schemas/held-lines.ts'
import type { Address } from '../../../schemas/shared.ts'
import type { Fulfilment, ReturnedLine } from '../../../schemas/shipping.ts'
import {
  type Canceller,
  type DispatchEvent,
  type DispatchRefusal,
  type MoveRefusal,
  type ReturnRefusal,
  type Parcel,
  type ParcelEvent,
  type ParcelLine,
  type Refusal,
  type ReturnedUnits,
  allAway,
  evolveParcel,
  hasLeft,
  maxReturns,
  refusalOf,
} from './parcel.ts'
import { areTooMany, leavingLines, sharesWarehouse, staying } from './split.ts'

/** All shipments of one order. */
export interface Shipments {
  readonly orderId: string
  /** Known once the order was confirmed, or closed after that. */
  readonly customerId?: string
  readonly address?: Address
  /** The last change of the address, once there was one; they are numbered from 1. */
  readonly addressed?: { readonly number: number; readonly id: string }
  /** What inventory has allocated, until the order is confirmed and there are parcels. */
  readonly allocated?: readonly HeldLine[]
  /** The person is erased: no address is kept, and nothing of what somebody wrote. */
  readonly forgotten?: true
  /** The order has closed: nothing more leaves a warehouse. */
  readonly cancelled?: true
  /** Who cancelled the order here, before orders had closed it. */
  readonly cancelledBy?: Canceller
  /** One for each warehouse; the first is part 1. They are made together, and none goes away. What stays of one that leaves in part is added. */
  readonly parcels: readonly Parcel[]
  /** What the last return brought, in the version that emits its event. */
  readonly cameBack?: readonly ReturnedLine[]
  /** The part that it came back of. */
  readonly cameBackOf?: number
  /** What the last cancellation of a line took out of parcels that go on, in the version that emits its events. */
  readonly dropped?: readonly DroppedLine[]
  /** The last events that closed or confirmed the order: the same one again is a duplicate, another one wants the answer again. */
  readonly asked: Readonly<Partial<Record<'confirmed' | 'closed', string>>>
}

/** Units that were cancelled, and the part that they were in. */
export type DroppedLine = readonly [...HeldLine, part: number]

/** What changes shipments: events of inventory and of orders, and of a part what happens to its parcel. */
export type ShipmentsEvent =
  | { readonly name: 'allocated'; readonly lines: readonly HeldLine[] }
  | {
      readonly name: 'confirmed'
      readonly cause: string
      readonly customerId: string
      readonly address?: Address | undefined
    }
  | { readonly name: 'closed'; readonly cause: string; readonly customerId: string }
  /** Somebody cancels the order, of which no parcel has left. */
  | { readonly name: 'cancelled'; readonly by: Canceller }
  | { readonly name: 'readdressed'; readonly id: string; readonly address: Address }
  | { readonly name: 'forgotten'; readonly customerId: string }
  | { readonly name: 'parcel'; readonly part: number; readonly event: ParcelEvent }

export const noShipments = (orderId: string): Shipments => ({ orderId, parcels: [], asked: {} })

/**
 * The shipments after the event; the same shipments when it changes nothing. Events of other services may come in any order and twice: there
 * are parcels once stock is allocated and the order confirmed, and none any more once it has closed. Throws for an event that a parcel
 * refuses: see `refusal`.
 */
export function evolve(shipments: Shipments, event: ShipmentsEvent, at: string): Shipments {
  const after = evolved(shipments, event, at)
  return after === shipments ? shipments : bare(after)
}

/** Shipments of somebody who is erased have nothing of that one, whatever comes later. */
function bare(shipments: Shipments): Shipments {
  if (!shipments.forgotten) return shipments
  const { address: _, ...rest } = shipments
  return { ...rest, parcels: rest.parcels.map(({ failure: __, ...parcel }) => parcel) }
}

function evolved(shipments: Shipments, event: ShipmentsEvent, at: string): Shipments {
  const { cameBack: _, cameBackOf: __, dropped: ___, ...before } = shipments
  switch (event.name) {
    case 'allocated': {
      const known = before.cancelled ?? before.allocated ?? (before.parcels.length > 0 || undefined) // mutant: packing
      return known === undefined ? packed({ ...before, allocated: event.lines }, at) : shipments
    }
    case 'confirmed':
      return confirmed(before, event, at) ?? shipments
    case 'closed':
      return before.asked.closed === event.cause ? shipments : closed(before, event, at)
    case 'cancelled':
      return before.cancelled ? shipments : { ...ended(before, at), cancelledBy: event.by }
    case 'readdressed': {
      const { id, address } = event
      return { ...before, address, addressed: { number: (before.addressed?.number ?? 0) + 1, id } } // mutant: address-number
    }
    case 'forgotten':
      return before.forgotten ? shipments : { ...before, customerId: event.customerId, forgotten: true }
    case 'parcel':
      return moved(before, event, at) ?? shipments
  }
}

function confirmed(
  before: Shipments,
  { cause, customerId, address }: Extract<ShipmentsEvent, { name: 'confirmed' }>,
  at: string,
): Shipments | undefined {
  if (before.cancelled || before.asked.confirmed === cause) return undefined
  const asked = { ...before.asked, confirmed: cause }
  if (before.asked.confirmed === undefined)
    return packed({ ...before, customerId, ...(address && { address }), asked }, at)
  return before.parcels.length > 0 ? { ...before, asked } : undefined
}

/** The events of other services that the parcels still wait for. */
export function pending({ cancelled, parcels, allocated, customerId }: Shipments): readonly PendingEvent[] {
  if (cancelled || parcels.length > 0) return []
  return [
    ...(allocated === undefined ? (['stock.committed'] as const) : []),
    ...(customerId === undefined ? (['order.confirmed'] as const) : []),
  ]
}
type PendingEvent = 'stock.committed' | 'order.confirmed'

/** With its parcels, one for each warehouse, once their contents and their customer are known. */
function packed(before: Shipments, at: string): Shipments {
  if (pending(before).length > 0) return before
  const { allocated = [], ...rest } = before
  const byWarehouse = Map.groupBy(allocated, ([, warehouseId]) => warehouseId)
  const parcels = Array.from(byWarehouse, ([warehouseId, held]): Parcel => {
    const lines = held.map(([sku, , quantity]): ParcelLine => [sku, quantity, 0])
    return { warehouseId, status: 'created', lines, returns: 0, createdAt: at, updatedAt: at }
  })
  return { ...rest, parcels }
}

const closed = (
  before: Shipments,
  { cause, customerId }: Extract<ShipmentsEvent, { name: 'closed' }>,
  at: string,
): Shipments => ({ ...ended(before, at), customerId, asked: { ...before.asked, closed: cause } })

/** Parcels that have not left never will; those that have are called back, and run their course. */
function ended({ allocated: _, ...before }: Shipments, at: string): Shipments {
  const parcels = before.parcels.map((parcel): Parcel => {
    if (before.cancelled || parcel.status === 'returned') return parcel
    // mutant: recall
    return { ...parcel, ...(hasLeft(parcel) ? { recalled: true } : { status: 'cancelled' }), updatedAt: at }
  })
  return { ...before, cancelled: true, parcels }
}

function moved(
  before: Shipments,
  { part, event }: Extract<ShipmentsEvent, { name: 'parcel' }>,
  at: string,
): Shipments | undefined {
  const parcel = before.parcels[part - 1]
  if (parcel === undefined || refusal(before, part, event))
    throw new Error(`Part ${part} of ${before.orderId} cannot be ${event.name}.`)
  const after = evolveParcel(parcel, event, at)
  if (after === parcel) return undefined
  if (event.name === 'dispatched') return { ...before, parcels: dispatched(before.parcels, part, after, event) }
  const parcels = before.parcels.with(part - 1, after)
  const back = event.name === 'returned' && { cameBack: compact(parcel, event.lines), cameBackOf: part }
  return { ...before, parcels, ...back }
}

/** The parcels once one of them has left, whole or in part: then what stays of it is the last parcel, as old as it was. */
function dispatched(
  parcels: readonly Parcel[],
  part: number,
  whole: Parcel,
  { lines: leaving }: DispatchEvent,
): readonly Parcel[] {
  const rest = leaving ? staying(whole, leaving) : [] // mutant: rest-stays
  if (!leaving || rest.length === 0) return parcels.with(part - 1, whole)
  const { warehouseId, createdAt, updatedAt } = whole
  const left: Parcel = { ...whole, lines: leavingLines(whole, leaving), restPart: parcels.length + 1 }
  const stays: Parcel = { warehouseId, status: 'created', lines: rest, returns: 0, createdAt, updatedAt }
  return [...parcels.with(part - 1, left), stays]
}

/** The units that come back, each sku once for each condition. */
function compact(parcel: Parcel, lines: readonly ReturnedUnits[] | undefined): readonly ReturnedLine[] {
  const sums = new Map<string, ReturnedLine>()
  for (const { sku, quantity, condition } of lines ?? allAway(parcel)) {
    const key = `${condition} ${sku}`
    sums.set(key, [sku, parcel.warehouseId, (sums.get(key)?.[2] ?? 0) + quantity, condition])
  }
  return [...sums.values()]
}

/** Why the event of a part is refused; undefined where it can happen, or has. */
export function refusal<Event extends ParcelEvent>(
  { parcels }: Shipments,
  part: number,
  event: Event,
): RefusalOf<Event> | undefined {
  const parcel = parcels[part - 1]
  return (parcel && (refusalOf(parcel, event) ?? boundary(parcels, parcel, event))) as RefusalOf<Event> | undefined
}

type RefusalOf<Event extends ParcelEvent> = Event extends { name: 'returned' }
  ? ReturnRefusal
  : Event extends { name: 'dispatched' }
    ? DispatchRefusal
    : MoveRefusal

/** Which bound of the whole order the event would pass. */
function boundary(parcels: readonly Parcel[], parcel: Parcel, event: ParcelEvent): Refusal | undefined {
  const { status, warehouseId } = parcel
  if (event.name === 'dispatched' && event.lines && status === 'created')
    return areTooMany(parcels, parcel, event.lines) ? { code: 'too_many_parcels' } : undefined
  if (event.name !== 'returned' || status === 'returned') return undefined
  const returns = parcels.reduce((sum, other) => sum + (other.warehouseId === warehouseId ? other.returns : 0), 0)
  return returns >= maxReturns ? { code: 'too_many_returns' } : undefined
}

/** Whether the order can be cancelled whole: nothing of it is on its way. */
export const canBeCancelled = ({ parcels }: Shipments): boolean => !parcels.some(hasLeft) // mutant: order-dispatched

/** Why the parcels cannot go elsewhere; undefined where they can. */
export function addressRefusal({ parcels, forgotten }: Shipments): 'address_dispatched' | 'order_closed' | undefined {
  if (parcels.some(hasLeft)) return 'address_dispatched' // mutant: address-dispatched
  if (forgotten) return 'order_closed'
  return parcels.every(({ status }) => status === 'cancelled') ? 'order_closed' : undefined
}

/** How far the parcels of an order are, all of them together; it only grows. Cancelled ones do not count unless there are no others. */
export function status({ parcels }: Shipments): Fulfilment {
  if (parcels.length === 0) return 'none'
  const live = parcels.filter(({ status }) => status !== 'cancelled')
  const left = live.filter(hasLeft)
  if (left.length === 0) return 'created'
  if (left.length < live.length) return 'partially_shipped'
  if (live.every(({ status }) => status === 'returned')) return 'returned'
  return live.every(({ status }) => status === 'delivered' || status === 'returned') ? 'delivered' : 'shipped'
}

/** Whether no parcel of the order has left or will. */
// mutant: all-cancelled
export const isNothingSent = ({ parcels }: Shipments): boolean => parcels.every(({ status }) => status === 'cancelled')

/** The warehouses whose only parcel has left: what was allocated there is gone. */
export const leftWarehouses = ({ parcels }: Shipments): readonly string[] =>
  parcels.filter((parcel) => hasLeft(parcel) && !sharesWarehouse(parcels, parcel)).map(({ warehouseId }) => warehouseId)
