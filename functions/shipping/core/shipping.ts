import type { HeldLine } from '../../../schemas/inventory.ts'
import type { Address } from '../../../schemas/shared.ts'
import type { Fulfilment, ReturnedLine, events } from '../../../schemas/shipping.ts'
import {
  type CameBack,
  type Parcel,
  type ParcelEvent,
  type ParcelLine,
  type Refusal,
  allAway,
  hasLeft,
  judge,
  tell,
} from './parcel.ts'

/** What shipping knows of one order. */
export interface Shipping {
  readonly orderId: string
  /** Known once the order was confirmed, or closed after that. */
  readonly customerId?: string
  readonly address?: Address
  /** What inventory has allocated, until the order is confirmed and there are parcels. */
  readonly allocated?: readonly HeldLine[]
  /** The order has closed: nothing more leaves a warehouse. */
  readonly cancelled?: true
  /** One for each warehouse; the first is part 1. None is ever added or taken away. */
  readonly parcels: readonly Parcel[]
  /** What the last return brought, in the version that says so. */
  readonly cameBack?: readonly ReturnedLine[]
  /** The events that asked last: the same one again is a duplicate, another one wants the answer again. */
  readonly asked: Readonly<Partial<Record<'confirmed' | 'closed', string>>>
}

/** What shipping learns: from inventory, from orders, and of a part by those who handle parcels. */
export type ShippingEvent =
  | { readonly name: 'allocated'; readonly lines: readonly HeldLine[] }
  | {
      readonly name: 'confirmed'
      readonly cause: string
      readonly customerId: string
      readonly address?: Address | undefined
    }
  | { readonly name: 'closed'; readonly cause: string; readonly customerId: string }
  | { readonly name: 'parcel'; readonly part: number; readonly told: ParcelEvent }

/** The names of the events that shipping says. */
export type Said = (typeof events)[keyof typeof events]['name']
/** An event to say, and of which part where it is not of the whole. */
export interface Saying {
  readonly name: Said
  readonly part?: number
}

export interface Change {
  readonly shipping: Shipping
  readonly says: readonly Saying[]
}

export const nothingKnown = (orderId: string): Shipping => ({ orderId, parcels: [], asked: {} })

/**
 * The facts with what is told, and what is then to be said; undefined when it is nothing new. What other services tell may come in any
 * order and twice: there are parcels once stock is allocated and the order confirmed, and none any more once it has closed. Throws for
 * a parcel that cannot be told so: see `refusal`.
 */
export function change({ cameBack: _, ...before }: Shipping, event: ShippingEvent, at: string): Change | undefined {
  switch (event.name) {
    case 'allocated': {
      const known = before.cancelled ?? before.allocated ?? (before.parcels.length > 0 || undefined) // mutant: packing
      return known === undefined ? packed({ ...before, allocated: event.lines }, at) : undefined
    }
    case 'confirmed':
      return confirmed(before, event, at)
    case 'closed':
      return closed(before, event, at)
    case 'parcel':
      return moved(before, event, at)
  }
}

function confirmed(
  before: Shipping,
  { cause, customerId, address }: Extract<ShippingEvent, { name: 'confirmed' }>,
  at: string,
): Change | undefined {
  if (before.cancelled || before.asked.confirmed === cause) return undefined
  const asked = { ...before.asked, confirmed: cause }
  if (before.asked.confirmed === undefined)
    return packed({ ...before, customerId, ...(address && { address }), asked }, at)
  return before.parcels.length > 0
    ? { shipping: { ...before, asked }, says: ofAll('shipment.created', before) }
    : undefined
}

