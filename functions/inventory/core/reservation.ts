import type { ReservationStatus, Shortage } from '../../../schemas/reservation.ts'
import type { HeldLine } from '../../../schemas/held-lines.ts'
import type { ReturnedLine } from '../../../schemas/shipping.ts'
import { type Allocation, type AllocationTask, canShip, enqueue, linesOf, tasksDone } from './allocation-tasks.ts'
import { canSend, departs, departure, unitsLeft } from './departure.ts'
import { type Estimated, nextEstimate, waitsOn } from './estimate.ts'
import {
  AnotherHold,
  type AnsweredRequest,
  type EstimateRequest,
  type HoldRequest,
  ImpossibleRequest,
  type ReservationRequest,
  isAnswered,
} from './reservation-request.ts'
import type { Route, WantedLine } from './sourcing.ts'

/**
 * What inventory holds for one order. What does not fit one write is moved in steps: `done` counts the lines that the step under way
 * (`holding`, `committing`, `shipping`, `returning`, `releasing`) has dealt with, which lets it go on after a crash anywhere.
 */
export interface Reservation extends Allocation, Estimated {
  readonly id: string
  readonly orderId?: string
  readonly reference?: string
  /** Of a hold without an order: the request that made it. The same request sent again has another id. */
  readonly requestId?: string
  /** Of a hold without an order: the user or the API key that made it. Those of the first releases lack it. */
  readonly madeBy?: string
  readonly status: ReservationStatus
  /** It may wait for what is short: its place in the queues, and how long it is held then, in seconds. */
  readonly backorder?: { readonly placedAt: string; readonly holdSeconds: number }
  /** Emptied once all of it is held: a reservation with wanted lines was never held whole. */
  readonly wanted: readonly WantedLine[]
  /** Of the wanted lines. */
  readonly route?: Route
  readonly done: number
  /** While releasing: where the units are, and how it ends. */
  readonly from?: 'reserved' | 'allocated'
  readonly ends?: 'released' | 'refused'
  readonly shortages?: readonly Shortage[]
  /** Why it is refused, where nothing is short. */
  readonly refusal?: 'too_scattered' | 'hold_gone'
  /** Of an order: the hold that it has taken over. */
  readonly takenFrom?: string
  readonly createdAt: string
  readonly expiresAt: string
  /** The last event or request for each move: the same one again is a duplicate, another one wants the answer again. */
  readonly asked: Readonly<Partial<Record<AnsweredRequest['move'], string>>>
}

export type ReservationEventName =
  | 'stock.reserved'
  | 'stock.backordered'
  | 'stock.refused'
  | 'stock.committed'
  | 'stock.released'

/** The event of each status without a step under way. */
const eventOf = {
  waiting: 'stock.backordered',
  held: 'stock.reserved',
  committed: 'stock.committed',
  shipped: 'stock.committed',
  released: 'stock.released',
  refused: 'stock.refused',
  // The order that has it emits its own.
  taken: undefined,
} as const satisfies Partial<Record<ReservationStatus, ReservationEventName | undefined>>

/** Whether no step is under way. */
export const isSettled = (status: ReservationStatus): status is keyof typeof eventOf => status in eventOf

/** Stored with each step, and not derived: where a move stands is in no other fact. */
export const status = (reservation: Reservation): ReservationStatus => reservation.status

/**
 * The reservation with the request taken into it, before any unit is moved; the same reservation when the request changes nothing. A
 * release that comes before its hold leaves a tombstone, which refuses the hold. Throws `AnotherHold`, and `ImpossibleRequest` for what
 * can never be carried out.
 */
export function evolve(
  reservation: Reservation | undefined,
  request: ReservationRequest,
  at: { readonly now: string; readonly expires: string },
): Reservation {
  if (reservation === undefined) return opened(request, at)
  // mutant: hold-key
  if (request.move === 'hold' && request.orderId === undefined && reservation.asked.hold !== request.cause)
    throw new AnotherHold(`${request.id} is the hold of another request`)
  if (reservation.status === 'taken') return reservation
  const asked = isAnswered(request) ? { ...reservation.asked, [request.move]: request.cause } : reservation.asked
  const begun = begin({ ...reservation, asked }, request, at)
  if (begun !== undefined) return begun
  const isRepeated = isAnswered(request) && reservation.asked[request.move] !== request.cause
  // Shipping decides about allocated units, and requests their release itself.
  const isOfShipping =
    request.move === 'close' && (reservation.status === 'committed' || reservation.status === 'shipped')
  return isRepeated && !isOfShipping && isSettled(reservation.status) ? { ...reservation, asked } : reservation
}

