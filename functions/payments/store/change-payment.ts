import type { Origin } from '../../../schemas/origin.ts'
import { logger, metrics } from '../../runtime/log.ts'
import { metric } from '../../runtime/metrics.ts'
import { type Change, type UpdateDeps, update } from '../../runtime/update.ts'
import { holdOf } from '../core/hold.ts'
import type { Payment } from '../core/payment.ts'
import { type Stored, paymentItem } from './payment-item.ts'

/** A change of a payment, and what else is written in the same transaction. */
export type PaymentChange = Change<Payment>

/**
 * Changes the payment as `decide` wants it, and reports one that comes to stand on hold. Returns the payment as it stands then, undefined
 * if there is none and `decide` opens none. Throws `HttpProblem` 503 `contended` when other writers are always first.
 */
export async function changePayment(
  deps: UpdateDeps,
  orderId: string,
  decide: (stored: Stored | undefined) => Promise<PaymentChange | undefined> | PaymentChange | undefined,
  origin: Origin,
): Promise<Payment | undefined> {
  let before: Payment | undefined
  const after = await update(deps, paymentItem, orderId, origin, (found) => {
    before = found?.state
    return decide(found)
  })
  if (after) reportHold(before, after)
  return after
}

/** Calls for an operator when a payment comes to stand on hold. */
export function reportHold(before: Payment | undefined, after: Payment): void {
  const why = holdOf(after)
  if (why === undefined || why === (before && holdOf(before))) return
  logger.error('payment on hold', { correlationId: after.orderId, paymentId: after.id, why })
  metrics.addMetric(metric.paymentsOnHold, 'Count', 1)
}
