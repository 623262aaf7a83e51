import { contended } from '../../runtime/errors.ts'
import { logger, metrics } from '../../runtime/log.ts'
import { metric } from '../../runtime/metrics.ts'
import type { Store, Write } from '../../runtime/store.ts'
import type { Change } from '../core/change.ts'
import { holdOf } from '../core/hold.ts'
import type { Payment } from '../core/payment.ts'
import { type Origin, type Stored, findPayment, putPayment, readPayment } from './payment-item.ts'

/** A change of a payment, and what else is written in the same transaction. */
export interface PaymentChange extends Change {
  readonly also?: readonly Write[]
}

const attempts = 10

/**
 * Loads the payment, asks for a change, and writes it under the version that was read; after a lost race it asks again. Returns the
 * payment as it stands then, undefined if there is none and `decide` opens none. Throws `HttpProblem` 503 `contended` after ten lost races.
 */
export async function changePayment(
  store: Store,
  orderId: string,
  decide: (stored: Stored | undefined) => Promise<PaymentChange | undefined> | PaymentChange | undefined,
  origin: Origin,
): Promise<Payment | undefined> {
  let stored = await findPayment(store, orderId)
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const change = await decide(stored)
    if (change === undefined) return stored?.payment
    const outcome = await store.write(putPayment(stored, change, origin), ...(change.also ?? []))
    if (outcome.ok) {
      reportHold(stored?.payment, change.state)
      return change.state
    }
    const lost = outcome.failed.find(({ write }) => write === 0)
    if (lost) stored = lost.found ? readPayment(lost.found) : await findPayment(store, orderId)
  }
  throw contended(`the payment of ${orderId}`)
}

/** Calls for an operator when a payment comes to stand on hold. */
export function reportHold(before: Payment | undefined, after: Payment): void {
  const why = holdOf(after)
  if (why === undefined || why === (before && holdOf(before))) return
  logger.error('payment on hold', { correlationId: after.orderId, paymentId: after.id, why })
  metrics.addMetric(metric.paymentsOnHold, 'Count', 1)
}
