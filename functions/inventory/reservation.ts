import type { HeldLine, ReservationStatus, Shortage } from '../../schemas/inventory.ts'
import { type Bucket, type Stock, TornBooks, move, pick, reservable } from './stock.ts'

/** Sku and units, as asked for. */
export type WantedLine = readonly [sku: string, quantity: number]

/**
 * What inventory holds for one order. What does not fit one write is moved in steps: `done` counts the lines that the step under way
 * (`holding`, `committing`, `releasing`) has dealt with, so that it can go on after a crash anywhere.
 */
export interface Reservation {
  readonly id: string
  readonly orderId?: string
  readonly reference?: string
  readonly status: ReservationStatus
  /** Emptied once all of it is held: who has it still was never held whole. */
  readonly wanted: readonly WantedLine[]
  readonly lines: readonly HeldLine[]
  readonly done: number
  /** While releasing: where the units are, and how it ends. */
  readonly from?: 'reserved' | 'allocated'
  readonly ends?: 'released' | 'refused'
  /** While committing: that it is to be released afterwards. */
  readonly thenRelease?: boolean
  readonly shortages?: readonly Shortage[]
  readonly createdAt: string
  readonly expiresAt: string
  /** The event or request that asked last for each move: the same one again is a duplicate, another one wants the answer again. */
  readonly asked: Readonly<Partial<Record<ReservationRequest['move'], string>>>
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
}
export interface MoveRequest extends Asked {
  /** `expire` releases, but only a hold whose time is over; of any other it goes on with the step under way. */
  readonly move: 'commit' | 'release' | 'expire'
}
export type ReservationRequest = HoldRequest | MoveRequest

export type Answer = 'stock.reserved' | 'stock.refused' | 'stock.committed' | 'stock.released'

/** What a settled reservation says of itself. */
const answers = {
  held: 'stock.reserved',
  committed: 'stock.committed',
  released: 'stock.released',
  refused: 'stock.refused',
} as const satisfies Partial<Record<ReservationStatus, Answer>>

/** Whether no step is under way. */
export const settled = (status: ReservationStatus): status is keyof typeof answers => status in answers

/** A request that can never be carried out, whatever is tried. */
export class ImpossibleRequest extends Error {
  override readonly name = 'ImpossibleRequest'
}

/**
 * Takes a request into the reservation, before any unit is moved. The answers are to be said with the state; nothing is to be written
 * when `changed` is false. A release that comes before its reserve leaves a tombstone, which refuses the reserve.
 */
export function receive(
  current: Reservation | undefined,
  request: ReservationRequest,
  at: { readonly now: string; readonly expires: string },
): { readonly state: Reservation; readonly changed: boolean; readonly say: readonly Answer[] } {
  const asked = { ...current?.asked, [request.move]: request.cause }
  if (current === undefined) {
    if (request.move === 'commit' || request.move === 'expire') {
      throw new ImpossibleRequest(`nothing is held for ${request.id}`)
    }
    const state = request.move === 'hold' ? opened(request, at, asked) : tombstone(request, at, asked)
    return { state, changed: true, say: request.move === 'hold' ? [] : [answers.released] }
  }
  const begun = begin({ ...current, asked }, request.move, at.now)
  if (begun !== undefined) return { state: begun, changed: true, say: [] }
  const again = request.move !== 'expire' && current.asked[request.move] !== request.cause
  if (!again || !settled(current.status)) return { state: current, changed: false, say: [] }
  return { state: { ...current, asked }, changed: true, say: [answers[current.status]] }
}

function opened(request: HoldRequest, at: { now: string; expires: string }, asked: Reservation['asked']): Reservation {
  return {
    id: request.id,
    ...(request.orderId !== undefined && { orderId: request.orderId }),
    ...(request.reference !== undefined && { reference: request.reference }),
    status: 'holding',
    wanted: request.lines,
    lines: [],
    done: 0,
    createdAt: at.now,
    expiresAt: at.expires,
    asked,
  }
}

function tombstone(request: MoveRequest, at: { now: string }, asked: Reservation['asked']): Reservation {
  return {
    id: request.id,
    ...(request.orderId !== undefined && { orderId: request.orderId }),
    status: 'released',
    wanted: [],
    lines: [],
    done: 0,
    createdAt: at.now,
    expiresAt: at.now,
    asked,
  }
}

