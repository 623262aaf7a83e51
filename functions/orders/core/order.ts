import type { Shortage } from '../../../schemas/reservation.ts'
import type { Facts, OrderStatus, Reason, events } from '../../../schemas/orders.ts'
import type { FailureCode, PaymentMethod, PaymentStatus } from '../../../schemas/payments.ts'
import type { Address, Money } from '../../../schemas/shared.ts'

/** Times are milliseconds since 1970. */
export interface Order {
  readonly id: string
  readonly customerId: string
  readonly placedAt: number
  readonly holdSeconds: number
  readonly lineCount: number
  readonly total: Money
  readonly method: PaymentMethod
  /** Of the card that pays as soon as stock is held. */
  readonly token?: string
  readonly facts: Facts
  readonly payment: PaymentSnapshot
  /** The value of what came back or will not be sent, in minor units, by the id of the return or of the shipment. */
  readonly returns: ReadonlyMap<string, number>
  /** When the hold runs out; known once stock is held. */
  readonly expiresAt?: number
  /** Why it closed. */
  readonly reason?: Reason
  /** One entry for each status that it had, the first is `placed`. */
  readonly history: readonly Entry[]
}

/** What the order knows of its payment beyond the fact, as of the payment's `version`. Amounts are minor units. */
export interface PaymentSnapshot {
  /** 0 before the first event of payments. */
  readonly version: number
  readonly captured: boolean
  /** What came and did not go back, for whatever reason. */
  readonly kept: number
  readonly refundedForReturns: number
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
  readonly billingAddress?: Address | undefined
  readonly notes?: string | undefined
}

export interface Line {
  readonly sku: string
  readonly name: string
  readonly quantity: number
  /** Of one unit, in minor units of the order's currency. */
  readonly price: number
}

/** What happens to an order: answers of other services, and decisions about it. */
export type OrderEvent =
  | { readonly name: 'stock.reserved'; readonly expiresAt: number }
  | {
      readonly name: 'stock.refused'
      readonly shortages: readonly Shortage[]
      /** Why, where nothing is short. */
      readonly refusal?: 'too_scattered' | undefined
    }
  | { readonly name: 'stock.committed' }
  | { readonly name: 'stock.released' }
  | PaymentChanged
  | { readonly name: 'shipped'; readonly fulfilment: Facts['fulfilment'] }
  | {
      readonly name: 'returned'
      readonly fulfilment: Facts['fulfilment']
      readonly returnId: string
      /** What the customer paid for these goods, in minor units. */
      readonly value: number
    }
  | {
      readonly name: 'withdrawn'
      readonly fulfilment: Facts['fulfilment']
      readonly shipmentId: string
      /** What the customer paid for these goods, in minor units. */
      readonly value: number
      /** No parcel of the order has left or will. */
      readonly nothingSent: boolean
      readonly message?: string | undefined
    }
  | { readonly name: 'approved' }
  | { readonly name: 'cancelled'; readonly by: 'customer' | 'operator'; readonly message?: string | undefined }
  | { readonly name: 'expired' }

/** How a payment stands; the higher version is the newer one and holds all that the older one held. */
export interface PaymentChanged {
  readonly name: 'payment'
  readonly version: number
  readonly status: PaymentStatus
  readonly failure?: FailureCode | undefined
  readonly kept: number
  readonly refundedForReturns: number
}

/** The names of the events that orders emit. */
export type OrderEventName = (typeof events)[keyof typeof events]['name']

/** The facts of every order at its beginning. */
export const initialFacts: Facts = { stock: 'requested', payment: 'none', closing: 'none', fulfilment: 'none' }
export const initialPayment: PaymentSnapshot = { version: 0, captured: false, kept: 0, refundedForReturns: 0 }

// What is known of stock and parcels only grows, so that late, repeated and overtaken answers change nothing.
const stockRank: Readonly<Record<Facts['stock'], number>> = {
  requested: 0,
  backordered: 1,
  held: 2,
  committed: 3,
  released: 4,
  refused: 5,
}
const fulfilmentRank: Readonly<Record<Facts['fulfilment'], number>> = {
  none: 0,
  created: 1,
  partially_shipped: 2,
  shipped: 3,
  delivered: 4,
  returned: 5,
}

