import { routes } from '../../schemas/orders.ts'
import { env, required, requiredCount, requiredLimit } from '../runtime/env.ts'
import { type Handlers, http } from '../runtime/http.ts'
import { liveIdentity, liveItems } from '../runtime/aws-wiring.ts'
import type { PlacingDeps } from './deps.ts'
import { approveOrder } from './routes/approve.ts'
import { cancelOrder } from './routes/cancel.ts'
import { getOrderHistory } from './routes/history.ts'
import { getLimits, setLimits } from './routes/limits.ts'
import { listOrders } from './routes/list.ts'
import { listStuckOrders } from './routes/list-stuck.ts'
import { placeOrder } from './routes/place.ts'
import { getOrder } from './routes/show.ts'

/** The routes of orders. */
export const handlers = (deps: PlacingDeps): Handlers<typeof routes> => ({
  placeOrder: placeOrder(deps),
  listOrders: listOrders(deps),
  listStuckOrders: listStuckOrders(deps),
  getOrder: getOrder(deps),
  getOrderHistory: getOrderHistory(deps),
  cancelOrder: cancelOrder(deps),
  approveOrder: approveOrder(deps),
  getLimits: getLimits(deps),
  setLimits: setLimits(deps),
})

export const handler = http(routes, liveIdentity, () =>
  handlers({
    ...liveItems(),
    holdSeconds: requiredCount(env.holdSeconds),
    limits: { openHolds: requiredLimit(env.openHolds), unitsPerSku: requiredLimit(env.unitsPerSku) },
    customersChooseManual: required(env.customersChooseManual) === 'true',
  }),
)
