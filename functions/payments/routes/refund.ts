import type { routes } from '../../../schemas/payments.ts'
import { Arrivals } from '../../runtime/arrivals.ts'
import { commit } from '../../runtime/idempotent-commit.ts'
import type { Handler, Request } from '../../runtime/http.ts'
import type { PaymentDeps } from '../deps.ts'
import { change } from '../core/change.ts'
import { refundStep, refundable } from '../core/due-refunds.ts'
import { holdOf } from '../core/hold.ts'
import { capturedOf } from '../core/money.ts'
import type { Payment } from '../core/payment.ts'
import { putPayment } from '../store/payment-item.ts'
import { visiblePayment } from './list.ts'
import { settle } from '../adapters/settle.ts'
import { bodyOf } from './payment-body.ts'

/**
 * Gives money back, at once if the provider answers; else the refund stays `due` for the sweeper. One refund for one key;
 * the answer shows the payment as it stands.
 */
export function refundOrder(deps: PaymentDeps): Handler<typeof routes.refundOrder> {
  const { clock } = deps
  return async (request) => {
    const { caller, body, requestId: cause } = request
    const arrivals = new Arrivals(clock)
    const { headers } = await commit<Record<string, never>>(deps, request, async () => {
      const stored = await visiblePayment(deps, request, arrivals)
      const at = clock.now()
      const amount = amountOf(stored.state, request)
      const changed = change(
        stored.state,
        stored.state,
        [{ name: 'refund_requested', amount, reason: body.reason, by: caller.id }],
        at,
      )
      return { writes: changed ? [putPayment(stored, changed, { cause, at, by: caller.id })] : [], answer: {} }
    })
    const { state: payment } = await visiblePayment(deps, request, arrivals)
    return { body: bodyOf(await settle(deps, payment, { cause }), caller), ...(headers && { headers }) }
  }
}

/** Refunds of one payment; they stay in its item. */
const maxRefunds = 100

/** What is asked for, by default all that is left. Refuses what cannot be given back. */
function amountOf(payment: Payment, { body: { amount }, refuse }: Request<typeof routes.refundOrder>): number {
  const { currency } = payment.amount
  if (holdOf(payment) !== undefined)
    throw refuse('payment_on_hold', 'The payment is on hold: remove the cause and resume it.')
  if (payment.refunds.length >= maxRefunds)
    throw refuse('too_many_refunds', `A payment has at most ${maxRefunds} refunds.`)
  if (capturedOf(payment) === 0) throw refuse('not_captured', 'No money was taken.')
  if (amount && amount.currency !== currency)
    throw refuse('currency_mismatch', `The payment is in ${currency}.`, {
      errors: [{ path: 'amount.currency', message: `must be ${currency}` }],
    })
  const left = refundable(payment)
  const asked = amount?.amount ?? left
  if (asked > left || asked === 0)
    throw refuse('refund_exceeds_payment', `Of the payment ${left} ${currency} is left to give back.`, {
      errors: [{ path: 'amount.amount', message: `at most ${left}` }],
    })
  const step = refundStep(payment)
  if (asked !== left && asked % step !== 0)
    throw refuse('not_payable_by_card', `Cards are given back multiples of ${step} ${currency}.`, {
      errors: [{ path: 'amount.amount', message: `a multiple of ${step}` }],
    })
  return asked
}
