import type { routes } from '../../../schemas/orders.ts'
import { notFound } from '../../runtime/errors.ts'
import type { Caller, Handler } from '../../runtime/http.ts'
import { logger } from '../../runtime/log.ts'
import type { Store } from '../../runtime/store.ts'
import { type Stored, complete, findOrder } from '../store/order-item.ts'
import type { OrderDeps } from '../deps.ts'
import { bodyOf } from './order-body.ts'

/** The order, if the caller may see it. Throws `HttpProblem` 404 `order_not_found`, also for the order of another customer. */
export async function visibleOrder(store: Store, id: string, caller: Caller): Promise<Stored> {
  logger.appendKeys({ correlationId: id })
  const stored = await findOrder(store, id, { consistent: true })
  if (!stored || !(caller.operator || stored.state.customerId === caller.id))
    throw notFound('order_not_found', `There is no order ${id}.`)
  return stored
}

export function getOrder({ store }: OrderDeps): Handler<typeof routes.getOrder> {
  return async ({ params, caller }) => {
    const { order, contents } = await complete(store, await visibleOrder(store, params.id, caller))
    return { body: bodyOf(order, contents) }
  }
}
