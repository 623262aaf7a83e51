import type { Facts } from '../../../schemas/order-status.ts'
import { type Order, type OrderEventName, paysItself, refundDue } from './order.ts'
import { eventsOfStatus, phase, status } from './status.ts'

/** What has still to happen elsewhere, as the names of the events that ask for it. The answers of the other services settle all of them. */
export function pending(order: Order): readonly OrderEventName[] {
  const { facts, payment } = order
  const is = status(facts)
  if (phase[is] === 'closed') return isSettled(facts) ? [] : eventsOfStatus(is) // mutant: pending-closed
  if (is === 'placed') return ['order.placed'] // mutant: pending-placed
  const unasked = paysItself(order) && payment.version === 0
  // mutant: pending-backordered
  if (is === 'backordered') return unasked && order.payAt === 'placing' ? withToken(order, 'order.backordered') : []
  // mutant: pending-reserved
  if (is === 'reserved') return unasked ? withToken(order, 'order.reserved') : []
  if (facts.payment !== 'paid') return []
  const confirmed = facts.stock !== 'held' && payment.captured && facts.fulfilment !== 'none' // mutant: confirmation
  const given = payment.refundedForReturns >= refundDue(order) || (payment.captured && payment.kept <= 0)
  // mutant: pending-paid
  return [...(confirmed ? [] : withAddress(order)), ...(given ? [] : (['order.returned'] as const))]
}

/** The public event and the private one beside it: what is pending under the one name is pending under the other. */
const withToken = ({ token }: Order, name: OrderEventName): readonly OrderEventName[] =>
  token === undefined ? [name] : [name, 'payment.card_token'] // mutant: card-token
const withAddress = ({ hasAddress }: Order): readonly OrderEventName[] =>
  hasAddress ? ['order.confirmed', 'order.address'] : ['order.confirmed'] // mutant: order-address

const moneyless: ReadonlySet<Facts['payment']> = new Set(['none', 'failed', 'refunded'])

/** Whether a closed order has neither stock nor money of anybody. */
const isSettled = ({ stock, payment }: Facts): boolean =>
  (stock === 'released' || stock === 'refused') && moneyless.has(payment)
