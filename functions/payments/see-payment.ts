import type { routes } from '../../schemas/payments.ts'
import { notFound } from '../runtime/errors.ts'
import type { Caller, Handler } from '../runtime/http.ts'
import { logger } from '../runtime/log.ts'
import type { Store } from '../runtime/store.ts'
import type { PaymentParts } from './parts.ts'
import { type Stored, findPayment } from './payment.store.ts'
import { bodyOf } from './show-payment.ts'

/** The payment of an order, if the caller may see it. Throws `HttpProblem` 404 `order_not_found`, also for somebody else's order. */
export async function visiblePayment(store: Store, orderId: string, caller: Caller): Promise<Stored> {
  logger.appendKeys({ correlationId: orderId })
  const stored = await findPayment(store, orderId)
  if (!stored || !(caller.operator || stored.payment.customerId === caller.id))
    throw notFound('order_not_found', `There is no order ${orderId} to be paid.`)
  return stored
}

export function listPayments({ store }: PaymentParts): Handler<typeof routes.listPayments> {
  return async ({ params, caller }) => {
    const { payment } = await visiblePayment(store, params.id, caller)
    return { body: { items: [bodyOf(payment)] } }
  }
}
