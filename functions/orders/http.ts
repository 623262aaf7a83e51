import { routes } from '../../schemas/orders.ts'
import { systemClock } from '../runtime/clock.ts'
import { env, requiredCount } from '../runtime/env.ts'
import { type Handlers, http } from '../runtime/http.ts'
import { liveStore } from '../runtime/live.ts'
import { getOrder, getOrderHistory } from './find-order.ts'
import { listOrders } from './list-orders.ts'
import { approveOrder, cancelOrder } from './move-order.ts'
import type { PlacingParts } from './parts.ts'
import { placeOrder } from './place-order.ts'

/** The routes of orders. */
export const handlers = (parts: PlacingParts): Handlers<typeof routes> => ({
  placeOrder: placeOrder(parts),
  listOrders: listOrders(parts),
  getOrder: getOrder(parts),
  getOrderHistory: getOrderHistory(parts),
  cancelOrder: cancelOrder(parts),
  approveOrder: approveOrder(parts),
})

export const handler = http(routes, () =>
  handlers({ store: liveStore(), clock: systemClock, holdSeconds: requiredCount(env.holdSeconds) }),
)
