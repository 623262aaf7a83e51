import type { routes } from '../../schemas/payments.ts'
import type { Handler } from '../runtime/http.ts'
import { changePayment } from './change-payment.ts'
import type { PaymentParts } from './parts.ts'
import { change } from './payment.ts'
import { visiblePayment } from './see-payment.ts'
import { settle } from './settle.ts'
import { bodyOf } from './show-payment.ts'

/** Lets a payment go on that was on hold; if what it was on hold for is still so, it is on hold again. */
export function resumePayment(parts: PaymentParts): Handler<typeof routes.resumePayment> {
  const { store, clock } = parts
  return async ({ params: { id }, caller, requestId: cause }) => {
    const { payment: before } = await visiblePayment(store, id, caller)
    const origin = { cause, at: clock.now() }
    const resumed = await changePayment(
      store,
      id,
      (stored) => {
        const changed = stored && change(stored.payment, stored.payment, [{ name: 'resumed' }], origin.at)
        return changed && { change: changed }
      },
      origin,
    )
    return { body: bodyOf(await settle(parts, resumed ?? before, { cause })) }
  }
}
