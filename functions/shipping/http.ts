import { routes } from '../../schemas/shipping.ts'
import { systemClock } from '../runtime/clock.ts'
import { http } from '../runtime/http.ts'
import { liveOrders, liveStore } from '../runtime/aws-wiring.ts'
import { shipments } from './routes/shipments.ts'

/** The routes of shipping. */
export const handlers = shipments

export const handler = http(routes, () =>
  handlers({ store: liveStore(), clock: systemClock, random: Math.random, askOrders: liveOrders() }),
)
