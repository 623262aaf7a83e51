import type { Shortage } from '../../schemas/inventory.ts'
import type { Facts, OrderStatus, Reason, events } from '../../schemas/orders.ts'
import type { Address, Money } from '../../schemas/shared.ts'

/** Times are milliseconds since 1970. */
export interface Order {
  readonly id: string
  readonly customerId: string
  readonly placedAt: number
  readonly holdSeconds: number
  readonly lineCount: number
  readonly total: Money
  readonly facts: Facts
  /** When the hold runs out; known once stock is held. */
  readonly expiresAt?: number
  /** Why it closed. */
  readonly reason?: Reason
  /** One entry for each status that it had, the first is `placed`. */
  readonly history: readonly Entry[]
}

/** When something happened, the event or request that caused it, and the user or service behind that. */
export interface Origin {
  readonly at: number
  readonly cause: string
  readonly by: string
}

export interface Entry extends Origin {
  readonly status: OrderStatus
}

/** What was ordered, at the prices of that moment; never changes. */
export interface Contents {
  readonly lines: readonly Line[]
  readonly shippingAddress?: Address | undefined
  readonly notes?: string | undefined
}

export interface Line {
  readonly sku: string
  readonly name: string
  readonly quantity: number
  /** Of one unit, in minor units of the order's currency. */
  readonly price: number
}

/** What an order learns from elsewhere, and what was decided about it. */
export type OrderEvent =
  | { readonly name: 'stock.reserved'; readonly expiresAt: number }
  | { readonly name: 'stock.refused'; readonly shortages: readonly Shortage[] }
  | { readonly name: 'stock.committed' }
  | { readonly name: 'stock.released' }
  | { readonly name: 'approved' }
  | { readonly name: 'cancelled'; readonly by: 'customer' | 'operator'; readonly message?: string | undefined }
  | { readonly name: 'expired' }

/** The names of the events that orders say. */
export type Said = (typeof events)[keyof typeof events]['name']

/** The facts of every order at its beginning. */
export const nothingKnown: Facts = { stock: 'requested', payment: 'none', closing: 'none', fulfilment: 'none' }

// What is known of stock only grows, so that late, repeated and overtaken answers change nothing.
const rank: Readonly<Record<Facts['stock'], number>> = {
  requested: 0,
  backordered: 1,
  held: 2,
  committed: 3,
  released: 4,
  refused: 5,
}

/**
 * Adds a fact. The same order comes back when the event says nothing new. Facts of stock and payment may arrive in any order; of two
 * closings the first one stands.
 */
export function evolve(order: Order, event: OrderEvent): Order {
  switch (event.name) {
    case 'stock.reserved':
      return holding(withStock(order, 'held'), event.expiresAt)
    case 'stock.refused':
      return withStock(order, 'refused')
    case 'stock.committed':
      return withStock(order, 'committed')
    case 'stock.released':
      return withStock(order, 'released')
    case 'approved':
      return payable[order.facts.payment] ? { ...order, facts: { ...order.facts, payment: 'paid' } } : order
    case 'cancelled':
    case 'expired':
      return order.facts.closing === 'none' ? { ...order, facts: { ...order.facts, closing: event.name } } : order
  }
}

const payable: Readonly<Record<Facts['payment'], boolean>> = {
  none: true,
  in_flight: true,
  paid: false,
  failed: false,
  refund_due: false,
  refunded: false,
}

function withStock(order: Order, stock: Facts['stock']): Order {
  return rank[stock] > rank[order.facts.stock] ? { ...order, facts: { ...order.facts, stock } } : order
}

function holding(order: Order, expiresAt: number): Order {
  return expiresAt > (order.expiresAt ?? 0) ? { ...order, expiresAt } : order
}

const unpaid = {
  requested: 'placed',
  backordered: 'backordered',
  held: 'reserved',
  committed: 'reserved',
  refused: 'rejected',
  released: 'rejected',
} as const satisfies Record<Facts['stock'], OrderStatus>

const paid = { ...unpaid, held: 'confirmed', committed: 'confirmed' } as const

const failed = {
  requested: 'payment_failed',
  backordered: 'payment_failed',
  held: 'payment_failed',
  committed: 'payment_failed',
  refused: 'rejected',
  released: 'payment_failed',
} as const satisfies Record<Facts['stock'], OrderStatus>

const byPayment: Readonly<Record<Facts['payment'], Readonly<Record<Facts['stock'], OrderStatus>>>> = {
  none: unpaid,
  in_flight: unpaid,
  paid,
  failed,
  // Money on its way back from an order that nobody closed: it came after the payment had failed for good.
  refund_due: failed,
  refunded: failed,
}

const byFulfilment: Readonly<Record<Facts['fulfilment'], OrderStatus | undefined>> = {
  none: undefined,
  created: undefined,
  partially_shipped: 'partially_shipped',
  shipped: 'shipped',
  delivered: 'delivered',
  returned: 'completed',
}

/** What the facts amount to. A closing stands over everything, parcels over stock and payment. */
export function status({ stock, payment, closing, fulfilment }: Facts): OrderStatus {
  if (closing !== 'none') return closing
  return byFulfilment[fulfilment] ?? byPayment[payment][stock]
}