function opened(request: ReservationRequest, at: { now: string; expires: string }): Reservation {
  if (request.move === 'hold') return newHold(request, at)
  // mutant: tombstone
  if (request.move === 'close' || request.move === 'release') return tombstone(request, at)
  throw new ImpossibleRequest(`nothing is held for ${request.id}`)
}

export function newHold(request: HoldRequest, at: { now: string; expires: string }): Reservation {
  return {
    id: request.id,
    ...(request.orderId !== undefined && { orderId: request.orderId }),
    ...(request.reference !== undefined && { reference: request.reference }),
    ...(request.requestId !== undefined && { requestId: request.requestId }),
    ...(request.madeBy !== undefined && { madeBy: request.madeBy }),
    ...(request.backorder && { backorder: { ...request.backorder, holdSeconds: request.holdSeconds } }),
    status: 'holding',
    wanted: request.lines,
    ...(request.route && { route: request.route }),
    lines: [],
    done: 0,
    createdAt: at.now,
    expiresAt: at.expires,
    asked: { hold: request.cause },
  }
}

function tombstone(request: AnsweredRequest, at: { now: string }): Reservation {
  return {
    id: request.id,
    ...(request.orderId !== undefined && { orderId: request.orderId }),
    status: 'released',
    wanted: [],
    lines: [],
    done: 0,
    createdAt: at.now,
    expiresAt: at.now,
    asked: { [request.move]: request.cause },
  }
}

/** The reservation with the requested move begun, or put behind the one under way; undefined when there is nothing to begin. */
function begin(
  current: Reservation,
  request: ReservationRequest,
  at: { readonly now: string; readonly expires: string },
): Reservation | undefined {
  const { id, status } = current
  const held = status === 'holding' || status === 'held' || status === 'waiting'
  switch (request.move) {
    case 'hold':
      return undefined
    case 'estimate':
      return status === 'waiting' ? estimated(current, request) : undefined
    case 'fill':
      return status === 'waiting' ? filling(current, at.expires) : undefined // mutant: fill-waiting
    case 'commit':
      if (status === 'holding' || status === 'waiting') throw new ImpossibleRequest(`${id} is not held yet`)
      return status === 'held' ? { ...current, status: 'committing', done: 0 } : undefined
    case 'extend':
      return isHeld(current, at.now) && request.expiresAt > current.expiresAt // mutant: extend-longer
        ? { ...current, expiresAt: request.expiresAt }
        : undefined
    case 'expire':
      return overdue(current, at.now) ? releasing(current, 'reserved', 'released') : undefined
    case 'close':
      if (status === 'committing') return enqueue(current, [{ move: 'release' }])
      return held ? releasing(current, 'reserved', 'released') : undefined // mutant: close-held
    case 'release':
      return held
        ? releasing(current, 'reserved', 'released')
        : allocate(current, request.left ?? [], ...partsOf(request.sent), { move: 'release' })
    case 'withdraw':
      return allocate(current, [], { move: 'withdraw', warehouseId: request.warehouseId })
    case 'reduce':
      return allocate(current, [], { move: 'reduce', reductionId: request.reductionId, lines: request.lines })
    case 'ship':
      return allocate(current, [request.warehouseId])
    case 'part':
      return allocate(current, [], { move: 'part', lines: request.lines })
    case 'depart':
      if (departs(current, request.departureId) || !isLeavable(current)) return undefined
      return allocate(current, [], departure(current, request.departureId, request.lines))
    case 'return': {
      const { move, returnId } = request
      // Steps are cut between skus.
      const lines = request.lines.toSorted(([a], [b]) => (a < b ? -1 : Number(a > b)))
      // Of a warehouse that sends several parcels not all has left.
      const left = request.sent ? [] : [...new Set(lines.map(([, warehouseId]) => warehouseId))] // mutant: part-returned
      return allocate(current, left, ...partsOf(request.sent), { move, returnId, lines })
    }
  }
}

const partsOf = (sent: readonly HeldLine[] = []): readonly AllocationTask[] =>
  sent.length > 0 ? [{ move: 'part', lines: sent }] : [] // mutant: sent-before

