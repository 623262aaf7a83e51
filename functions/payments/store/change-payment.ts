import type { Origin } from '../../../schemas/origin.ts'
import { logger, metrics } from '../../runtime/log.ts'
import { metric } from '../../runtime/metrics.ts'
import { type Change, update } from '../../runtime/update.ts'
import type { PaymentDeps } from '../deps.ts'
import { holdOf } from '../core/hold.ts'
import type { Payment } from '../core/payment.ts'
import { countDeclined } from './declined-cards.ts'
import { type Stored, paymentItem } from './payment-item.ts'

/** A change of a payment, and what else is written in the same transaction. */
export type PaymentChange = Change<Payment>

/**
 * Changes the payment as `decide` wants it, reports one that comes to stand on hold, and counts a declined card. Returns the payment as it stands then, undefined
 * if there is none and `decide` opens none. Throws `HttpProblem` 503 `contended` when other writers are always first.
 */
export async function changePayment(
  deps: PaymentDeps,
  orderId: string,
  decide: (stored: Stored | undefined) => Promise<PaymentChange | undefined> | PaymentChange | undefined,
  origin: Origin,
): Promise<Payment | undefined> {
  let before: Payment | undefined
  const after = await update(deps, paymentItem, orderId, origin, (found) => {
    before = found?.state
    return decide(found)
  })
  if (after) {
    reportHold(before, after)
    await countDeclined(deps, before, after, origin.cause)
  }
  return after
}

/** Calls for an operator when a payment comes to stand on hold. */
export function reportHold(before: Payment | undefined, after: Payment): void {
  const why = holdOf(after)
  if (why === undefined || why === (before && holdOf(before))) return
  logger.error('payment on hold', { correlationId: after.orderId, paymentId: after.id, why })
  metrics.addMetric(metric.paymentsOnHold, 'Count', 1)
}
