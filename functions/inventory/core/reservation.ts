import type { HeldLine, ReservationStatus, Shortage } from '../../../schemas/inventory.ts'
import type { ReturnedLine } from '../../../schemas/shipping.ts'
import { type Job, type Worklist, canShip, enqueue, finished, linesOf, standing } from './allocation-tasks.ts'
import { type Sources, type WantedLine, source } from './sourcing.ts'
import { type Stock, TornBooks, move, takeBack } from './stock.ts'

/**
 * What inventory holds for one order. What does not fit one write is moved in steps: `done` counts the lines that the step under way
 * (`holding`, `committing`, `shipping`, `returning`, `releasing`) has dealt with, so that it can go on after a crash anywhere.
 */
export interface Reservation extends Worklist {
  readonly id: string
  readonly orderId?: string
  readonly reference?: string
  /** Of a hold without an order: the request that made it. The same one that comes again has another id. */
  readonly requestId?: string
  readonly status: ReservationStatus
  /** Emptied once all of it is held: who has it still was never held whole. */
  readonly wanted: readonly WantedLine[]
  readonly done: number
  /** While releasing: where the units are, and how it ends. */
  readonly from?: 'reserved' | 'allocated'
  readonly ends?: 'released' | 'refused'
  readonly shortages?: readonly Shortage[]
  /** Why it is refused, where nothing is short. */
  readonly refusal?: 'too_scattered'
  readonly createdAt: string
  readonly expiresAt: string
  /** The event or request that asked last for each move: the same one again is a duplicate, another one wants the answer again. */
  readonly asked: Readonly<Partial<Record<Answerable['move'], string>>>
}

interface Asked {
  readonly id: string
  readonly orderId?: string
  /** The id of the event or request. */
  readonly cause: string
}
export interface HoldRequest extends Asked {
  readonly move: 'hold'
  /** Each sku once. */
  readonly lines: readonly WantedLine[]
  readonly holdSeconds: number
  readonly reference?: string
  readonly requestId?: string
}
export interface MoveRequest extends Asked {
  /** `close` gives back what is held, and leaves what is allocated to shipping: it may be on its way. */
  readonly move: 'commit' | 'close'
}
/** Gives back a hold whose time is over; with any other reservation it goes on where a step was left half-way. */
export interface ExpireRequest extends Asked {
  readonly move: 'expire'
}
export interface ReleaseRequest extends Asked {
  readonly move: 'release'
  /** Warehouses that parcels have left: what was allocated there does not go back. */
  readonly left?: readonly string[]
}
export type WithdrawRequest = Asked & Extract<Job, { move: 'withdraw' }>
export type ShipRequest = Asked & Extract<Job, { move: 'ship' }>
/** What comes back has left before: the return says that too, should it be heard of first. */
export type ReturnRequest = Asked & Extract<Job, { move: 'return' }>
export type ReservationRequest =
  | HoldRequest
  | MoveRequest
  | ExpireRequest
  | ReleaseRequest
  | WithdrawRequest
  | ShipRequest
  | ReturnRequest

/** Requests that somebody waits for. */
type Answerable = HoldRequest | MoveRequest | ReleaseRequest
const unanswered: ReadonlySet<ReservationRequest['move']> = new Set(['expire', 'withdraw', 'ship', 'return'])
const isAnswerable = (request: ReservationRequest): request is Answerable => !unanswered.has(request.move)

export type Answer = 'stock.reserved' | 'stock.refused' | 'stock.committed' | 'stock.released'

/** What a settled reservation says of itself. */
const answers = {
  held: 'stock.reserved',
  committed: 'stock.committed',
  shipped: 'stock.committed',
  released: 'stock.released',
  refused: 'stock.refused',
} as const satisfies Partial<Record<ReservationStatus, Answer>>

/** Whether no step is under way. */
export const settled = (status: ReservationStatus): status is keyof typeof answers => status in answers

/** A request that can never be carried out, whatever is tried. */
export class ImpossibleRequest extends Error {
  override readonly name = 'ImpossibleRequest'
}

/** A hold under an id that another one has: without an order, the id stands for one request and no other. */
export class AnotherHold extends Error {
  override readonly name = 'AnotherHold'
}

/**
 * Takes a request into the reservation, before any unit is moved. The answers are to be said with the state; nothing is to be written
 * when `changed` is false. A release that comes before its reserve leaves a tombstone, which refuses the reserve. Throws `AnotherHold`,
 * and `ImpossibleRequest` for what can never be carried out.
 */
