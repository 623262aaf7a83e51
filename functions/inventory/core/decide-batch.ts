import {
  type Reservation,
  type ReservationEventName,
  emits,
  evolve,
  isSettled,
  pending,
  status,
} from './reservation.ts'
import type { ReservationRequest } from './reservation-request.ts'
import { step } from './reservation-step.ts'
import type { Sources } from './sourcing.ts'
import type { Stock } from './stock.ts'

/** A reservation as it is to be written, with the events that it then emits. */
export interface ChangedReservation {
  readonly reservation: Reservation
  readonly emits: readonly ReservationEventName[]
  readonly request: ReservationRequest
}

/** One write for many requests: each stock item once, a reservation for each. */
export interface BatchDecision {
  readonly stocks: readonly Stock[]
  readonly reservations: readonly ChangedReservation[]
  /** Requests that are dealt with once this is written. */
  readonly finished: readonly ReservationRequest[]
}

/** What a batch is decided on. */
export interface Snapshot {
  readonly reservationOf: (id: string) => Reservation | undefined
  readonly stockOf: (sku: string) => Stock | undefined
  readonly warehouses: readonly string[]
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
  const finished: ReservationRequest[] = []
  const sources: Sources = {
    stockOf: (sku) => stocks.get(sku) ?? snapshot.stockOf(sku), // mutant: batch-stock
    warehouses: snapshot.warehouses,
  }
  const at = snapshot.now
  for (const request of requests) {
    const expires = snapshot.after(request.move === 'hold' ? request.holdSeconds : 0)
    const before = snapshot.reservationOf(request.id)
    const requested = evolve(before, request, { now: at, expires })
    const ahead = pending(requested).slice(0, maxWrites - 1)
    const added = ahead.filter((sku) => !stocks.has(sku)).length
    if (stocks.size + reservations.length + added + 1 > maxWrites) break
    const { reservation, stocks: moved } = step(requested, sources, ahead.length, at)
    for (const stock of moved) stocks.set(stock.sku, stock)
    if (reservation !== before) reservations.push({ reservation, emits: emits(before, reservation), request })
    if (isSettled(status(reservation))) finished.push(request)
  }
  return { stocks: [...stocks.values()], reservations, finished }
}
