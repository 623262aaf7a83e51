import { publicEvents } from '../../schemas/topology.ts'
import { liveDelivery, liveItems } from '../runtime/aws-wiring.ts'
import { events } from '../runtime/events.ts'
import { liveWakeUps } from './adapters/live-webhooks.ts'
import { makeDeliveries } from './on/webhooks/make-deliveries.ts'

/** Every public event, for the endpoints that ask for it. */
export const handler = events(publicEvents, () => ({
  consumer: makeDeliveries({ ...liveItems(), wakeUps: liveWakeUps() }),
  ...liveDelivery(),
}))