/** What may still become of an order: `open` ones can be cancelled, what is `dispatched` runs its course, `closed` is for good. */
const phase: Readonly<Record<OrderStatus, 'open' | 'dispatched' | 'closed'>> = {
  placed: 'open',
  reserved: 'open',
  backordered: 'open',
  confirmed: 'open',
  partially_shipped: 'dispatched',
  shipped: 'dispatched',
  delivered: 'dispatched',
  completed: 'dispatched',
  rejected: 'closed',
  payment_failed: 'closed',
  cancelled: 'closed',
  expired: 'closed',
}

/** A closed order never opens again. */
export const isClosed = (facts: Facts): boolean => phase[status(facts)] === 'closed'

/** What has still to happen elsewhere, as the names of the events that ask for it. Inventory's answers settle all of them. */
export function owes(facts: Facts): readonly Said[] {
  const { stock, closing } = facts
  if (stock === 'released' || stock === 'refused') return []
  if (closing !== 'none') return [`order.${closing}`]
  if (isClosed(facts)) return []
  if (stock === 'requested') return ['order.placed']
  if (stock === 'held' && status(facts) === 'confirmed') return ['order.confirmed']
  return []
}

// How each new status is said; those without an event wait for the services that cause them.
const announcement: Readonly<Partial<Record<OrderStatus, Said>>> = {
  placed: 'order.placed',
  reserved: 'order.reserved',
  confirmed: 'order.confirmed',
  rejected: 'order.rejected',
  cancelled: 'order.cancelled',
  expired: 'order.expired',
}

export interface Change {
  readonly order: Order
  /** The new status and the debts that the change made. */
  readonly says: readonly Said[]
}

/** The order with the event, the entry in its history, and what is to be said; undefined when nothing is new. */
export function change(before: Order, event: OrderEvent, origin: Origin): Change | undefined {
  const after = evolve(before, event)
  if (after === before) return undefined
  const was = status(before.facts)
  const is = status(after.facts)
  const owed = owes(before.facts)
  const debts = owes(after.facts).filter((name) => !owed.includes(name))
  if (was === is) return { order: after, says: debts }
  const said = announcement[is]
  const reason = phase[is] === 'closed' ? reasonOf(event) : undefined
  return {
    order: {
      ...after,
      ...(reason && { reason }),
      history: [...after.history, { status: is, ...origin }],
    },
    says: [...new Set([...(said ? [said] : []), ...debts])],
  }
}

function reasonOf(event: OrderEvent): Reason | undefined {
  switch (event.name) {
    case 'stock.refused':
      return { code: 'insufficient_stock', shortages: [...event.shortages] }
    case 'stock.released':
      return { code: 'stock_withdrawn' }
    case 'cancelled':
      return {
        code: event.by === 'operator' ? 'cancelled_by_operator' : 'cancelled_by_customer',
        ...(event.message !== undefined && { message: event.message }),
      }
    case 'expired':
      return { code: 'hold_expired' }
    case 'stock.reserved':
    case 'stock.committed':
    case 'approved':
      return undefined
  }
}

/** What a request to move the order comes to: an event, nothing because it is so already, or a refusal because it is too late. */
export type Decision = OrderEvent | 'unchanged' | 'too_late'

/** Cancels what is not dispatched and not closed. */
export function cancel({ facts }: Order, by: 'customer' | 'operator', message: string | undefined): Decision {
  if (status(facts) === 'cancelled') return 'unchanged'
  return phase[status(facts)] === 'open' ? { name: 'cancelled', by, message } : 'too_late'
}

/** Approval stands for payment. It may come before stock is held; after the hold has run out it is too late, expired or not. */
export function approve(order: Order, now: number): Decision {
  if (isClosed(order.facts) || expire(order, now)) return 'too_late'
  return payable[order.facts.payment] ? { name: 'approved' } : 'unchanged'
}

/** The expiry of a hold whose time is over while the order is still unpaid. */
export function expire({ facts, expiresAt }: Order, now: number): OrderEvent | undefined {
  return status(facts) === 'reserved' && expiresAt !== undefined && expiresAt <= now ? { name: 'expired' } : undefined
}

/** A debt is said again after this long, then at growing distances, in milliseconds. */
export const patienceMs = 120_000
const longestPatienceMs = 3_600_000
/** How long the sweeper leaves an expiry to its timer, in milliseconds. */
export const timerGraceMs = 60_000

/**
 * When the sweeper has to look at the order: for debts two minutes after they were made, then each time after as long again as they
 * are old, at most an hour; for a hold soon after its end. Undefined while the order is closed and quit, or waits for a named someone.
 */
export function lookAt({ facts, history, expiresAt }: Order, now: number): number | undefined {
  if (owes(facts).length > 0) {
    const age = now - (history.at(-1)?.at ?? now)
    return now + Math.min(Math.max(age, patienceMs), longestPatienceMs)
  }
  return status(facts) === 'reserved' && expiresAt !== undefined ? expiresAt + timerGraceMs : undefined
}
