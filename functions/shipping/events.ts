import { topology } from '../../schemas/topology.ts'
import { type Consumer, events, oneByOne } from '../runtime/events.ts'
import { liveDelivery, liveItems } from '../runtime/aws-wiring.ts'
import type { ShippingDeps } from './deps.ts'
import { close, confirm, confirmTo, forget } from './on/order.ts'
import { allocate } from './on/stock.ts'
import { readingAhead } from '../runtime/read-ahead.ts'
import { shipmentsItem } from './store/shipments-item.ts'

export const consumer = (deps: ShippingDeps): Consumer =>
  readingAhead(deps, shipmentsItem.key, (deps) =>
    oneByOne<(typeof topology.shipping.consumes)[number]>({
      'stock.committed': allocate(deps),
      'order.confirmed': confirm(deps),
      'order.address': confirmTo(deps),
      'order.cancelled': close(deps),
      'order.payment_failed': close(deps),
      'order.forgotten': forget(deps),
    }),
  )

export const handler = events(topology.shipping.consumes, () => ({
  consumer: consumer(liveItems()),
  ...liveDelivery(),
}))
