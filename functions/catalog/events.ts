import { topology } from '../../schemas/topology.ts'
import { events, oneByOne } from '../runtime/events.ts'
import { liveDelivery, liveItems } from '../runtime/aws-wiring.ts'
import type { UpdateDeps } from '../runtime/update.ts'
import { deleteProduct } from './on/stock.ts'

export const consumer = (deps: UpdateDeps) =>
  oneByOne<(typeof topology.catalog.consumes)[number]>({ 'stock.item_retired': deleteProduct(deps) })

export const handler = events(topology.catalog.consumes, () => ({
  consumer: consumer(liveItems()),
  ...liveDelivery(),
}))
