import { followedEvents } from '../../schemas/live.ts'
import { liveDelivery, liveItems, liveRights } from '../runtime/aws-wiring.ts'
import { events } from '../runtime/events.ts'
import { liveConnections } from './adapters/connections.apigateway.ts'
import { spread } from './on/followed.ts'

/** Sends the news of orders to open connections. */
export const handler = events(followedEvents, () => ({
  consumer: spread({ ...liveItems(), connections: liveConnections(), rightsOf: liveRights() }),
  ...liveDelivery(),
}))
