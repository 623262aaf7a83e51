import type { Order, OrderEvent } from './order.ts'
import { status } from './status.ts'

/** How long an expiry waits for a payment that the provider has not answered yet, in milliseconds. */
export const graceMs = 300_000

export const overdue = ({ facts, expiresAt }: Order, now: number): boolean =>
  status(facts) === 'reserved' && expiresAt !== undefined && expiresAt <= now // mutant: order-overdue

/** The expiry of a hold whose time is over while the order is still unpaid. A payment in flight gets one grace period. */
export function expire(order: Order, now: number): OrderEvent | undefined {
  const late = order.facts.payment === 'in_flight' ? graceMs : 0 // mutant: payment-grace
  return overdue(order, now - late) ? { name: 'expired' } : undefined
}

/** How long the sweeper leaves an expiry to its timer, in milliseconds. */
export const timerGraceMs = 60_000
