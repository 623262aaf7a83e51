import type { routes } from '../../../schemas/payments.ts'
import { type HttpProblem, notFound } from '../../runtime/errors.ts'
import type { Caller, Handler } from '../../runtime/http.ts'
import { logger } from '../../runtime/log.ts'
import { maySeeOrder } from '../../runtime/order-access.ts'
import type { Store } from '../../runtime/store.ts'
import type { PaymentRouteDeps } from '../deps.ts'
import { type Stored, findPayment } from '../store/payment-item.ts'
import { bodyOf } from './payment-body.ts'

/** The payment of an order, if the caller may see it. Throws `HttpProblem` 404 `order_not_found`, also for the order of another customer. */
export async function visiblePayment(store: Store, orderId: string, caller: Caller): Promise<Stored> {
  logger.appendKeys({ correlationId: orderId })
  const stored = await findPayment(store, orderId)
  if (!stored || !mayBeSeen(stored, caller)) throw unknown(orderId)
  return stored
}

/**
 * The payment of an order; none of an order whose first event has not arrived, which orders are asked about. Throws `HttpProblem` 404 for
 * an order that does not exist or belongs to another customer, and 503 `unavailable` when orders give no answer.
 */
export function listPayments({ store, askOrders }: PaymentRouteDeps): Handler<typeof routes.listPayments> {
  return async ({ params: { id }, caller, headers }) => {
    const stored = await findPayment(store, id)
    // mutant: payments-access
    const isSeen = stored ? mayBeSeen(stored, caller) : await maySeeOrder(askOrders, id, headers)
    if (!isSeen) throw unknown(id)
    return { body: { items: stored ? [bodyOf(stored.state)] : [] } }
  }
}

/** Whether the caller is the owner of the order, or an operator. */
export const mayBeSeen = ({ state: payment }: Stored, { operator, id }: Caller): boolean =>
  operator || payment.customerId === id

const unknown = (orderId: string): HttpProblem =>
  notFound('order_not_found', `There is no order ${orderId} to be paid.`)
