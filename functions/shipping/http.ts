import { routes } from '../../schemas/shipping.ts'
import { http } from '../runtime/http.ts'
import { liveIdentity, liveItems, liveOrders } from '../runtime/aws-wiring.ts'
import { shipments } from './routes/shipments.ts'

/** The routes of shipping. */
export const handlers = shipments

export const handler = http(routes, liveIdentity, () => handlers({ ...liveItems(), askOrders: liveOrders() }))
