import type { Condition, ShipmentStatus } from '../../../schemas/shipment.ts'
import type { events } from '../../../schemas/shipping.ts'

export type ShipmentEventName = (typeof events)[keyof typeof events]['name']

/** Sku, units of the parcel, and how many of these came back. */
export type ParcelLine = readonly [sku: string, quantity: number, returned: number]

/** Who cancels, and whether an order of their own. */
export interface Canceller {
  /** The id of a user or of an API key. */
  readonly by: string
  readonly as: 'customer' | 'operator'
}

/** What one warehouse sends for an order in one parcel. Times are RFC 3339. */
export interface Parcel {
  readonly warehouseId: string
  readonly status: ShipmentStatus
  /** Each sku once. */
  readonly lines: readonly ParcelLine[]
  readonly carrier?: string
  readonly trackingNumber?: string
  /** Why the carrier could not deliver, or why the parcel could not leave. */
  readonly failure?: string
  /** It was cancelled by itself: the rest of its order goes on. */
  readonly withdrawn?: true
  /** All of its lines were cancelled. */
  readonly emptied?: true
  /** Who cancelled the last of them. */
  readonly emptiedBy?: Canceller
  /** How often units of it were cancelled; the last time has this number. */
  readonly reductions?: number
  /** It left in part: the part that has what stayed. */
  readonly restPart?: number
  /** Its order closed after it had left. */
  readonly recalled?: true
  /** How many returns there were; the last one has this number. */
  readonly returns: number
  readonly createdAt: string
  readonly updatedAt: string
}

/** Units of one sku that come back in one condition. */
export interface ReturnedUnits {
  readonly sku: string
  readonly quantity: number
  readonly condition: Condition
}

/** Units of one sku that leave in a parcel. */
export interface LeavingUnits {
  readonly sku: string
  readonly quantity: number
}

/** What happens to a parcel in a warehouse or on its way. */
export type ParcelEvent =
  /** With lines, each sku once: these leave, and what stays is another parcel. */
  | {
      readonly name: 'dispatched'
      readonly carrier: string
      readonly trackingNumber?: string | undefined
      readonly lines?: readonly LeavingUnits[] | undefined
    }
  | { readonly name: 'in_transit'; readonly trackingNumber?: string | undefined }
  | { readonly name: 'delivered' }
  /** The carrier could not deliver it; or it has not left, and never will. */
  | { readonly name: 'failed'; readonly reason?: string | undefined }
  /** Without lines: all that did not come back yet, to be sold again. */
  | { readonly name: 'returned'; readonly lines?: readonly ReturnedUnits[] | undefined }

/** What happens to a parcel on its way to the customer. */
export type MoveEvent = Exclude<ParcelEvent, { name: 'returned' | 'dispatched' }>
export type DispatchEvent = Extract<ParcelEvent, { name: 'dispatched' }>

/** Why a move of a parcel is refused. */
export type MoveRefusal =
  | { readonly code: 'shipment_cancelled' }
  | { readonly code: 'shipment_state'; readonly status: ShipmentStatus }

/** Why a departure is refused. */
export type DispatchRefusal =
  | MoveRefusal
  | { readonly code: 'too_many_parcels' }
  | {
      readonly code: 'dispatch_exceeds_shipment'
      /** The index of each line that asks for too much, and how much of its sku is there. */
      readonly lines: readonly { readonly index: number; readonly there: number }[]
    }

/** Why a return is refused. */
export type ReturnRefusal =
  | MoveRefusal
  | { readonly code: 'too_many_returns' }
  | {
      readonly code: 'return_exceeds_shipment'
      /** The index of each line that asks for too much, and how much of its sku is still away. */
      readonly lines: readonly { readonly index: number; readonly away: number }[]
    }

export type Refusal = DispatchRefusal | ReturnRefusal

/** More returns to one warehouse than this would make the items grow that remember each of them. */
export const maxReturns = 100

/** The statuses in which each event can happen. */
const possibleIn: Readonly<Record<ParcelEvent['name'], readonly ShipmentStatus[]>> = {
  dispatched: ['created'],
  in_transit: ['dispatched', 'in_transit', 'failed'],
  delivered: ['dispatched', 'in_transit', 'failed'],
  failed: ['created', 'dispatched', 'in_transit', 'failed'],
  returned: ['dispatched', 'in_transit', 'delivered', 'failed'],
}

export const hasLeft = ({ status }: Parcel): boolean => status !== 'created' && status !== 'cancelled'

/** Why the event is refused; undefined where it can happen, or has. */
export function refusalOf(parcel: Parcel, event: ParcelEvent): Refusal | undefined {
  if (knows(parcel, event)) return undefined
  if (parcel.status === 'cancelled') return { code: 'shipment_cancelled' }
  const over = event.name === 'returned' && event.lines && hasLeft(parcel) && tooMuch(parcel, event.lines)
  if (over) return over
  if (!possibleIn[event.name].includes(parcel.status)) return { code: 'shipment_state', status: parcel.status }
  if (event.name === 'dispatched' && event.lines) return exceeding(parcel, event.lines)
  return undefined
}

