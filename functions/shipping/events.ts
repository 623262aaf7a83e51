import { topology } from '../../schemas/topology.ts'
import { systemClock } from '../runtime/clock.ts'
import { events } from '../runtime/events.ts'
import { liveDeadLetters, liveMaxReceiveCount, liveStore } from '../runtime/live.ts'
import { consume } from './on/consume.ts'

/** The queue of shipping: what inventory has allocated, which orders are confirmed, and which have closed since. */
export const handler = events(topology.shipping.consumes, () => ({
  consumer: consume({ store: liveStore(), clock: systemClock }),
  deadLetters: liveDeadLetters(),
  maxReceiveCount: liveMaxReceiveCount(),
}))
