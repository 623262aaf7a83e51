import type { PaymentStatus } from '../../../schemas/payment.ts'
import { evolve } from './evolve.ts'
import { failedOf } from './hold.ts'
import { countOf, refundedOf } from './money.ts'
import type { Payment, PaymentEvent, PaymentEventName, RequestKind } from './payment.ts'
import { status } from './status.ts'

/** The events that a change emits. */
export function emits(before: Payment | undefined, after: Payment): readonly PaymentEventName[] {
  const names: PaymentEventName[] = []
  if (countOf(after, 'captured') > countOf(before, 'captured')) names.push('payment.completed')
  if (refundedOf(after) > (before ? refundedOf(before) : 0)) names.push('payment.refunded')
  // mutant: refund-failed
  if (failedOf(after).length > (before ? failedOf(before).length : 0)) names.push('payment.refund_failed')
  const is = status(after)
  if (is === 'requested' && countOf(after, 'declined') > countOf(before, 'declined')) names.push('payment.declined')
  if (hasEvent(is) && (before === undefined || is !== status(before))) names.push(eventOfStatus[is])
  return names
}

// The event of each new status; the others come with the money that made them.
const eventOfStatus = {
  in_flight: 'payment.requested',
  authorized: 'payment.authorized',
  failed: 'payment.failed',
  voided: 'payment.voided',
} as const satisfies Partial<Record<PaymentStatus, PaymentEventName>>
const hasEvent = (is: PaymentStatus): is is keyof typeof eventOfStatus => is in eventOfStatus

/** The events that repeat how the payment stands, for a request that comes again. */
function currentEvents(payment: Payment): readonly PaymentEventName[] {
  const is = status(payment)
  switch (is) {
    case 'requested':
      return countOf(payment, 'declined') > 0 ? ['payment.declined'] : []
    case 'captured':
      return [refundedOf(payment) > 0 ? 'payment.refunded' : 'payment.completed']
    case 'refund_due':
      return ['payment.completed']
    case 'refunded':
      return ['payment.refunded']
    case 'in_flight':
    case 'authorized':
    case 'failed':
    case 'voided':
      return [eventOfStatus[is]]
  }
}

export interface Change {
  readonly state: Payment
  readonly emits: readonly PaymentEventName[]
}

/** The payment with the events, and what this emits; undefined when nothing is new. A payment that is new itself is a change. */
export function change(
  before: Payment | undefined,
  payment: Payment,
  events: readonly PaymentEvent[],
  at: number,
): Change | undefined {
  const after = events.reduce((facts, event) => evolve(facts, event, at), payment)
  return after === before ? undefined : { state: after, emits: emits(before, after) }
}

/**
 * The same for a request of orders, by the id of its event. A request that is known already changes nothing; one that comes again
 * under a new id and changes nothing emits how the payment stands.
 */
export function answer(
  before: Payment | undefined,
  payment: Payment,
  { kind, id, events }: { readonly kind: RequestKind; readonly id: string; readonly events: readonly PaymentEvent[] },
  at: number,
): Change | undefined {
  if (payment.requests[kind] === id) return undefined
  const changed = change(before, payment, events, at)
  const after = changed?.state ?? payment
  return {
    state: { ...after, requests: { ...after.requests, [kind]: id } },
    emits: changed?.emits ?? currentEvents(payment),
  }
}
