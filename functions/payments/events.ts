import { topology } from '../../schemas/topology.ts'
import { systemClock } from '../runtime/clock.ts'
import { events } from '../runtime/events.ts'
import { liveDeadLetters, liveMaxReceiveCount, liveStore } from '../runtime/live.ts'
import { consume } from './on/order.ts'
import { liveProvider } from './adapters/stage-provider.ts'

/** The queue of payments: what orders want to be paid, confirmed, and given back. */
export const handler = events(topology.payments.consumes, () => ({
  consumer: consume({ store: liveStore(), clock: systemClock, provider: liveProvider() }),
  deadLetters: liveDeadLetters(),
  maxReceiveCount: liveMaxReceiveCount(),
}))
