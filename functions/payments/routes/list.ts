import type { routes } from '../../../schemas/payments.ts'
import { Arrivals } from '../../runtime/arrivals.ts'
import type { Refuse } from '../../runtime/errors.ts'
import type { Caller, Handler, Request } from '../../runtime/http.ts'
import { logger } from '../../runtime/log.ts'
import { maySeeOrder } from '../../runtime/order-access.ts'
import type { PaymentDeps, PaymentRouteDeps } from '../deps.ts'
import { type Stored, findPayment } from '../store/payment-item.ts'
import { bodyOf } from './payment-body.ts'

type OfOrder = Request<typeof routes.payOrder | typeof routes.refundOrder | typeof routes.resumePayment>

/**
 * The payment of an order, if the caller may see it: a customer that sees an order reserved may pay it, also before its event has reached
 * payments. An order of another customer is waited for and refused as one that is not there: the time of the answer gives nothing away either.
 */
export async function visiblePayment(
  { store, clock }: Pick<PaymentDeps, 'store' | 'clock'>,
  { params: { id: orderId }, caller, refuse }: OfOrder,
  arrivals = new Arrivals(clock),
): Promise<Stored> {
  logger.appendKeys({ correlationId: orderId })
  const isSeen = (stored: Stored | undefined): boolean => stored !== undefined && mayBeSeen(stored, caller)
  const stored = await arrivals.one(isSeen, () => findPayment(store, orderId)) // mutant: payment-arrival
  if (!stored || !isSeen(stored)) throw unknown(refuse, orderId)
  return stored
}

/**
 * The payment of an order; none of an order whose first event has not arrived, which orders are asked about: an order of another customer
 * is refused as one that is not there.
 */
export function listPayments({ store, askOrders }: PaymentRouteDeps): Handler<typeof routes.listPayments> {
  return async ({ params: { id }, caller, headers, refuse }) => {
    const stored = await findPayment(store, id)
    // mutant: payments-access
    const isSeen = stored ? mayBeSeen(stored, caller) : await maySeeOrder(askOrders, id, headers)
    if (!isSeen) throw unknown(refuse, id)
    return { body: { items: stored ? [bodyOf(stored.state, caller)] : [] } }
  }
}

/** Whether the order is the caller's own, or the caller sees those of others. */
export const mayBeSeen = ({ state: payment }: Stored, { privileged, id }: Caller): boolean =>
  privileged || payment.customerId === id

const unknown = (refuse: Refuse<'order_not_found'>, orderId: string) =>
  refuse('order_not_found', `There is no order ${orderId} to be paid.`)
