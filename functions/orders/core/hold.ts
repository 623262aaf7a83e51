import { type Order, type OrderEvent, waitsUntil } from './order.ts'
import { status } from './status.ts'

/** How long an expiry waits for a payment that the provider has not answered yet, in milliseconds. */
export const graceMs = 300_000

/** When an unpaid order loses its hold, or an order that waits for stock waits no longer; undefined in any other status. */
export function endOf(order: Order): number | undefined {
  const is = status(order.facts)
  if (is === 'backordered') return waitsUntil(order) // mutant: wait-end
  return is === 'reserved' ? order.expiresAt : undefined // mutant: hold-end
}

export function overdue(order: Order, now: number): boolean {
  const end = endOf(order)
  return end !== undefined && end <= now // mutant: order-overdue
}

/** How an order ends whose hold, or whose wait for stock, is over. A payment in flight gets one grace period. */
export function expire(order: Order, now: number): OrderEvent | undefined {
  const late = order.facts.payment === 'in_flight' ? graceMs : 0 // mutant: payment-grace
  if (!overdue(order, now - late)) return undefined
  return { name: order.facts.stock === 'backordered' ? 'unfilled' : 'expired' }
}

/** How long the sweeper leaves an expiry to its timer, in milliseconds. */
export const timerGraceMs = 60_000
