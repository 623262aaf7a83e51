import type { routes } from '../../../schemas/payments.ts'
import type { Handler } from '../../runtime/http.ts'
import { relabelledOr } from '../../runtime/labels.ts'
import { logger } from '../../runtime/log.ts'
import { change } from '../core/change.ts'
import { orderIdOfPayment } from '../core/payment.ts'
import type { PaymentDeps } from '../deps.ts'
import { changePayment } from '../store/change-payment.ts'
import { bodyOf } from './payment-body.ts'

/**
 * Changes what other systems have put onto a payment. It is written with the payment, under its version: who changes other keys, and what happens to the
 * payment at the same time, is decided again on what stands then.
 */
export function updatePayment(deps: PaymentDeps): Handler<typeof routes.updatePayment> {
  return async ({ params, body, caller, requestId: cause, refuse }) => {
    const orderId = orderIdOfPayment(params.id)
    if (orderId !== undefined) logger.appendKeys({ correlationId: orderId })
    const origin = { cause, at: deps.clock.now(), by: caller.id }
    const payment =
      orderId === undefined
        ? undefined
        : await changePayment(
            deps,
            orderId,
            (stored) => {
              if (stored === undefined) return undefined
              const {
                state,
                state: { labels: before = {} },
              } = stored
              const labels = relabelledOr(refuse, 'A payment', before, body) // mutant: payment-labels
              return labels === before ? undefined : change(state, state, [{ name: 'labelled', labels }], origin.at)
            },
            origin,
          )
    if (payment === undefined) throw refuse('payment_not_found', `There is no payment ${params.id}.`)
    return { body: bodyOf(payment, caller) }
  }
}
