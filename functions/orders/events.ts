import { topology } from '../../schemas/topology.ts'
import { systemClock } from '../runtime/clock.ts'
import { events } from '../runtime/events.ts'
import { liveDeadLetters, liveMaxReceiveCount, liveStore, liveTimers } from '../runtime/live.ts'
import { consume } from './on/consume.ts'

/** The queue of orders: what inventory answers, what the catalogue says of products, and the timers of holds. */
export const handler = events([...topology.orders.consumes, ...topology.orders.timers], () => ({
  consumer: consume({ store: liveStore(), timers: liveTimers(), clock: systemClock }),
  deadLetters: liveDeadLetters(),
  maxReceiveCount: liveMaxReceiveCount(),
}))