/** The reservation with the asked move begun, or undefined when there is nothing to begin. */
function begin(current: Reservation, move: ReservationRequest['move'], now: string): Reservation | undefined {
  const { status } = current
  if (move === 'commit' && status === 'held') return { ...current, status: 'committing', done: 0 }
  if (move === 'commit' && status === 'holding') throw new ImpossibleRequest(`${current.id} is not held yet`)
  if (move === 'expire') return overdue(current, now) ? releasing(current, 'reserved', 'released') : undefined
  if (move !== 'release') return undefined
  if (status === 'holding' || status === 'held') return releasing(current, 'reserved', 'released')
  if (status === 'committed') return releasing(current, 'allocated', 'released')
  if (status === 'committing' && !current.thenRelease) return { ...current, thenRelease: true }
  // A hold that is being undone because it was refused ends as released now: the order is closed either way.
  return undefined
}

const overdue = ({ status, expiresAt }: Reservation, now: string): boolean =>
  status === 'holding' || (status === 'held' && expiresAt <= now)

function releasing(
  { thenRelease, ...current }: Reservation,
  from: 'reserved' | 'allocated',
  ends: 'released' | 'refused',
): Reservation {
  return { ...current, status: 'releasing', from, ends, done: 0 }
}

/** What a step may read and change. */
export interface Books {
  readonly stockOf: (sku: string) => Stock | undefined
  /** Ids of the active warehouses, the first to ship first. */
  readonly warehouses: readonly string[]
}

export interface Stepped {
  readonly state: Reservation
  readonly stocks: readonly Stock[]
  readonly say: readonly Answer[]
}

/** The skus whose stock the whole rest of the move under way needs. */
export function skusAhead({ status, wanted, lines, done }: Reservation): readonly string[] {
  if (settled(status)) return []
  const ahead: readonly (WantedLine | HeldLine)[] = status === 'holding' ? wanted.slice(done) : lines.slice(done)
  return [...new Set(ahead.map(([sku]) => sku))]
}

/**
 * One step of the move under way, over at most `most` skus. A hold looks at all that is wanted before it takes the first unit; when a
 * later step finds a line short all the same, what is held already goes back.
 */
export function step(current: Reservation, books: Books, most: number, at: string): Stepped {
  if (current.status === 'holding') return hold(current, books, most, at)
  if (current.status === 'committing') return shift(current, books, most, at, 'reserved', 'allocated')
  if (current.status === 'releasing') return shift(current, books, most, at, current.from ?? 'reserved', 'available')
  return { state: current, stocks: [], say: [] }
}

function hold(current: Reservation, books: Books, most: number, at: string): Stepped {
  const shortages: Shortage[] = []
  const picked: { readonly stock: Stock; readonly lines: readonly HeldLine[] }[] = []
  for (const [sku, requested] of current.wanted.slice(current.done)) {
    const stock = books.stockOf(sku)
    const lines = stock && pick(stock, requested, books.warehouses)
    if (lines) picked.push({ stock, lines })
    else shortages.push({ sku, requested, available: reservable(stock, books.warehouses) })
  }
  if (shortages.length > 0) return refuse({ ...current, shortages })
  const taken = picked.slice(0, most)
  const stocks = taken.map(({ stock, lines }) => move(stock, lines, 'available', 'reserved', at))
  const lines = taken.flatMap((each) => each.lines)
  const done = current.done + stocks.length
  const state = { ...current, lines: [...current.lines, ...lines], done }
  if (done < current.wanted.length) return { state, stocks, say: [] }
  return { state: { ...state, status: 'held', wanted: [] }, stocks, say: [answers.held] }
}

function refuse(current: Reservation): Stepped {
  if (current.lines.length === 0)
    return { state: { ...current, status: 'refused' }, stocks: [], say: [answers.refused] }
  return { state: releasing(current, 'reserved', 'refused'), stocks: [], say: [] }
}

function shift(current: Reservation, books: Books, most: number, at: string, from: Bucket, to: Bucket): Stepped {
  const skus = new Set(skusAhead(current).slice(0, most))
  const lines = current.lines.slice(current.done).filter(([sku]) => skus.has(sku))
  const stocks = [...skus].map((sku) => {
    const stock = books.stockOf(sku)
    if (stock === undefined) throw new TornBooks(`${sku} is held by ${current.id} and has no stock item`)
    return move(
      stock,
      lines.filter((line) => line[0] === sku),
      from,
      to,
      at,
    )
  })
  const done = current.done + lines.length
  const state = { ...current, done }
  if (done < current.lines.length) return { state, stocks, say: [] }
  return arrive(state, stocks)
}

function arrive({ from, ends, thenRelease, ...current }: Reservation, stocks: readonly Stock[]): Stepped {
  const status = current.status === 'committing' ? 'committed' : (ends ?? 'released')
  const state: Reservation = { ...current, status, done: 0 }
  if (status === 'committed' && thenRelease)
    return { state: releasing(state, 'allocated', 'released'), stocks, say: [] }
  return { state, stocks, say: [answers[status]] }
}
