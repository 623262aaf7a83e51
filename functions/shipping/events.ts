import { topology } from '../../schemas/topology.ts'
import { events, oneByOne } from '../runtime/events.ts'
import { liveDelivery, liveItems } from '../runtime/aws-wiring.ts'
import type { ShippingDeps } from './deps.ts'
import { close, confirm } from './on/order.ts'
import { allocate } from './on/stock.ts'

export const consumer = (deps: ShippingDeps) =>
  oneByOne<(typeof topology.shipping.consumes)[number]>({
    'stock.committed': allocate(deps),
    'order.confirmed': confirm(deps),
    'order.cancelled': close(deps),
    'order.payment_failed': close(deps),
  })

export const handler = events(topology.shipping.consumes, () => ({
  consumer: consumer(liveItems()),
  ...liveDelivery(),
}))
