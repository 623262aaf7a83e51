import type * as catalog from '../../schemas/catalog.ts'
import type { DataOf } from '../../schemas/contract.ts'
import type { topology } from '../../schemas/topology.ts'
import { timeOf } from '../runtime/clock.ts'
import { type Consumer, oneByOne } from '../runtime/events.ts'
import { learnUser } from '../runtime/known-users.ts'
import { followPayment } from './follow-payment.ts'
import { followShipping, takeBack, withdraw } from './follow-shipping.ts'
import { endHold, followStock } from './follow-stock.ts'
import type { HoldParts } from './parts.ts'
import type { Price } from './price-list.ts'
import { learnPrice } from './price-list.store.ts'

type Consumed = (typeof topology.orders.consumes)[number] | (typeof topology.orders.timers)[number]
type Product = DataOf<typeof catalog.events.productCreated | typeof catalog.events.productUpdated>

/** What orders do with each event of their queue. */
export function consume(parts: HoldParts): Consumer {
  const because = (cause: string) => ({ cause, at: timeOf(parts.clock.now()) })
  const learn = (price: Price, cause: string) => learnPrice(parts.store, price, because(cause))
  return oneByOne<Consumed>({
    'stock.reserved': (event) =>
      followStock(parts, event, { name: 'stock.reserved', expiresAt: Date.parse(event.data.expiresAt) }),
    'stock.refused': (event) =>
      followStock(parts, event, { name: 'stock.refused', shortages: event.data.shortages, refusal: event.data.reason }),
    'stock.committed': (event) => followStock(parts, event, { name: 'stock.committed' }),
    'stock.released': (event) => followStock(parts, event, { name: 'stock.released' }),
    'payment.requested': (event) => followPayment(parts, event),
    'payment.authorized': (event) => followPayment(parts, event),
    'payment.completed': (event) => followPayment(parts, event),
    'payment.declined': (event) => followPayment(parts, event),
    'payment.failed': (event) => followPayment(parts, event),
    'payment.voided': (event) => followPayment(parts, event),
    'payment.refunded': (event) => followPayment(parts, event),
    'payment.refund_failed': (event) => followPayment(parts, event),
    'shipment.created': (event) => followShipping(parts, event),
    'shipment.dispatched': (event) => followShipping(parts, event),
    'shipment.delivered': (event) => followShipping(parts, event),
    'shipment.returned': (event) => takeBack(parts, event),
    'shipment.withdrawn': (event) => withdraw(parts, event),
    'timer.hold_ended': (event) => endHold(parts, event),
    'product.created': ({ id, data }) => learn(offered(data), id),
    'product.updated': ({ id, data }) => learn(offered(data), id),
    'product.deleted': ({ id, data: { sku, version } }) => learn({ sku, productVersion: version }, id),
    'user.registered': ({ id, data }) => learnUser(parts.store, data, because(id)),
    'user.updated': ({ id, data }) => learnUser(parts.store, data, because(id)),
  })
}

const offered = ({ sku, version, name, price, active }: Product): Price => ({
  sku,
  productVersion: version,
  offer: { name, price, active },
})
