import { routes } from '../../schemas/shipping.ts'
import { type Handlers, http } from '../runtime/http.ts'
import { liveIdentity, liveItems, liveOrders } from '../runtime/aws-wiring.ts'
import type { ShippingRouteDeps } from './deps.ts'
import { cancelShipmentLine } from './routes/cancel-line.ts'
import { cancelShipments } from './routes/cancel.ts'
import { readdressShipments } from './routes/readdress.ts'
import { listWork } from './routes/list-work.ts'
import { shipments } from './routes/shipments.ts'

/** The routes of shipping. */
export const handlers = (deps: ShippingRouteDeps): Handlers<typeof routes> => ({
  ...shipments(deps),
  listWork: listWork(deps),
  cancelShipmentLine: cancelShipmentLine(deps),
  cancelShipments: cancelShipments(deps),
  readdressShipments: readdressShipments(deps),
})

export const handler = http(routes, liveIdentity, () => handlers({ ...liveItems(), askOrders: liveOrders() }))