/** The reservation with the parcels of these warehouses and then the other tasks put behind those that it has. */
function allocate(
  current: Reservation,
  left: readonly string[],
  ...tasks: readonly AllocationTask[]
): Reservation | undefined {
  const { id, status } = current
  const allocated = isAllocated(current)
  const lost = left.find((warehouseId) => !allocated || !canShip(current, warehouseId))
  if (lost !== undefined) throw new ImpossibleRequest(`nothing is allocated to ${id} in ${lost}`)
  for (const task of tasks)
    if (task.move === 'part' && !(allocated && canSend(current, task)))
      throw new ImpossibleRequest(`not so much is allocated to ${id}`)
  if (!allocated) return undefined // mutant: committed-release
  const parcels = left.map((warehouseId): AllocationTask => ({ move: 'ship', warehouseId }))
  const queued = enqueue(current, [...parcels, ...tasks])
  return queued && isSettled(status) ? nextTask(queued) : queued
}

export const isBusy = ({ tasks = [] }: Reservation): boolean => tasks.length > 0

/** Whether units of it may leave without a parcel. */
export const isLeavable = (current: Reservation): boolean =>
  isAllocated(current) && unitsLeft(current).some((units) => units > 0)

/** Whether it got as far as an allocation: not a hold that is being undone, or was. */
const isAllocated = (current: Reservation): boolean =>
  allocatedStatuses.has(current.status) || current.freed === true || isBusy(current)

const allocatedStatuses: ReadonlySet<ReservationStatus> = new Set(['committing', 'committed', 'shipped'])

/** Whether all of it is held, and its time is not over. */
export function isHeld({ status, expiresAt }: Reservation, now: string): boolean {
  return status === 'held' && expiresAt > now // mutant: held-now
}

const overdue = ({ status, expiresAt }: Reservation, now: string): boolean =>
  status === 'holding' || (status === 'held' && expiresAt <= now) // mutant: hold-expiry

/** The waiting reservation on its way to be held, from then on as long as its order wants. */
const unestimated = ({ estimatedAt: _, estimate: __, awaited: ___, ...rest }: Reservation): Reservation => rest

function filling({ shortages: _, ...current }: Reservation, expires: string): Reservation {
  return { ...unestimated(current), status: 'holding', done: 0, expiresAt: expires }
}

export function releasing(
  current: Reservation,
  from: 'reserved' | 'allocated',
  ends: 'released' | 'refused',
): Reservation {
  return { ...current, status: 'releasing', from, ends, done: 0 }
}

/** The settled reservation with its first task begun, or as it is when there is none. */
export function nextTask(current: Reservation): Reservation {
  const task = current.tasks?.[0]
  if (task === undefined) return current
  // mutant: release-bucket
  if (task.move === 'release' || task.move === 'withdraw' || task.move === 'reduce')
    return releasing(current, 'allocated', 'released')
  return { ...current, status: task.move === 'return' ? 'returning' : 'shipping', done: 0 }
}

/** The lines that the move under way has still to deal with, where it is not a hold. */
export function linesAhead(current: Reservation): readonly (HeldLine | ReturnedLine)[] {
  const { status, lines, done, tasks = [] } = current
  const [task] = tasks
  if (isSettled(status)) return []
  return (status === 'committing' || task === undefined ? lines : linesOf(current, task)).slice(done)
}

/** The skus whose units the move under way has still to move. */
export function pending(reservation: Reservation): readonly string[] {
  const { status, wanted, done } = reservation
  const ahead = status === 'holding' ? wanted.slice(done) : linesAhead(reservation)
  return [...new Set(ahead.map(([sku]) => sku))]
}

function estimated(current: Reservation, request: EstimateRequest): Reservation | undefined {
  const next = nextEstimate(current, request)
  return next && { ...unestimated(current), ...next }
}

/**
 * The events that a change emits: the one of its status when a move is done or another request repeats a move, and `stock.released` when the
 * rest of an order is free again. Single parcels have no event here: shipping emits it.
 */
export function emits(before: Reservation | undefined, after: Reservation): readonly ReservationEventName[] {
  if (after.freed && !before?.freed) return [eventOf.released]
  if (after === before || !isSettled(after.status) || tasksDone(after) > tasksDone(before)) return []
  if (before && waitsOn(before, after)) return []
  // Of an order that has left nothing is held: a release is answered with that.
  // mutant: shipped-answer
  const isReleased = after.status === 'shipped' && after.asked.release !== before?.asked.release
  return [isReleased ? eventOf.released : eventOf[after.status]].filter((name) => name !== undefined)
}
