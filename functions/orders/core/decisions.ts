import { payable } from './evolve.ts'
import { overdue } from './hold.ts'
import type { Order, OrderEvent } from './order.ts'
import { isClosed, phase, status } from './status.ts'

/** What a request to move the order comes to: an event, nothing because it is so already, or a refusal. */
export type Decision = OrderEvent | 'unchanged' | 'too_late'

/** Cancels what is not dispatched and not closed. */
export function cancel(order: Order, by: 'customer' | 'operator', message: string | undefined): Decision {
  const { facts } = order
  if (status(facts) === 'cancelled') return closing(order, by, message) ?? 'unchanged'
  return phase[status(facts)] === 'open' ? { name: 'cancelled', by, message } : 'too_late' // mutant: cancellation
}

/**
 * Closes an order that shipping has ended for somebody, or adds what that one wrote where the event of shipping was faster, which has no
 * words; nothing where it is all known.
 */
export function closing(
  { facts, reason, forgetting }: Order,
  by: 'customer' | 'operator',
  message: string | undefined,
): OrderEvent | undefined {
  if (!isClosed(facts)) return { name: 'cancelled', by, message }
  const isTheirs = reason?.code === `cancelled_by_${by}` && reason.message === undefined
  return isTheirs && message !== undefined && !forgetting ? { name: 'explained', message } : undefined
}

/** Whether there may be parcels of the order: whether one has left, shipping alone knows. */
export const mayHaveParcels = ({ history }: Order): boolean => history.some((entry) => entry.status === 'confirmed') // mutant: parcels-asked

/**
 * Approval stands for payment, of orders that are paid by hand. It may come before stock is held; after the hold has run out it is too
 * late, expired or not.
 */
export function approve(order: Order, now: number): Decision | 'not_manual' {
  if (order.method !== 'manual') return 'not_manual' // mutant: manual-approval
  if (isClosed(order.facts) || overdue(order, now)) return 'too_late' // mutant: approval
  return payable.has(order.facts.payment) ? { name: 'approved' } : 'unchanged' // mutant: early-approval
}
