import { contended } from '../../runtime/errors.ts'
import { logger, metrics } from '../../runtime/log.ts'
import { metric } from '../../runtime/metrics.ts'
import type { Store, Write } from '../../runtime/store.ts'
import { type Change, type Payment, holdOf } from '../core/payment.ts'
import { type Origin, type Stored, findPayment, putPayment, readPayment } from './payment-item.ts'

/** A change of a payment, and what else of the table must change in the same transaction. */
export interface Move {
  readonly change: Change
  readonly also?: readonly Write[]
}

const attempts = 10

/**
 * Loads the payment, asks for a move, and writes it under the version that was read; whoever loses that race asks again. Returns the
 * payment as it stands then, undefined if there is none and none was wanted. Throws `HttpProblem` 503 `contended` after ten lost races.
 */
export async function changePayment(
  store: Store,
  orderId: string,
  decide: (stored: Stored | undefined) => Promise<Move | undefined> | Move | undefined,
  origin: Origin,
): Promise<Payment | undefined> {
  let stored = await findPayment(store, orderId)
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const move = await decide(stored)
    if (move === undefined) return stored?.payment
    const outcome = await store.write(putPayment(stored, move.change, origin), ...(move.also ?? []))
    if (outcome.ok) {
      reportHold(stored?.payment, move.change.payment)
      return move.change.payment
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
