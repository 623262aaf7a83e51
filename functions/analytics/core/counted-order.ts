import type { Money } from '../../../schemas/shared.ts'

/** What is known of an order, for the reports. Times are milliseconds since 1970. */
export interface CountedOrder {
  /** What it costs; known from any event of orders. */
  readonly total?: Money
  readonly placed?: Placed
  readonly confirmedAt?: number
  /** How it ended before it could leave: of several ends the one that came first. */
  readonly closed?: Closed
  readonly shippedAt?: number
  readonly completedAt?: number
  /** What had gone back in each version of the payment, and whether its money never came, by version. */
  readonly refunds?: readonly Refunded[]
}

export interface Placed {
  readonly at: number
  readonly units: number
}

export type Closing = 'cancelled' | 'expired' | 'rejected' | 'paymentFailed'

export interface Closed {
  readonly as: Closing
  readonly at: number
}

/**
 * The version of a payment, when that was, and what had gone back by then, in minor units; `true` where the payment was over by then and
 * nothing had come.
 */
export type Refunded = readonly [version: number, at: number, amount: number, uncollected?: true]

export type CountedEvent =
  | { readonly name: 'placed'; readonly at: number; readonly total: Money; readonly units: number }
  | { readonly name: 'confirmed' | 'shipped' | 'completed'; readonly at: number; readonly total: Money }
  | { readonly name: 'closed'; readonly as: Closing; readonly at: number; readonly total: Money }
  | {
      readonly name: 'refunded'
      readonly version: number
      readonly at: number
      readonly amount: number
      readonly uncollected: boolean
    }

/**
 * Adds a fact; the same order comes back when the event brings nothing new. Of an event that was emitted again the earliest time counts, so
 * that events may come late, twice and in any order.
 */
export function evolve(order: CountedOrder, event: CountedEvent): CountedOrder {
  if (event.name === 'refunded') {
    const refund = [event.version, event.at, event.amount] as const
    return withRefund(order, event.uncollected ? [...refund, true] : refund)
  }
  const known: CountedOrder = order.total === undefined ? { ...order, total: event.total } : order
  const { at } = event
  switch (event.name) {
    case 'placed':
      return order.placed === undefined ? { ...known, placed: { at, units: event.units } } : order
    case 'confirmed':
      return isEarlier(at, order.confirmedAt) ? { ...known, confirmedAt: at } : order
    case 'shipped':
      return isEarlier(at, order.shippedAt) ? { ...known, shippedAt: at } : order
    case 'completed':
      return isEarlier(at, order.completedAt) ? { ...known, completedAt: at } : order
    case 'closed': {
      const closed = { as: event.as, at }
      // mutant: first-end
      return order.closed === undefined || comesBefore(closed, order.closed) ? { ...known, closed } : order
    }
  }
}

const isEarlier = (at: number, known: number | undefined): boolean => known === undefined || at < known // mutant: counted-once

const comesBefore = (a: Closed, b: Closed): boolean => a.at < b.at || (a.at === b.at && a.as < b.as)

function withRefund(order: CountedOrder, refund: Refunded): CountedOrder {
  const { refunds = [] } = order
  const [version] = refund
  if (refunds.some(([known]) => known === version)) return order // mutant: ended-refund
  return { ...order, refunds: [...refunds, refund].toSorted(([a], [b]) => a - b) }
}

/** When all of it had left; what is completed has left, whether or not that was seen. */
export function leftAt({ shippedAt, completedAt }: CountedOrder): number | undefined {
  if (shippedAt === undefined || completedAt === undefined) return shippedAt ?? completedAt
  return Math.min(shippedAt, completedAt)
}