/**
 * Adds a fact. The same order comes back when the event brings nothing new. Events of other services may arrive in any order; of
 * two closings the first one stands.
 */
export function evolve(order: Order, event: OrderEvent): Order {
  const known = learn(order, event)
  // Money that is there when the order closes is due to go back.
  // mutant: closed-money
  return known !== order && known.facts.payment === 'paid' && isClosed(known.facts)
    ? withFact(known, { payment: 'refund_due' })
    : known
}

function learn(order: Order, event: OrderEvent): Order {
  const { facts } = order
  switch (event.name) {
    case 'stock.reserved':
      return holding(withStock(order, 'held'), event.expiresAt)
    case 'stock.refused':
      // An approval that came before stock was requested counts for nothing: payments begin with held stock.
      return withStock(facts.payment === 'paid' ? withFact(order, { payment: 'none' }) : order, 'refused')
    case 'stock.committed':
      return withStock(order, 'committed')
    case 'stock.released':
      return withStock(isClosed(facts) ? order : withFact(order, { closing: 'cancelled' }), 'released')
    case 'payment':
      return event.version > order.payment.version ? withPayment(order, event) : order // mutant: payment-version
    case 'shipped':
      return withFulfilment(order, event.fulfilment)
    case 'returned':
      return withReturn(withFulfilment(order, event.fulfilment), event.returnId, event.value)
    case 'withdrawn': {
      // mutant: unsent-value
      const known = withReturn(withFulfilment(order, event.fulfilment), event.shipmentId, event.value)
      // mutant: nothing-sent
      return event.nothingSent && !isClosed(known.facts) ? withFact(known, { closing: 'cancelled' }) : known
    }
    case 'approved':
      return payable[facts.payment] && !isClosed(facts) ? withFact(order, { payment: 'paid' }) : order
    case 'cancelled':
    case 'expired':
      return facts.closing === 'none' ? withFact(order, { closing: event.name }) : order
  }
}

const withReturn = (order: Order, id: string, value: number): Order =>
  order.returns.has(id) ? order : { ...order, returns: new Map(order.returns).set(id, value) } // mutant: returns-kept

const payable: Readonly<Record<Facts['payment'], boolean>> = {
  none: true,
  in_flight: true,
  paid: false,
  failed: false,
  refund_due: false,
  refunded: false,
}

function withFact(order: Order, fact: Partial<Facts>): Order {
  return { ...order, facts: { ...order.facts, ...fact } }
}

function withStock(order: Order, stock: Facts['stock']): Order {
  return stockRank[stock] > stockRank[order.facts.stock] ? withFact(order, { stock }) : order // mutant: stock-rank
}

function withFulfilment(order: Order, fulfilment: Facts['fulfilment']): Order {
  // mutant: fulfilment-rank
  return fulfilmentRank[fulfilment] > fulfilmentRank[order.facts.fulfilment] ? withFact(order, { fulfilment }) : order
}

function withPayment(order: Order, { version, status: is, kept, refundedForReturns }: PaymentChanged): Order {
  const payment = { version, captured: is === 'captured', kept, refundedForReturns }
  return withFact({ ...order, payment }, { payment: paymentFact(order.facts, is) })
}

