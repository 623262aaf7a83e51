import { routes } from '../../schemas/shipping.ts'
import { http } from '../runtime/http.ts'
import { liveOrders, liveItems } from '../runtime/aws-wiring.ts'
import { shipments } from './routes/shipments.ts'

/** The routes of shipping. */
export const handlers = shipments

export const handler = http(routes, () => handlers({ ...liveItems(), askOrders: liveOrders() }))