export function receive(
  current: Reservation | undefined,
  request: ReservationRequest,
  at: { readonly now: string; readonly expires: string },
): { readonly state: Reservation; readonly changed: boolean; readonly say: readonly Answer[] } {
  if (current === undefined) return { ...opening(request, at), changed: true }
  // mutant: hold-key
  if (request.move === 'hold' && request.orderId === undefined && current.asked.hold !== request.cause)
    throw new AnotherHold(`${request.id} holds what another request asked for`)
  const asked = isAnswerable(request) ? { ...current.asked, [request.move]: request.cause } : current.asked
  const begun = begin({ ...current, asked }, request, at.now)
  if (begun !== undefined) return { state: begun, changed: true, say: [] }
  const again = isAnswerable(request) && current.asked[request.move] !== request.cause
  // Shipping decides about it, and asks in its turn.
  const elsewhere = request.move === 'close' && (current.status === 'committed' || current.status === 'shipped')
  if (!again || elsewhere || !settled(current.status)) return { state: current, changed: false, say: [] }
  // Of what has left nothing is held: who asks for the rest has his answer.
  // mutant: shipped-answer
  const answer = request.move === 'release' && current.status === 'shipped' ? 'released' : current.status
  return { state: { ...current, asked }, changed: true, say: [answers[answer]] }
}

function opening(request: ReservationRequest, at: { now: string; expires: string }) {
  if (request.move === 'hold') return { state: opened(request, at), say: [] }
  // mutant: tombstone
  if (request.move === 'close' || request.move === 'release')
    return { state: tombstone(request, at), say: [answers.released] }
  throw new ImpossibleRequest(`nothing is held for ${request.id}`)
}

function opened(request: HoldRequest, at: { now: string; expires: string }): Reservation {
  return {
    id: request.id,
    ...(request.orderId !== undefined && { orderId: request.orderId }),
    ...(request.reference !== undefined && { reference: request.reference }),
    ...(request.requestId !== undefined && { requestId: request.requestId }),
    status: 'holding',
    wanted: request.lines,
    lines: [],
    done: 0,
    createdAt: at.now,
    expiresAt: at.expires,
    asked: { hold: request.cause },
  }
}

