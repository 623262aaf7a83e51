import { payable } from './evolve.ts'
import { overdue } from './hold.ts'
import type { Order, OrderEvent } from './order.ts'
import { isClosed, phase, status } from './status.ts'

/** What a request to move the order comes to: an event, nothing because it is so already, or a refusal. */
export type Decision = OrderEvent | 'unchanged' | 'too_late'

/** Cancels what is not dispatched and not closed. */
export function cancel({ facts }: Order, by: 'customer' | 'operator', message: string | undefined): Decision {
  if (status(facts) === 'cancelled') return 'unchanged'
  return phase[status(facts)] === 'open' ? { name: 'cancelled', by, message } : 'too_late' // mutant: cancellation
}

/**
 * Approval stands for payment, of orders that are paid by hand. It may come before stock is held; after the hold has run out it is too
 * late, expired or not.
 */
export function approve(order: Order, now: number): Decision | 'not_manual' {
  if (order.method !== 'manual') return 'not_manual' // mutant: manual-approval
  if (isClosed(order.facts) || overdue(order, now)) return 'too_late' // mutant: approval
  return payable.has(order.facts.payment) ? { name: 'approved' } : 'unchanged' // mutant: early-approval
}
