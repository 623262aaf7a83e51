import { routes } from '../../schemas/orders.ts'
import { systemClock } from '../runtime/clock.ts'
import { env, requiredCount } from '../runtime/env.ts'
import { type Handlers, http } from '../runtime/http.ts'
import { liveStore } from '../runtime/live.ts'
import { getOrder, getOrderHistory } from './routes/show.ts'
import { listOrders } from './routes/list.ts'
import { approveOrder, cancelOrder } from './routes/move.ts'
import type { PlacingDeps } from './deps.ts'
import { placeOrder } from './routes/place.ts'

/** The routes of orders. */
export const handlers = (deps: PlacingDeps): Handlers<typeof routes> => ({
  placeOrder: placeOrder(deps),
  listOrders: listOrders(deps),
  getOrder: getOrder(deps),
  getOrderHistory: getOrderHistory(deps),
  cancelOrder: cancelOrder(deps),
  approveOrder: approveOrder(deps),
})

export const handler = http(routes, () =>
  handlers({ store: liveStore(), clock: systemClock, holdSeconds: requiredCount(env.holdSeconds) }),
)
