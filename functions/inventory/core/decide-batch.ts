import {
  type Answer,
  type Reservation,
  type ReservationRequest,
  receive,
  settled,
  skusAhead,
  step,
} from './reservation.ts'
import type { Sources } from './sourcing.ts'
import type { Stock } from './stock.ts'

/** A reservation as it is to be written, with what it then says. */
export interface Revised {
  readonly state: Reservation
  readonly say: readonly Answer[]
  readonly request: ReservationRequest
}

/** One write for many requests: each stock item once, a reservation for each. */
export interface Group {
  readonly stocks: readonly Stock[]
  readonly reservations: readonly Revised[]
  /** Requests that are dealt with once this is written. */
  readonly finished: readonly ReservationRequest[]
}

export interface Ledger {
  readonly reservationOf: (id: string) => Reservation | undefined
  readonly stockOf: (sku: string) => Stock | undefined
  readonly warehouses: readonly string[]
  /** RFC 3339. */
  readonly now: string
  /** The time so many seconds from now. */
  readonly after: (seconds: number) => string
}

/**
 * Decides in order of arrival who gets what, as far as one transaction of `maxWrites` carries; who does not fit waits for the next
 * group. A reservation over more skus than a transaction carries takes a step by itself. The requests must be of different
 * reservations.
 */
export function group(requests: readonly ReservationRequest[], ledger: Ledger, maxWrites: number): Group {
  const stocks = new Map<string, Stock>()
  const reservations: Revised[] = []
  const finished: ReservationRequest[] = []
  // mutant: batch-stock
  const sources: Sources = { stockOf: (sku) => stocks.get(sku) ?? ledger.stockOf(sku), warehouses: ledger.warehouses }
  const at = ledger.now
  for (const request of requests) {
    const expires = ledger.after(request.move === 'hold' ? request.holdSeconds : 0)
    const received = receive(ledger.reservationOf(request.id), request, { now: at, expires })
    const ahead = skusAhead(received.state).slice(0, maxWrites - 1)
    const added = ahead.filter((sku) => !stocks.has(sku)).length
    if (stocks.size + reservations.length + added + 1 > maxWrites) break
    const stepped = step(received.state, sources, ahead.length, at)
    const changed = received.changed || stepped.state !== received.state
    for (const stock of stepped.stocks) stocks.set(stock.sku, stock)
    if (changed) reservations.push({ state: stepped.state, say: [...received.say, ...stepped.say], request })
    if (settled(stepped.state.status)) finished.push(request)
  }
  return { stocks: [...stocks.values()], reservations, finished }
}