function tombstone(request: Answerable, at: { now: string }): Reservation {
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

/** The reservation with the asked move begun, or put behind the one under way; undefined when there is nothing to begin. */
function begin(current: Reservation, request: ReservationRequest, now: string): Reservation | undefined {
  const { id, status } = current
  const held = status === 'holding' || status === 'held'
  switch (request.move) {
    case 'hold':
      return undefined
    case 'commit':
      if (status === 'holding') throw new ImpossibleRequest(`${id} is not held yet`)
      return status === 'held' ? { ...current, status: 'committing', done: 0 } : undefined
    case 'expire':
      return overdue(current, now) ? releasing(current, 'reserved', 'released') : undefined
    case 'close':
      if (status === 'committing') return enqueue(current, [{ move: 'release' }])
      return held ? releasing(current, 'reserved', 'released') : undefined // mutant: close-held
    case 'release':
      return held ? releasing(current, 'reserved', 'released') : work(current, request.left ?? [], { move: 'release' })
    case 'withdraw':
      return work(current, [], { move: 'withdraw', warehouseId: request.warehouseId })
    case 'ship':
      return work(current, [request.warehouseId])
    case 'return': {
      const { move, returnId } = request
      // Steps are cut between skus.
      const lines = request.lines.toSorted(([a], [b]) => (a < b ? -1 : Number(a > b)))
      return work(current, [...new Set(lines.map(([, warehouseId]) => warehouseId))], { move, returnId, lines })
    }
  }
}

/** What is allocated, with parcels to leave these warehouses and then the jobs to be done. */
function work(current: Reservation, left: readonly string[], ...jobs: readonly Job[]): Reservation | undefined {
  const { id, status } = current
  // A hold that is being undone, or was, never got so far.
  const allocated = wasAllocated[status] || current.freed === true || isBusy(current)
  const lost = left.find((warehouseId) => !allocated || !canShip(current, warehouseId))
  if (lost !== undefined) throw new ImpossibleRequest(`nothing is allocated to ${id} in ${lost}`)
  if (!allocated) return undefined // mutant: committed-release
  const parcels = left.map((warehouseId): Job => ({ move: 'ship', warehouseId }))
  const queued = enqueue(current, [...parcels, ...jobs])
  return queued && settled(status) ? follow(queued) : queued
}

const isBusy = ({ jobs = [] }: Reservation): boolean => jobs.length > 0

const wasAllocated: Readonly<Record<ReservationStatus, boolean>> = {
  holding: false,
  held: false,
  committing: true,
  committed: true,
  shipping: true,
  shipped: true,
  returning: true,
  releasing: false,
  released: false,
  refused: false,
}

const overdue = ({ status, expiresAt }: Reservation, now: string): boolean =>
  status === 'holding' || (status === 'held' && expiresAt <= now) // mutant: hold-expiry

function releasing(current: Reservation, from: 'reserved' | 'allocated', ends: 'released' | 'refused'): Reservation {
  return { ...current, status: 'releasing', from, ends, done: 0 }
}

/** The settled reservation with its first job begun, or as it is when there is none. */
function follow(current: Reservation): Reservation {
  const job = current.jobs?.[0]
  if (job === undefined) return current
  // mutant: release-bucket
  if (job.move === 'release' || job.move === 'withdraw') return releasing(current, 'allocated', 'released')
  return { ...current, status: job.move === 'ship' ? 'shipping' : 'returning', done: 0 }
}

export interface Stepped {
  readonly state: Reservation
  readonly stocks: readonly Stock[]
  readonly say: readonly Answer[]
}

/** The lines that the move under way has still to deal with. */
function linesAhead(current: Reservation): readonly (HeldLine | ReturnedLine)[] {
  const { status, lines, done, jobs = [] } = current
  const [job] = jobs
  if (settled(status) || status === 'holding') return []
  return (status === 'committing' || job === undefined ? lines : linesOf(current, job)).slice(done)
}

/** The skus whose stock the whole rest of the move under way needs. */
export function skusAhead(current: Reservation): readonly string[] {
  const ahead = current.status === 'holding' ? current.wanted.slice(current.done) : linesAhead(current)
  return [...new Set(ahead.map(([sku]) => sku))]
}

/**
 * One step of the move under way, over at most `most` skus. A hold looks at all that is wanted before it takes the first unit; when a
 * later step finds a line short all the same, what is held already goes back.
 */
export function step(current: Reservation, sources: Sources, most: number, at: string): Stepped {
  if (current.status === 'holding') return hold(current, sources, most, at)
  const from = current.from ?? 'reserved'
  switch (current.status) {
    case 'committing':
      // mutant: commit-bucket
      return shift(current, sources, most, (stock, lines) => move(stock, lines, 'reserved', 'allocated', at))
    case 'releasing':
      return shift(current, sources, most, (stock, lines) => move(stock, lines, from, 'available', at))
    case 'shipping':
      return shift(current, sources, most, (stock, lines) => move(stock, lines, 'allocated', 'outside', at))
    case 'returning':
      return shift(current, sources, most, (stock, lines) => takeBack(stock, lines, at))
    default:
      return { state: current, stocks: [], say: [] }
  }
}

function hold(current: Reservation, sources: Sources, most: number, at: string): Stepped {
  const sourced = source(current.wanted.slice(current.done), sources, current.lines)
  if (!('picks' in sourced)) return refuse({ ...current, ...sourced })
  const taken = sourced.picks.slice(0, most)
  const stocks = taken.map(({ stock, lines }) => move(stock, lines, 'available', 'reserved', at))
  const lines = taken.flatMap((each) => each.lines)
  const done = current.done + stocks.length
  const state = { ...current, lines: [...current.lines, ...lines], done }
  if (done < current.wanted.length) return { state, stocks, say: [] }
  return { state: { ...state, status: 'held', wanted: [] }, stocks, say: [answers.held] }
}

function refuse(current: Reservation): Stepped {
  // mutant: step-hold-short
  if (current.lines.length === 0)
    return { state: { ...current, status: 'refused' }, stocks: [], say: [answers.refused] }
  return { state: releasing(current, 'reserved', 'refused'), stocks: [], say: [] }
}

function shift(
  current: Reservation,
  sources: Sources,
  most: number,
  moved: (stock: Stock, lines: readonly (HeldLine | ReturnedLine)[]) => Stock,
): Stepped {
  const skus = new Set(skusAhead(current).slice(0, most))
  const ahead = linesAhead(current)
  const lines = ahead.filter(([sku]) => skus.has(sku))
  const stocks = [...skus].map((sku) => {
    const stock = sources.stockOf(sku)
    if (stock === undefined) throw new TornBooks(`${sku} is held by ${current.id} and has no stock item`)
    return moved(
      stock,
      lines.filter((line) => line[0] === sku),
    )
  })
  const state = { ...current, done: current.done + lines.length } // mutant: step-count
  return lines.length < ahead.length ? { state, stocks, say: [] } : arrive(state, stocks)
}

function arrive({ from, ends, ...current }: Reservation, stocks: readonly Stock[]): Stepped {
  if (current.status === 'committing') {
    const state = follow({ ...current, status: 'committed', done: 0 })
    // What is to be given back at once is nobody's allocation.
    return { state, stocks, say: settled(state.status) ? [answers.committed] : [] }
  }
  if (!isBusy(current)) {
    const status = ends ?? 'released'
    return { state: { ...current, status, done: 0 }, stocks, say: [answers[status]] }
  }
  const done = finished(current)
  const state = follow({ ...done, status: standing(done), done: 0 })
  return { state, stocks, say: current.jobs?.[0]?.move === 'release' ? [answers.released] : [] }
}
