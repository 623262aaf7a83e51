import { publicEvents } from '../../schemas/topology.ts'
import { liveDelivery, liveItems } from '../runtime/aws-wiring.ts'
import { feedDays } from '../runtime/env.ts'
import { events } from '../runtime/events.ts'
import { feedConsumer } from './on/feed.ts'
import { FeedMemory } from './store/feed-memory.ts'

/** Takes every public event into the feed. */
export const handler = events(publicEvents, () => ({
  consumer: feedConsumer({ ...liveItems(), feedDays: feedDays() }, new FeedMemory()),
  ...liveDelivery(),
}))
