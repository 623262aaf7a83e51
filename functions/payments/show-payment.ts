import type * as z from 'zod'
import type { Payment as PaymentBody } from '../../schemas/payments.ts'
import { timeOf } from '../runtime/clock.ts'
import { type Payment, capturedOf, holdOf, refundedOf, status } from './payment.ts'

/** The payment as the API shows it; never with a token. */
export function bodyOf(payment: Payment): z.input<typeof PaymentBody> {
  const { id, orderId, customerId, method, amount, failed, createdAt, changedAt } = payment
  const onHold = holdOf(payment)
  const money = (minor: number) => ({ amount: minor, currency: amount.currency })
  return {
    id,
    orderId,
    customerId,
    method,
    status: status(payment),
    amount,
    captured: money(capturedOf(payment)),
    refunded: money(refundedOf(payment)),
    attempts: payment.attempts.map(({ token: _, at, ...attempt }) => ({ ...attempt, at: timeOf(at) })),
    refunds: payment.refunds.map(({ attempt: _, amount: minor, closed, at, ...refund }) => ({
      ...refund,
      amount: money(minor),
      ...(closed && { closed: { ...closed, at: timeOf(closed.at) } }),
      at: timeOf(at),
    })),
    ...(failed !== undefined && { reason: failed }),
    ...(onHold !== undefined && { onHold }),
    createdAt: timeOf(createdAt),
    updatedAt: timeOf(changedAt),
  }
}
