import { topology } from '../../schemas/topology.ts'
import { systemClock } from '../runtime/clock.ts'
import { events, oneByOne } from '../runtime/events.ts'
import { liveDeadLetters, liveMaxReceiveCount, liveStore } from '../runtime/live.ts'
import type { CatalogParts } from './parts.ts'
import { retire } from './retire.ts'

export const consumer = (parts: Pick<CatalogParts, 'store' | 'clock'>) =>
  oneByOne<(typeof topology.catalog.consumes)[number]>({ 'stock.item_retired': retire(parts) })

export const handler = events(topology.catalog.consumes, () => ({
  consumer: consumer({ store: liveStore(), clock: systemClock }),
  deadLetters: liveDeadLetters(),
  maxReceiveCount: liveMaxReceiveCount(),
}))
