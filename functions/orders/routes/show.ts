import type { routes } from '../../../schemas/orders.ts'
import type { Handler, Request } from '../../runtime/http.ts'
import { logger } from '../../runtime/log.ts'
import type { Store } from '../../runtime/store.ts'
import { type Stored, complete, findOrder } from '../store/order-item.ts'
import type { OrderDeps } from '../deps.ts'
import { bodyOf } from './order-body.ts'

type OfOrder = Request<
  typeof routes.getOrder | typeof routes.getOrderHistory | typeof routes.cancelOrder | typeof routes.approveOrder
>

/** The order, if the caller may see it: an order of another customer is refused as one that is not there. */
export async function visibleOrder(store: Store, { params: { id }, caller, refuse }: OfOrder): Promise<Stored> {
  logger.appendKeys({ correlationId: id })
  const stored = await findOrder(store, id, { consistent: true })
  if (!stored || !(caller.privileged || stored.state.customerId === caller.id))
    throw refuse('order_not_found', `There is no order ${id}.`)
  return stored
}

export function getOrder({ store }: OrderDeps): Handler<typeof routes.getOrder> {
  return async (request) => {
    const { order, contents } = await complete(store, await visibleOrder(store, request))
    return { body: bodyOf(order, contents) }
  }
}
