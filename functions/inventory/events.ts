import { topology } from '../../schemas/topology.ts'
import { systemClock } from '../runtime/clock.ts'
import { events } from '../runtime/events.ts'
import { liveDeadLetters, liveMaxReceiveCount, liveStore } from '../runtime/live.ts'
import { consume } from './on/consume.ts'

/** The queue of inventory: what orders want, what becomes of their parcels, and what the catalogue says of products. */
export const handler = events(topology.inventory.consumes, () => ({
  consumer: consume({ store: liveStore(), clock: systemClock, random: Math.random }),
  deadLetters: liveDeadLetters(),
  maxReceiveCount: liveMaxReceiveCount(),
}))
