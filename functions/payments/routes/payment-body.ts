import type * as z from 'zod'
import type { Attempt as AttemptBody, Payment as PaymentBody, Refund as RefundBody } from '../../../schemas/payment.ts'
import { timeOf } from '../../runtime/clock.ts'
import { holdOf } from '../core/hold.ts'
import { capturedOf, refundedOf } from '../core/money.ts'
import type { Attempt, Payment } from '../core/payment.ts'
import { status } from '../core/status.ts'
import type { Closed, Refund } from '../core/refund.ts'

/** The payment as the API shows it: never with a token, and always with its fields in one order, whatever the table made of it. */
export function bodyOf(payment: Payment): z.input<typeof PaymentBody> {
  const { id, orderId, customerId, method, amount, failed, createdAt, changedAt } = payment
  const { currency } = amount
  const onHold = holdOf(payment)
  const money = (minor: number) => ({ amount: minor, currency })
  return {
    id,
    orderId,
    customerId,
    method,
    status: status(payment),
    amount: money(amount.amount),
    captured: money(capturedOf(payment)),
    refunded: money(refundedOf(payment)),
    attempts: payment.attempts.map(attemptOf),
    refunds: payment.refunds.map((refund) => refundOf(refund, currency)),
    ...(failed !== undefined && { reason: failed }),
    ...(onHold !== undefined && { onHold }),
    createdAt: timeOf(createdAt),
    updatedAt: timeOf(changedAt),
  }
}

const attemptOf = ({ method, state, reason, reference, at }: Attempt): z.input<typeof AttemptBody> => ({
  method,
  state,
  ...(reason !== undefined && { reason }),
  ...(reference !== undefined && { reference }),
  at: timeOf(at),
})

function refundOf(refund: Refund, currency: string): z.input<typeof RefundBody> {
  const { id, amount, cause, state, tries, failure, reason, reference, closed, at } = refund
  return {
    id,
    amount: { amount, currency },
    cause,
    state,
    ...(tries !== undefined && { tries }),
    ...(failure !== undefined && { failure }),
    ...(reason !== undefined && { reason }),
    ...(reference !== undefined && { reference }),
    ...(closed && { closed: closedOf(closed) }),
    at: timeOf(at),
  }
}

const closedOf = ({ by, reference, reason, at }: Closed) => ({
  by,
  reference,
  ...(reason !== undefined && { reason }),
  at: timeOf(at),
})
