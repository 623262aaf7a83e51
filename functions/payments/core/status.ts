import type { PaymentStatus } from '../../../schemas/payment.ts'
import { capturedOf, isWanted, refundedOf } from './money.ts'
import type { Outcome, Payment } from './payment.ts'

/** What the facts amount to. */
export function status(payment: Payment): PaymentStatus {
  const { attempts, failed } = payment
  const any = (state: Outcome['state']): boolean => attempts.some((attempt) => attempt.state === state)
  const captured = capturedOf(payment)
  if (isWanted(payment)) {
    if (any('captured')) return 'captured'
    if (any('authorized')) return 'authorized'
    return any('pending') ? 'in_flight' : 'requested'
  }
  if (captured > refundedOf(payment)) return 'refund_due'
  if (any('authorized')) return 'authorized'
  if (any('pending')) return 'in_flight'
  if (captured > 0) return 'refunded'
  return failed === undefined ? 'voided' : 'failed'
}
