import type { Facts } from '../../../schemas/orders.ts'
import { type Order, type OrderEventName, paysItself, refundDue } from './order.ts'
import { eventsOfStatus, phase, status } from './status.ts'

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
