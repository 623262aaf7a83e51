import type { routes } from '../../../schemas/payments.ts'
import type { Handler } from '../../runtime/http.ts'
import { changePayment } from '../store/change-payment.ts'
import type { PaymentDeps } from '../deps.ts'
import { change } from '../core/change.ts'
import { visiblePayment } from './list.ts'
import { settle } from '../adapters/settle.ts'
import { bodyOf } from './payment-body.ts'

/** Lets a payment go on that was on hold; it is on hold again where the cause remains. */
export function resumePayment(deps: PaymentDeps): Handler<typeof routes.resumePayment> {
  return async (request) => {
    const { params, caller, requestId: cause } = request
    const { state: before } = await visiblePayment(deps, request)
    const origin = { cause, at: deps.clock.now(), by: caller.id }
    const resumed = await changePayment(
      deps,
      params.id,
      (stored) => stored && change(stored.state, stored.state, [{ name: 'resumed' }], origin.at),
      origin,
    )
    return { body: bodyOf(await settle(deps, resumed ?? before, { cause }), caller) }
  }
}
