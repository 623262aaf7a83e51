import { topology } from '../../schemas/topology.ts'
import { systemClock } from '../runtime/clock.ts'
import { events } from '../runtime/events.ts'
import { liveDeadLetters, liveMaxReceiveCount, liveStore } from '../runtime/live.ts'
import { consume } from './consume.ts'
import { liveProvider } from './live-provider.ts'

/** The queue of payments: what orders want to be paid, confirmed, and given back. */
export const handler = events(topology.payments.consumes, () => ({
  consumer: consume({ store: liveStore(), clock: systemClock, provider: liveProvider() }),
  deadLetters: liveDeadLetters(),
  maxReceiveCount: liveMaxReceiveCount(),
}))
