import type { routes } from '../../../schemas/orders.ts'
import { timeOf } from '../../runtime/clock.ts'
import { actorFor } from '../../runtime/actor.ts'
import type { Caller, Handler } from '../../runtime/http.ts'
import type { Order } from '../core/order.ts'
import type { OrderDeps } from '../deps.ts'
import { visibleOrder } from './show.ts'

export const getOrderHistory =
  ({ store }: OrderDeps): Handler<typeof routes.getOrderHistory> =>
  async (request) => {
    const { state: order } = await visibleOrder(store, request)
    return { body: { items: historyFor(request.caller, order) } }
  }

/** Every status that the order had, as the caller sees it. */
export const historyFor = (caller: Caller, { history }: Order) =>
  history.map(({ at, by, ...entry }) => ({ ...entry, at: timeOf(at), by: actorFor(caller, by) }))
