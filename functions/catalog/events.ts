import { topology } from '../../schemas/topology.ts'
import { systemClock } from '../runtime/clock.ts'
import { events, oneByOne } from '../runtime/events.ts'
import { liveDeadLetters, liveMaxReceiveCount, liveStore } from '../runtime/aws-wiring.ts'
import type { CatalogDeps } from './deps.ts'
import { deleteProduct } from './on/stock.ts'

export const consumer = (deps: Pick<CatalogDeps, 'store' | 'clock'>) =>
  oneByOne<(typeof topology.catalog.consumes)[number]>({ 'stock.item_retired': deleteProduct(deps) })

export const handler = events(topology.catalog.consumes, () => ({
  consumer: consumer({ store: liveStore(), clock: systemClock }),
  deadLetters: liveDeadLetters(),
  maxReceiveCount: liveMaxReceiveCount(),
}))
