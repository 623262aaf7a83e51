import { orderChart } from '../../../functions/orders/core/order-chart.ts'
import { graceMs } from '../../../functions/orders/core/hold.ts'
import { type Order, paysItself, waitsUntil } from '../../../functions/orders/core/order.ts'
import { isClosed, status } from '../../../functions/orders/core/status.ts'
import { holdOf } from '../../../functions/payments/core/hold.ts'
import type { Payment } from '../../../functions/payments/core/payment.ts'
import { allows } from '../../../schemas/state-chart.ts'
import type { World } from '../engine/world.ts'
import { Violation } from './violation.ts'

type StockFact = Order['facts']['stock']

/** What an order may learn of its stock after what it knows. */
const lessons: Readonly<Record<StockFact, readonly StockFact[]>> = {
  requested: ['requested', 'backordered', 'held', 'committed', 'released', 'refused'],
  backordered: ['backordered', 'held', 'committed', 'released', 'refused'],
  held: ['held', 'committed', 'released'],
  committed: ['committed', 'released'],
  released: ['released'],
  refused: ['refused'],
}

/** In this time there are a dozen reminders. */
const longMs = 12 * 3_600_000

/** Payments that may still come or not. */
const payable: ReadonlySet<Order['facts']['payment']> = new Set(['none', 'in_flight'])

export interface Step {
  readonly was: Order
  readonly order: Order
  readonly payment: Payment | undefined
  /** How far from each other a decision and its write may be, in milliseconds. */
  readonly apartMs: number
}

/** What must hold for each change of an order. Throws `Violation`. */
export function checkStep({ was, order, payment, apartMs }: Step, world: World): void {
  const is = status(order.facts)
  const from = status(was.facts)
  const isEstimated = was.estimatedAt !== order.estimatedAt && was.facts.stock === 'backordered'
  if (isEstimated && (order.estimate ?? 0) <= (was.estimate ?? 0))
    throw new Violation('no estimate goes back to an older one', `${order.id}: ${was.estimate}, then ${order.estimate}`)
  if (!allows(orderChart, from, is)) throw new Violation('orders go forward', `${order.id} went from ${from} to ${is}`)
  if (isClosed(was.facts) && was.facts.closing !== order.facts.closing)
    throw new Violation('closed orders stay closed', `${order.id}: ${was.facts.closing} to ${order.facts.closing}`)
  if (order.payment.version < was.payment.version)
    throw new Violation('facts only grow', `${order.id} knew version ${was.payment.version} of its payment`)
  if (isClosed(order.facts) && order.facts.payment === 'paid')
    throw new Violation('money of a closed order goes back', `${order.id} is ${is} and paid`)
  if (!lessons[was.facts.stock].includes(order.facts.stock))
    throw new Violation('facts only grow', `${order.id} knew ${was.facts.stock} and learned ${order.facts.stock}`)
  const now = world.clock.now()
  const end = (was.expiresAt ?? Infinity) + (was.facts.payment === 'in_flight' ? graceMs : 0)
  if (from === 'reserved' && is === 'confirmed' && now > end + apartMs)
    throw new Violation('nothing is sold after its time', `${order.id} was confirmed after ${was.expiresAt}`)
  checkWait(was, order, now, apartMs)
  if (is === 'expired' && from !== 'expired') {
    checkAsked(was, end, payment, world)
    if (end > now + apartMs)
      throw new Violation('nothing expires early', `${order.id} expired before ${order.expiresAt}`)
    if (!payable.has(was.facts.payment)) throw new Violation('nothing expires once paid', order.id)
  }
}

/** Nothing gives up waiting before its time, or is reserved long after it. */
function checkWait(was: Order, order: Order, now: number, apartMs: number): void {
  const end = waitsUntil(was)
  if (status(was.facts) !== 'backordered' || end === undefined) return
  if (order.reason?.code === 'backorder_unfilled' && end > now + apartMs)
    throw new Violation('nothing gives up waiting early', `${order.id} waits until ${end}`)
}

/** What is asked for is asked for again, at least every hour: nothing expires because of one lost word. */
function checkAsked(order: Order, end: number, payment: Payment | undefined, { provider, faults }: World): void {
  const since = order.history.find((entry) => entry.status === 'reserved')?.at ?? end
  if (faults.has('delay') || end - since < longMs) return
  const unasked = new Violation('money is asked for', `${order.id} expired, and nobody knows what of its money`)
  if (paysItself(order) && order.payment.version === 0) throw unasked
  if (payment === undefined || holdOf(payment) !== undefined) return
  for (const [index, { state, at }] of payment.attempts.entries()) {
    const account = provider.accounts.get(`${payment.id}/${index + 1}`)
    if (state === 'pending' && account?.state !== 'pending' && end - Math.max(at, account?.since ?? 0) > longMs)
      throw unasked
  }
}
