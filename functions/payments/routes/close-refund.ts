import type { routes } from '../../../schemas/payments.ts'
import { commit } from '../../runtime/idempotent-commit.ts'
import type { Handler, Request } from '../../runtime/http.ts'
import { logger } from '../../runtime/log.ts'
import type { Store } from '../../runtime/store.ts'
import type { PaymentDeps } from '../deps.ts'
import { change } from '../core/change.ts'
import { orderIdOfRefund } from '../core/payment.ts'
import { type Stored, findPayment, putPayment } from '../store/payment-item.ts'
import { settle } from '../adapters/settle.ts'
import { bodyOf } from './payment-body.ts'

/**
 * Closes a refund that failed: an operator has given the money back in another way. One closing for one key; the payment then goes on with
 * what is still pending, and the answer shows it as it stands. Refuses a refund that is given back, or may still be by itself.
 */
export function closeRefund(deps: PaymentDeps): Handler<typeof routes.closeRefund> {
  const { store, clock } = deps
  return async (request) => {
    const { params, caller, body, requestId: cause } = request
    const { headers } = await commit<Record<string, never>>(deps, request, async () => {
      const stored = await findRefunded(store, request)
      const at = clock.now()
      const closed = { by: caller.id, ...body, at }
      const changed = change(stored.state, stored.state, [{ name: 'refund_closed', refund: params.id, closed }], at)
      if (changed === undefined)
        throw request.refuse(
          'refund_not_failed',
          `The refund ${params.id} has not failed: see GET /orders/{id}/payments.`,
        )
      return { writes: [putPayment(stored, changed, { cause, at, by: caller.id })], answer: {} }
    })
    const { state: payment } = await findRefunded(store, request)
    return { body: bodyOf(await settle(deps, payment, { cause }), caller), ...(headers && { headers }) }
  }
}

type CloseRequest = Request<typeof routes.closeRefund>

/** The payment that the refund is of. */
async function findRefunded(store: Store, { params: { id: refundId }, refuse }: CloseRequest): Promise<Stored> {
  const orderId = orderIdOfRefund(refundId)
  if (orderId !== undefined) logger.appendKeys({ correlationId: orderId })
  const stored = orderId === undefined ? undefined : await findPayment(store, orderId)
  if (!stored?.state.refunds.some(({ id }) => id === refundId))
    throw refuse('refund_not_found', `There is no refund ${refundId}.`)
  return stored
}
