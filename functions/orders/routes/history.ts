import type { routes } from '../../../schemas/orders.ts'
import { timeOf } from '../../runtime/clock.ts'
import type { Handler } from '../../runtime/http.ts'
import type { OrderDeps } from '../deps.ts'
import { visibleOrder } from './show.ts'

export const getOrderHistory =
  ({ store }: OrderDeps): Handler<typeof routes.getOrderHistory> =>
  async (request) => {
    const { state: order } = await visibleOrder(store, request)
    return { body: { items: order.history.map(({ at, ...entry }) => ({ ...entry, at: timeOf(at) })) } }
  }
