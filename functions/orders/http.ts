import { randomBytes } from 'node:crypto'
import { routes } from '../../schemas/orders.ts'
import { env, required, requiredCount, requiredLimit } from '../runtime/env.ts'
import { type Handlers, http } from '../runtime/http.ts'
import {
  liveIdentity,
  liveItems,
  liveMailer,
  liveOrderParts,
  liveReservations,
  liveShipments,
} from '../runtime/aws-wiring.ts'
import type { LineDeps, PlacingDeps, ShowDeps } from './deps.ts'
import { approveOrder } from './routes/approve.ts'
import { cancelOrderLine } from './routes/cancel-line.ts'
import { cancelOrder } from './routes/cancel.ts'
import { mailGuestLink } from './routes/guest-link.ts'
import { eraseGuestOrder, getGuestOrder } from './routes/guest-orders.ts'
import { getOrderHistory } from './routes/history.ts'
import { getLimits, setLimits } from './routes/limits.ts'
import { listOrders } from './routes/list.ts'
import { listStuckOrders } from './routes/list-stuck.ts'
import { placeOrder } from './routes/place.ts'
import { getPrice } from './routes/prices.ts'
import { getOrder } from './routes/expand.ts'
import { updateOrder } from './routes/update.ts'
import { orderListsIn } from './store/order-lists.ts'

/** The routes of orders. */
export const handlers = (deps: PlacingDeps & LineDeps & ShowDeps): Handlers<typeof routes> => ({
  placeOrder: placeOrder(deps),
  listOrders: listOrders(deps),
  listStuckOrders: listStuckOrders(deps),
  getOrder: getOrder(deps),
  getGuestOrder: getGuestOrder(deps),
  eraseGuestOrder: eraseGuestOrder(deps),
  mailGuestLink: mailGuestLink(deps),
  getOrderHistory: getOrderHistory(deps),
  updateOrder: updateOrder(deps),
  cancelOrder: cancelOrder(deps),
  cancelOrderLine: cancelOrderLine(deps),
  approveOrder: approveOrder(deps),
  getLimits: getLimits(deps),
  setLimits: setLimits(deps),
  getPrice: getPrice(deps),
})

export const handler = http(routes, liveIdentity, () =>
  handlers({
    ...liveItems(),
    shipments: liveShipments(),
    parts: liveOrderParts(),
    readReservation: liveReservations(),
    holdSeconds: requiredCount(env.holdSeconds),
    waitSeconds: requiredCount(env.waitSeconds),
    keepInvoiceMs: requiredCount(env.keepInvoiceDays) * 86_400_000,
    limits: { openHolds: requiredLimit(env.openHolds), unitsPerSku: requiredLimit(env.unitsPerSku) },
    customersChooseManual: required(env.customersChooseManual) === 'true',
    lists: orderListsIn(required(env.orderLists)),
    guests: {
      mailer: liveMailer(),
      apiUrl: required(env.apiUrl),
      newToken: () => randomBytes(32).toString('base64url'),
    },
  }),
)