/** The parcels, one for each warehouse, once it is known what is in them and whose they are. */
function packed(before: Shipping, at: string): Change {
  const { allocated, ...rest } = before
  if (allocated === undefined || before.customerId === undefined) return { shipping: before, says: [] }
  const byWarehouse = Map.groupBy(allocated, ([, warehouseId]) => warehouseId)
  const parcels = Array.from(byWarehouse, ([warehouseId, held]): Parcel => {
    const lines = held.map(([sku, , quantity]): ParcelLine => [sku, quantity, 0])
    return { warehouseId, status: 'created', lines, returns: 0, createdAt: at, updatedAt: at }
  })
  const shipping = { ...rest, parcels }
  return { shipping, says: ofAll('shipment.created', shipping) }
}

const ofAll = (name: Said, { parcels }: Shipping): readonly Saying[] =>
  parcels.map((_, index) => ({ name, part: index + 1 }))

/** What has not left never will; what has is called back, and runs its course. */
function closed(
  { allocated: _, ...before }: Shipping,
  { cause, customerId }: Extract<ShippingEvent, { name: 'closed' }>,
  at: string,
): Change | undefined {
  if (before.asked.closed === cause) return undefined
  const parcels = before.parcels.map((parcel): Parcel => {
    if (before.cancelled || parcel.status === 'returned') return parcel
    // mutant: recall
    return { ...parcel, ...(hasLeft(parcel) ? { recalled: true } : { status: 'cancelled' }), updatedAt: at }
  })
  const asked = { ...before.asked, closed: cause }
  return {
    shipping: { ...before, customerId, cancelled: true, parcels, asked },
    says: [{ name: 'shipment.cancelled' }], // mutant: nothing-leaves
  }
}

const announcement: Readonly<Record<ParcelEvent['name'], Said | undefined>> = {
  dispatched: 'shipment.dispatched',
  in_transit: undefined,
  delivered: 'shipment.delivered',
  failed: 'shipment.failed',
  returned: 'shipment.returned',
}

function moved(
  before: Shipping,
  { part, told }: Extract<ShippingEvent, { name: 'parcel' }>,
  at: string,
): Change | undefined {
  const parcel = before.parcels[part - 1]
  const judged = parcel && judge(parcel, told)
  if (judged === 'known') return undefined
  if (parcel === undefined || judged !== undefined)
    throw new Error(`Part ${part} of ${before.orderId} cannot be ${told.name}.`)
  const parcels = before.parcels.with(part - 1, tell(parcel, told, at))
  // mutant: withdrawn-event
  const name = told.name === 'failed' && !hasLeft(parcel) ? 'shipment.withdrawn' : announcement[told.name]
  return {
    shipping: { ...before, parcels, ...(told.name === 'returned' && { cameBack: compact(parcel, told.lines) }) },
    says: name === undefined ? [] : [{ name, part }],
  }
}

/** The units that come back, each sku once for each condition. */
function compact(parcel: Parcel, lines: readonly CameBack[] | undefined): readonly ReturnedLine[] {
  const sums = new Map<string, ReturnedLine>()
  for (const { sku, quantity, condition } of lines ?? allAway(parcel)) {
    const key = `${condition} ${sku}`
    sums.set(key, [sku, parcel.warehouseId, (sums.get(key)?.[2] ?? 0) + quantity, condition])
  }
  return [...sums.values()]
}

/** Why the part cannot be told so; undefined where it can, or knows it already. */
export function refusal({ parcels }: Shipping, part: number, told: ParcelEvent): Refusal | undefined {
  const parcel = parcels[part - 1]
  const judged = parcel && judge(parcel, told)
  return judged === 'known' ? undefined : judged
}

/**
 * How far the parcels of an order are, all of them together; it only grows. Cancelled ones do not count unless there are no others.
 */
export function fulfilmentOf({ parcels }: Shipping): Fulfilment {
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
export const isNothingSent = ({ parcels }: Shipping): boolean => parcels.every(({ status }) => status === 'cancelled')

/** The warehouses whose parcels have left: what was allocated there is gone. */
export const leftWarehouses = ({ parcels }: Shipping): readonly string[] =>
  parcels.filter(hasLeft).map(({ warehouseId }) => warehouseId)
