import type { AllocationTask } from './allocation-tasks.ts'
import type { LeavingLine, PartDeparture } from './departure.ts'
import type { HeldLine } from '../../../schemas/held-lines.ts'
import type { Route, WantedLine } from './sourcing.ts'

interface Requested {
  readonly id: string
  readonly orderId?: string
  /** The id of the event or request. */
  readonly cause: string
}
export interface HoldRequest extends Requested {
  readonly move: 'hold'
  /** Each sku once. */
  readonly lines: readonly WantedLine[]
  readonly route?: Route
  readonly holdSeconds: number
  readonly reference?: string
  readonly requestId?: string
  /** Of a hold without an order: the user or the API key that makes it. */
  readonly madeBy?: string
  /** The id of a hold without an order that it takes over in place of a new one. */
  readonly takes?: string
  /** It may wait for what is short, in the place of an order that was placed then, RFC 3339. */
  readonly backorder?: { readonly placedAt: string }
}
/** Holds what a waiting order is due, where all of it is there. */
export interface FillRequest extends Requested {
  readonly move: 'fill'
}
/** Estimates anew when a sku of a waiting order is there; see `Awaited`. */
export interface EstimateRequest extends Requested {
  readonly move: 'estimate'
  readonly sku: string
  readonly time: string | undefined
}
export interface MoveRequest extends Requested {
  /** `close` gives back what is held, and leaves allocated units to shipping: they may be on their way. */
  readonly move: 'commit' | 'close'
}
/** Holds for longer, until a time (RFC 3339) in whole seconds; never for less. */
export interface ExtendRequest extends Requested {
  readonly move: 'extend'
  readonly expiresAt: string
}
/** Gives back a hold whose time is over; with any other reservation it goes on where a step was left half-way. */
export interface ExpireRequest extends Requested {
  readonly move: 'expire'
}
export interface ReleaseRequest extends Requested {
  readonly move: 'release'
  /** Warehouses that parcels have left: what was allocated there does not go back. */
  readonly left?: readonly string[]
  /** What has left of warehouses that send the order in several parcels. */
  readonly sent?: readonly HeldLine[]
}
export type WithdrawRequest = Requested & Extract<AllocationTask, { move: 'withdraw' }>
/** Cancelled units were in a parcel: there is one once they are allocated. */
export type ReduceRequest = Requested & Extract<AllocationTask, { move: 'reduce' }>
export type ShipRequest = Requested & Extract<AllocationTask, { move: 'ship' }>
export type PartRequest = Requested & PartDeparture
/** Units of a committed reservation leave, without lines all that is left; never those of an order, which leave in parcels. */
export interface DepartRequest extends Requested {
  readonly move: 'depart'
  readonly departureId: string
  readonly lines?: readonly LeavingLine[] | undefined
}
/** Returned units have left before: a return that arrives first stands for their departure, too. */
export type ReturnRequest = Requested &
  Extract<AllocationTask, { move: 'return' }> & {
    /** What has left of these skus, where their warehouse sends the order in several parcels. */
    readonly sent?: readonly HeldLine[]
  }
export type ReservationRequest =
  | HoldRequest
  | FillRequest
  | EstimateRequest
  | MoveRequest
  | ExtendRequest
  | ExpireRequest
  | ReleaseRequest
  | WithdrawRequest
  | ReduceRequest
  | ShipRequest
  | PartRequest
  | DepartRequest
  | ReturnRequest

/** Requests whose sender waits for an event. */
export type AnsweredRequest = HoldRequest | MoveRequest | ReleaseRequest
const unanswered: ReadonlySet<ReservationRequest['move']> = new Set([
  'fill',
  'estimate',
  'extend',
  'expire',
  'withdraw',
  'reduce',
  'ship',
  'part',
  'depart',
  'return',
])
export const isAnswered = (request: ReservationRequest): request is AnsweredRequest => !unanswered.has(request.move)

/** A request that can never be carried out, however often it comes. */
export class ImpossibleRequest extends Error {
  override readonly name = 'ImpossibleRequest'
}

/** A hold under the id of another hold: without an order, an id stands for one request and no other. */
export class AnotherHold extends Error {
  override readonly name = 'AnotherHold'
}

/** The ids of the reservations that a request may change. */
export const reservationsOf = (request: ReservationRequest): readonly string[] =>
  request.move === 'hold' && request.takes !== undefined ? [request.id, request.takes] : [request.id]