function exceeding({ lines }: Parcel, leaving: readonly LeavingUnits[]): Refusal | undefined {
  const has = new Map(lines.map(([sku, quantity]) => [sku, quantity]))
  const over = leaving.flatMap(({ sku, quantity }, index) => {
    const there = has.get(sku) ?? 0
    return quantity > there ? [{ index, there }] : []
  })
  return over.length > 0 ? { code: 'dispatch_exceeds_shipment', lines: over } : undefined // mutant: dispatch-exceeds
}

function knows(parcel: Parcel, event: ParcelEvent): boolean {
  const { status, carrier, trackingNumber, failure } = parcel
  switch (event.name) {
    case 'dispatched':
      return (
        hasLeft(parcel) &&
        carrier === event.carrier &&
        trackingNumber === event.trackingNumber &&
        isWhatLeft(parcel, event.lines)
      )
    case 'in_transit':
      return status === event.name && same(event.trackingNumber, trackingNumber)
    case 'delivered':
      return status === event.name
    case 'failed':
      return (status === event.name || parcel.withdrawn === true) && same(event.reason, failure)
    case 'returned':
      return status === event.name && event.lines === undefined
  }
}

/** Whether these units are what left in the parcel. One that left in part is not what leaves without naming lines. */
function isWhatLeft({ lines, restPart }: Parcel, leaving: readonly LeavingUnits[] | undefined): boolean {
  if (leaving === undefined) return restPart === undefined // mutant: rest-known
  const units = new Map(leaving.map(({ sku, quantity }) => [sku, quantity]))
  return units.size === lines.length && lines.every(([sku, quantity]) => units.get(sku) === quantity)
}

const same = (text: string | undefined, known: string | undefined): boolean => text === undefined || text === known

function tooMuch(parcel: Parcel, lines: readonly ReturnedUnits[]): Refusal | undefined {
  const away = new Map(parcel.lines.map(([sku, quantity, returned]) => [sku, quantity - returned]))
  const left = new Map(away)
  const over = lines.flatMap(({ sku, quantity }, index) => {
    const rest = (left.get(sku) ?? 0) - quantity
    left.set(sku, rest)
    return rest < 0 ? [{ index, away: away.get(sku) ?? 0 }] : []
  })
  return over.length > 0 ? { code: 'return_exceeds_shipment', lines: over } : undefined // mutant: return-exceeds
}

/** The parcel after the event, which must be possible (see `refusalOf`); the same parcel when it knows the event. */
export function evolveParcel(before: Parcel, event: ParcelEvent, at: string): Parcel {
  if (knows(before, event)) return before
  const { failure: _, ...parcel } = before
  switch (event.name) {
    case 'dispatched':
    case 'in_transit': {
      const { name: status, trackingNumber } = event
      const sender = event.name === 'dispatched' && { carrier: event.carrier }
      return { ...parcel, ...sender, ...(trackingNumber !== undefined && { trackingNumber }), status, updatedAt: at }
    }
    case 'delivered':
      return { ...parcel, status: event.name, updatedAt: at }
    case 'failed':
      return {
        ...parcel,
        // mutant: parcel-withdrawn
        ...(hasLeft(parcel) ? { status: event.name } : { status: 'cancelled', withdrawn: true }),
        ...(event.reason !== undefined && { failure: event.reason }),
        updatedAt: at,
      }
    case 'returned': {
      const lines = returnedFrom(parcel, event.lines)
      const whole = lines.every(([, quantity, returned]) => returned === quantity)
      // What failed stays so, and why, until all of it is back.
      const now = whole ? { ...parcel, status: event.name } : before
      return { ...now, lines, returns: parcel.returns + 1, updatedAt: at }
    }
  }
}

function returnedFrom(parcel: Parcel, units: readonly ReturnedUnits[] | undefined): readonly ParcelLine[] {
  const back = Map.groupBy(units ?? allAway(parcel), ({ sku }) => sku)
  return parcel.lines.map(([sku, quantity, returned]) => {
    const added = (back.get(sku) ?? []).reduce((sum, line) => sum + line.quantity, 0)
    return [sku, quantity, returned + added]
  })
}

/** All that did not come back yet. */
export function allAway({ lines }: Pick<Parcel, 'lines'>): readonly ReturnedUnits[] {
  return lines.flatMap(([sku, quantity, returned]) =>
    returned < quantity ? [{ sku, quantity: quantity - returned, condition: 'restock' as const }] : [],
  )
}

const eventOfStatus: Readonly<Partial<Record<ShipmentStatus, ShipmentEventName>>> = {
  dispatched: 'shipment.dispatched',
  delivered: 'shipment.delivered',
  failed: 'shipment.failed',
}

/** The event that the change of one parcel emits; undefined for one in transit, and for one that its order cancels. */
export function eventOf(before: Parcel, after: Parcel): ShipmentEventName | undefined {
  if (after.returns > before.returns) return 'shipment.returned'
  if (after.withdrawn && !before.withdrawn) return 'shipment.withdrawn' // mutant: withdrawn-event
  if ((after.reductions ?? 0) > (before.reductions ?? 0)) return 'shipment.reduced' // mutant: reduced-event
  const isChanged = after.status !== before.status || after.failure !== before.failure
  return isChanged ? eventOfStatus[after.status] : undefined
}
