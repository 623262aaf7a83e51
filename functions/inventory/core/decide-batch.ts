import {
  type Reservation,
  type ReservationEventName,
  emits,
  evolve,
  isSettled,
  pending,
  status,
} from './reservation.ts'
import type { Expected } from './under-way.ts'
import { withMoves } from './movement.ts'
import type { ReservationRequest } from './reservation-request.ts'
import { awaitedByJoined } from './joining.ts'
import { takeOver } from './take-over.ts'
import { movementOf, step } from './reservation-step.ts'
import type { SourcingRule } from '../../../schemas/sourcing.ts'
import type { Site, Sources } from './sourcing.ts'
import { type Stock, TornRead } from './stock.ts'
import { type QueueChange, type Waiter, changedQueue, changedStock, dueBefore } from './waiting.ts'

/** A reservation as it is to be written, with the events that it then emits. */
export interface ChangedReservation {
  readonly reservation: Reservation
  readonly emits: readonly ReservationEventName[]
  readonly request: ReservationRequest
}

/** One write for many requests: each stock item once, a reservation for each, and the orders that begin to wait or wait no more. */
export interface BatchDecision {
  readonly stocks: readonly Stock[]
  readonly reservations: readonly ChangedReservation[]
  readonly queued: readonly QueueChange[]
  /** Skus whose queues are to be tried for orders that join them. */
  readonly awaited: readonly string[]
  /** Requests that are dealt with once this is written. */
  readonly finished: readonly ReservationRequest[]
}

/** What a batch is decided on. */
export interface Snapshot {
  readonly reservationOf: (id: string) => Reservation | undefined
  readonly stockOf: (sku: string) => Stock | undefined
  /** The orders that wait for a sku, at least those before the ones that are to be filled. */
  readonly queueOf: (sku: string) => readonly Waiter[]
  /** Of those that wait for a sku, the ones behind the first order that is about to join them; undefined where they were not read, or not all. */
  readonly queueBehind?: (sku: string) => readonly Waiter[] | undefined
  /** What is on its way of the skus that orders are about to wait for, the first to come first. */
  readonly expectedOf?: (sku: string) => readonly Expected[]
  /** The active warehouses, in order of priority. */
  readonly sites: readonly Site[]
  readonly rule: SourcingRule
  /** RFC 3339. */
  readonly now: string
  /** The time so many seconds from now. */
  readonly after: (seconds: number) => string
}

/**
 * Decides in order of arrival which request gets which units, as far as one transaction of `maxWrites` carries; a request that does not fit
 * waits for the next batch. A reservation over more skus than a transaction carries takes a step by itself. The requests must be of
 * different reservations. Throws what `evolve` and `step` throw.
 */
export function decideBatch(
  requests: readonly ReservationRequest[],
  snapshot: Snapshot,
  maxWrites: number,
): BatchDecision {
  const stocks = new Map<string, Stock>()
  const reservations: ChangedReservation[] = []
  const queued: QueueChange[] = []
  const finished: ReservationRequest[] = []
  const stockOf = (sku: string): Stock | undefined => stocks.get(sku) ?? snapshot.stockOf(sku) // mutant: batch-stock
  const queueOf = (sku: string): readonly Waiter[] =>
    queued.filter(({ waiter }) => waiter.sku === sku).reduce(changedQueue, snapshot.queueOf(sku))
  const at = snapshot.now
  for (const request of requests) {
    const before = snapshot.reservationOf(request.id)
    const expires = snapshot.after(holdSecondsOf(request, before))
    if (request.move === 'hold' && request.takes !== undefined && before === undefined) {
      if (stocks.size + reservations.length + queued.length + 2 > maxWrites) break
      const { reservation, hold } = takeOver(snapshot.reservationOf(request.takes), request, { now: at, expires })
      reservations.push({ reservation, emits: emits(before, reservation), request })
      if (hold !== undefined) reservations.push({ reservation: hold, emits: [], request }) // mutant: taken-hold
      finished.push(request)
      continue
    }
    const requested = fitting(evolve(before, request, { now: at, expires }), maxWrites)
    const mayQueue = before?.status === 'waiting' || requested.backorder !== undefined
    const waits = mayQueue && request.move !== 'estimate' ? requested.wanted : []
    const ahead = pending(requested).slice(0, maxWrites - 1)
    const added = new Set([...ahead, ...waits.map(([sku]) => sku)].filter((sku) => !stocks.has(sku))).size
    if (stocks.size + reservations.length + queued.length + added + waits.length + 1 > maxWrites) break
    const sources = {
      stockOf,
      sites: snapshot.sites,
      rule: snapshot.rule,
      ...(snapshot.expectedOf && { expectedOf: snapshot.expectedOf }),
      ...(request.move === 'fill' && dueFor(requested, queueOf)),
    }
    const { reservation, stocks: moved } = step(requested, sources, ahead.length, at)
    if (isSettled(status(reservation))) finished.push(request)
    if (request.move === 'fill' && reservation.status !== 'held') continue
    const cause = { kind: movementOf(requested), reference: reservation.id } // mutant: move-reference
    for (const stock of moved) stocks.set(stock.sku, withMoves(stockOf(stock.sku), stock, cause))
    for (const change of queueChanges(before, reservation)) {
      const stock = stockOf(change.waiter.sku)
      if (stock === undefined)
        throw new TornRead(`${request.id} waits for ${change.waiter.sku}, which has no stock item`)
      stocks.set(stock.sku, changedStock(stock, change))
      queued.push(change)
    }
    if (reservation !== before) reservations.push({ reservation, emits: emits(before, reservation), request })
  }
  const awaited = awaitedByJoined(
    reservations.map(({ reservation }) => reservation),
    {
      stockOf,
      queueBehind: snapshot.queueBehind ?? (() => undefined),
      queued,
      active: snapshot.sites.map(({ id }) => id),
    },
  )
  return { stocks: [...stocks.values()], reservations, queued, awaited, finished }
}

/** Also of a request that holds nothing: then nobody reads it. */
const holdSecondsOf = (request: ReservationRequest, before: Reservation | undefined): number =>
  request.move === 'hold' ? request.holdSeconds : (before?.backorder?.holdSeconds ?? 0)

/** The reservation without its leave to wait where waiting takes more than one write: its stocks, its places in their queues, and itself. */
function fitting(reservation: Reservation, maxWrites: number): Reservation {
  if (reservation.backorder === undefined || 2 * reservation.wanted.length < maxWrites) return reservation
  const { backorder: _, ...rest } = reservation
  return rest
}

/** What is due to orders that were placed before, and still wait. */
const dueFor = (
  { id, backorder }: Reservation,
  queueOf: (sku: string) => readonly Waiter[],
): Required<Pick<Sources, 'dueOf'>> => ({
  dueOf: (sku) => dueBefore(queueOf(sku), { id, placedAt: backorder?.placedAt ?? '' }), // mutant: due-before
})

/** Waiting begins or ends for all lines of a reservation at once. */
function queueChanges(before: Reservation | undefined, after: Reservation): readonly QueueChange[] {
  const waited = before?.status === 'waiting'
  const waits = after.status === 'waiting'
  if (waited === waits) return []
  const { id, wanted, backorder } = waits ? after : (before ?? after)
  const placedAt = backorder?.placedAt ?? ''
  // mutant: queue-change
  return wanted.map(([sku, units]) => ({ waiter: { id, placedAt, sku, units }, does: waits ? 'join' : 'leave' }))
}
