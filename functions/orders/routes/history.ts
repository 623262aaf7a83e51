import type { routes } from '../../../schemas/orders.ts'
import { timeOf } from '../../runtime/clock.ts'
import { actorFor } from '../../runtime/actor.ts'
import type { Handler } from '../../runtime/http.ts'
import type { OrderDeps } from '../deps.ts'
import { visibleOrder } from './show.ts'

export const getOrderHistory =
  ({ store }: OrderDeps): Handler<typeof routes.getOrderHistory> =>
  async (request) => {
    const { state: order } = await visibleOrder(store, request)
    const items = order.history.map(({ at, by, ...entry }) => ({
      ...entry,
      at: timeOf(at),
      by: actorFor(request.caller, by),
    }))
    return { body: { items } }
  }