function paymentFact(facts: Facts, is: PaymentStatus): Facts['payment'] {
  switch (is) {
    case 'requested':
      return facts.payment === 'in_flight' ? 'none' : facts.payment
    case 'in_flight':
      return facts.payment === 'none' ? 'in_flight' : facts.payment
    case 'authorized':
    case 'captured':
      return isClosed(facts) ? 'refund_due' : 'paid'
    case 'voided':
      return 'none'
    case 'failed':
    case 'refund_due':
    case 'refunded':
      return is
  }
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
  released: 'cancelled',
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
const failures: ReadonlySet<Facts['payment']> = new Set(['failed', 'refund_due', 'refunded'])

const byFulfilment: Readonly<Record<Facts['fulfilment'], OrderStatus | undefined>> = {
  none: undefined,
  created: undefined,
  partially_shipped: 'partially_shipped',
  shipped: 'shipped',
  delivered: 'completed',
  returned: 'completed',
}

/** What the facts amount to. A closing stands over everything, then a payment that failed, then parcels, then stock and payment. */
export function status({ stock, payment, closing, fulfilment }: Facts): OrderStatus {
  if (closing !== 'none') return closing
  const parcels = failures.has(payment) ? undefined : byFulfilment[fulfilment] // mutant: failed-parcels
  return parcels ?? byPayment[payment][stock]
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

/** Whether money comes by itself once stock is held, without another request of the customer or an operator. */
export const paysItself = ({ method, token }: Pick<Order, 'method' | 'token'>): boolean =>
  method === 'wallet' || token !== undefined

/** The price of everything that came back or will not be sent, in minor units; never more than the order. */
export function refundDue({ returns, total }: Order): number {
  let sum = 0
  for (const value of returns.values()) sum += value
  return Math.min(sum, total.amount)
}

/** What has still to happen elsewhere, as the names of the events that ask for it. The answers of the other services settle all of them. */
export function pending(order: Order): readonly OrderEventName[] {
  const { facts, payment } = order
  const is = status(facts)
  if (phase[is] === 'closed') return isSettled(facts) ? [] : eventsOfStatus(is) // mutant: pending-closed
  if (is === 'placed') return ['order.placed'] // mutant: pending-placed
  // mutant: pending-reserved
  if (is === 'reserved') return paysItself(order) && payment.version === 0 ? ['order.reserved'] : []
  if (facts.payment !== 'paid') return []
  const confirmed = facts.stock !== 'held' && payment.captured && facts.fulfilment !== 'none' // mutant: confirmation
  const given = payment.refundedForReturns >= refundDue(order) || (payment.captured && payment.kept <= 0)
  // mutant: pending-paid
  return [...(confirmed ? [] : (['order.confirmed'] as const)), ...(given ? [] : (['order.returned'] as const))]
}

const moneyless: ReadonlySet<Facts['payment']> = new Set(['none', 'failed', 'refunded'])

/** Whether a closed order has neither stock nor money of anybody. */
const isSettled = ({ stock, payment }: Facts): boolean =>
  (stock === 'released' || stock === 'refused') && moneyless.has(payment)

/** The event of each new status; shipping publishes what becomes of single parcels. */
const eventOfStatus: Readonly<Record<OrderStatus, OrderEventName | undefined>> = {
  placed: 'order.placed',
  reserved: 'order.reserved',
  backordered: undefined,
  confirmed: 'order.confirmed',
  partially_shipped: undefined,
  shipped: 'order.shipped',
  delivered: 'order.delivered',
  completed: 'order.completed',
  rejected: 'order.rejected',
  payment_failed: 'order.payment_failed',
  cancelled: 'order.cancelled',
  expired: 'order.expired',
}
const eventsOfStatus = (is: OrderStatus): readonly OrderEventName[] =>
  [eventOfStatus[is]].filter((name) => name !== undefined)

export interface Change {
  readonly state: Order
  /** The events of the new status, and of what the change made pending. */
  readonly emits: readonly OrderEventName[]
}

/** The order with the event, the entries in its history, and the events that this emits; undefined when nothing is new. */
export function change(before: Order, event: OrderEvent, origin: Origin): Change | undefined {
  const after = evolve(before, event)
  if (after === before) return undefined
  const known = pending(before)
  const asked = pending(after).filter((name) => !known.includes(name) || grown(before, after, name))
  const passed = statusesFrom(before.facts, after.facts)
  const reason = passed.length > 0 && isClosed(after.facts) ? reasonOf(event) : undefined
  return {
    state: {
      ...after,
      ...(reason && { reason }),
      history: [...after.history, ...passed.map((is) => ({ status: is, ...origin }))],
    },
    emits: [...new Set([...passed.flatMap(eventsOfStatus), ...asked])],
  }
}

/** Whether more is pending than before under the same name. */
const grown = (before: Order, after: Order, name: OrderEventName): boolean =>
  name === 'order.returned' && refundDue(after) > refundDue(before)

/** The statuses that a change leads through: an order whose parcels have all arrived is completed in the same moment. */
function statusesFrom(before: Facts, after: Facts): readonly OrderStatus[] {
  const was = status(before)
  const is = status(after)
  if (was === is) return []
  return is === 'completed' && after.fulfilment === 'delivered' && was !== 'delivered' ? ['delivered', is] : [is]
}

function reasonOf(event: OrderEvent): Reason | undefined {
  switch (event.name) {
    case 'stock.refused':
      return event.refusal === undefined
        ? { code: 'insufficient_stock', shortages: [...event.shortages] }
        : { code: event.refusal }
    case 'stock.released':
      return { code: 'stock_withdrawn' }
    case 'withdrawn':
      return { code: 'stock_withdrawn', ...(event.message !== undefined && { message: event.message }) }
    case 'payment':
      return { code: 'payment_failed', ...(event.failure !== undefined && { payment: event.failure }) }
    case 'cancelled':
      return {
        code: event.by === 'operator' ? 'cancelled_by_operator' : 'cancelled_by_customer',
        ...(event.message !== undefined && { message: event.message }),
      }
    case 'expired':
      return { code: 'hold_expired' }
    case 'stock.reserved':
    case 'stock.committed':
    case 'shipped':
    case 'returned':
    case 'approved':
      return undefined
  }
}

/** What a request to move the order comes to: an event, nothing because it is so already, or a refusal. */
export type Decision = OrderEvent | 'unchanged' | 'too_late' | 'not_manual'

/** Cancels what is not dispatched and not closed. */
export function cancel({ facts }: Order, by: 'customer' | 'operator', message: string | undefined): Decision {
  if (status(facts) === 'cancelled') return 'unchanged'
  return phase[status(facts)] === 'open' ? { name: 'cancelled', by, message } : 'too_late' // mutant: cancellation
}

/**
 * Approval stands for payment, of orders that are paid by hand. It may come before stock is held; after the hold has run out it is too
 * late, expired or not.
 */
export function approve(order: Order, now: number): Decision {
  if (order.method !== 'manual') return 'not_manual' // mutant: manual-approval
  if (isClosed(order.facts) || overdue(order, now)) return 'too_late' // mutant: approval
  return payable[order.facts.payment] ? { name: 'approved' } : 'unchanged' // mutant: early-approval
}

/** How long an expiry waits for a payment that the provider has not answered yet, in milliseconds. */
export const graceMs = 300_000

const overdue = ({ facts, expiresAt }: Order, now: number): boolean =>
  status(facts) === 'reserved' && expiresAt !== undefined && expiresAt <= now // mutant: order-overdue

/** The expiry of a hold whose time is over while the order is still unpaid. A payment in flight gets one grace period. */
export function expire(order: Order, now: number): OrderEvent | undefined {
  const late = order.facts.payment === 'in_flight' ? graceMs : 0 // mutant: payment-grace
  return overdue(order, now - late) ? { name: 'expired' } : undefined
}

/** What is pending is emitted again after this long, then at growing distances, in milliseconds. */
export const reminderDelayMs = 120_000
const longestReminderDelayMs = 3_600_000
/** How long the sweeper leaves an expiry to its timer, in milliseconds. */
export const timerGraceMs = 60_000
/** By how much the clocks of functions may differ, in milliseconds, before a sweep is planned again. */
const skewMs = 1_000

/**
 * When the sweeper has to visit the order: for pending events two minutes after the last change, then each time after as long again as
 * they are old, at most an hour; for a hold soon after its end, or after the end of its grace, for which there is no timer. Undefined
 * while the order is settled, or waits for its customer or an operator. A sweep that is `planned` within that time reminds too, unless
 * it is about to come: a place in the index that stays saves two write units.
 */
export function nextSweepAt(order: Order, now: number, planned = 0): number | undefined {
  const { facts, history, expiresAt } = order
  const end =
    // mutant: timer-watch
    status(facts) === 'reserved' && expiresAt !== undefined
      ? expiresAt + (facts.payment === 'in_flight' ? graceMs : timerGraceMs)
      : undefined
  if (pending(order).length === 0) return end // mutant: order-reminder
  const age = now - (history.at(-1)?.at ?? now)
  const reminder = now + Math.min(Math.max(age, reminderDelayMs), longestReminderDelayMs)
  const due = end === undefined ? reminder : Math.min(end, reminder)
  return planned > now + reminderDelayMs / 2 && planned <= due + skewMs ? planned : due
}
