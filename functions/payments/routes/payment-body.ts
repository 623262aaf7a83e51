import type * as z from 'zod'
import type { Attempt as AttemptBody, Payment as PaymentBody, Refund as RefundBody } from '../../../schemas/payment.ts'
import type { FailureCode, PaymentMethod } from '../../../schemas/payment.ts'
import { actorFor } from '../../runtime/actor.ts'
import { timeOf } from '../../runtime/clock.ts'
import type { Caller } from '../../runtime/http.ts'
import { labelsIn } from '../../runtime/labels.ts'
import { holdOf } from '../core/hold.ts'
import { capturedOf, refundedOf } from '../core/money.ts'
import type { Attempt, Payment } from '../core/payment.ts'
import { status } from '../core/status.ts'
import type { Closed, Refund } from '../core/refund.ts'

/**
/**
 * The payment as the API shows it to the caller: never with a token, and always with its fields in one order, whatever the table made of
 * it. Why a card was declined is for operators, as it would tell a thief what is wrong with it, and so is who asked for refunds.
 */
export function bodyOf(payment: Payment, caller: Caller): z.input<typeof PaymentBody> {
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
    attempts: payment.attempts.map((attempt) => attemptOf(attempt, caller)),
    refunds: payment.refunds.map((refund) => refundOf(refund, currency, caller)),
    ...(failed !== undefined && { reason: shownReason(failed, method, caller) }),
    ...(payment.labels && labelsIn(payment.labels)),
    ...(onHold !== undefined && { onHold }),
    createdAt: timeOf(createdAt),
    updatedAt: timeOf(changedAt),
  }
}

const attemptOf = (
  { method, state, reason, withheld, reference, at }: Attempt,
  caller: Pick<Caller, 'privileged'>,
): z.input<typeof AttemptBody> => ({
  method,
  state,
  ...(reason !== undefined && { reason: shownReason(reason, method, caller) }),
  ...(withheld && caller.privileged && { withheld }),
  ...(reference !== undefined && { reference }),
  at: timeOf(at),
})

/** The exact reason for operators; for customers one and the same of all cards that the provider, or the rate of declined cards, refused. */
const shownReason = (
  reason: FailureCode,
  method: PaymentMethod,
  { privileged }: Pick<Caller, 'privileged'>,
): FailureCode => (privileged || method !== 'card' || reason === 'capture_failed' ? reason : 'card_declined')

function refundOf(refund: Refund, currency: string, caller: Caller): z.input<typeof RefundBody> {
  const { id, amount, cause, state, tries, failure, reason, by, reference, closed, at } = refund
  return {
    id,
    amount: { amount, currency },
    cause,
    state,
    ...(tries !== undefined && { tries }),
    ...(failure !== undefined && { failure }),
    ...(reason !== undefined && { reason }),
    ...(caller.privileged && by !== undefined && { by }),
    ...(reference !== undefined && { reference }),
    ...(closed && { closed: closedOf(closed, caller) }),
    at: timeOf(at),
  }
}

const closedOf = ({ by, reference, reason, at }: Closed, caller: Caller) => ({
  by: actorFor(caller, by),
  reference,
  ...(reason !== undefined && { reason }),
  at: timeOf(at),
})
