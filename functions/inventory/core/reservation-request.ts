import type { AllocationTask } from './allocation-tasks.ts'
import type { WantedLine } from './sourcing.ts'

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
  readonly holdSeconds: number
  readonly reference?: string
  readonly requestId?: string
}
export interface MoveRequest extends Requested {
  /** `close` gives back what is held, and leaves allocated units to shipping: they may be on their way. */
  readonly move: 'commit' | 'close'
}
/** Gives back a hold whose time is over; with any other reservation it goes on where a step was left half-way. */
export interface ExpireRequest extends Requested {
  readonly move: 'expire'
}
export interface ReleaseRequest extends Requested {
  readonly move: 'release'
  /** Warehouses that parcels have left: what was allocated there does not go back. */
  readonly left?: readonly string[]
}
export type WithdrawRequest = Requested & Extract<AllocationTask, { move: 'withdraw' }>
export type ShipRequest = Requested & Extract<AllocationTask, { move: 'ship' }>
/** Returned units have left before: a return that arrives first stands for their departure, too. */
export type ReturnRequest = Requested & Extract<AllocationTask, { move: 'return' }>
export type ReservationRequest =
  | HoldRequest
  | MoveRequest
  | ExpireRequest
  | ReleaseRequest
  | WithdrawRequest
  | ShipRequest
  | ReturnRequest

/** Requests whose sender waits for an event. */
export type AnsweredRequest = HoldRequest | MoveRequest | ReleaseRequest
const unanswered: ReadonlySet<ReservationRequest['move']> = new Set(['expire', 'withdraw', 'ship', 'return'])
export const isAnswered = (request: ReservationRequest): request is AnsweredRequest => !unanswered.has(request.move)

/** A request that can never be carried out, however often it comes. */
export class ImpossibleRequest extends Error {
  override readonly name = 'ImpossibleRequest'
}

/** A hold under the id of another hold: without an order, an id stands for one request and no other. */
export class AnotherHold extends Error {
  override readonly name = 'AnotherHold'
}
