import type * as catalog from '../../../schemas/catalog.ts'
import type { DataOf } from '../../../schemas/contract.ts'
import type { topology } from '../../../schemas/topology.ts'
import { timeOf } from '../../runtime/clock.ts'
import { type Consumer, oneByOne } from '../../runtime/events.ts'
import { learnUser } from '../../runtime/known-users.ts'
import { followPayment } from './payment.ts'
import { followShipping, takeBack, withdraw } from './shipment.ts'
import { endHold, followStock } from './stock.ts'
import type { HoldDeps } from '../deps.ts'
import type { Price } from '../core/price-list.ts'
import { learnPrice } from '../store/price-item.ts'

type Consumed = (typeof topology.orders.consumes)[number] | (typeof topology.orders.timers)[number]
type Product = DataOf<typeof catalog.events.productCreated | typeof catalog.events.productUpdated>

/** What orders do with each event of their queue. */
export function consume(deps: HoldDeps): Consumer {
  const because = (cause: string) => ({ cause, at: timeOf(deps.clock.now()) })
  const learn = (price: Price, cause: string) => learnPrice(deps.store, price, because(cause))
  return oneByOne<Consumed>({
    'stock.reserved': (event) =>
      followStock(deps, event, { name: 'stock.reserved', expiresAt: Date.parse(event.data.expiresAt) }),
    'stock.refused': (event) =>
      followStock(deps, event, { name: 'stock.refused', shortages: event.data.shortages, refusal: event.data.reason }),
    'stock.committed': (event) => followStock(deps, event, { name: 'stock.committed' }),
    'stock.released': (event) => followStock(deps, event, { name: 'stock.released' }),
    'payment.requested': (event) => followPayment(deps, event),
    'payment.authorized': (event) => followPayment(deps, event),
    'payment.completed': (event) => followPayment(deps, event),
    'payment.declined': (event) => followPayment(deps, event),
    'payment.failed': (event) => followPayment(deps, event),
    'payment.voided': (event) => followPayment(deps, event),
    'payment.refunded': (event) => followPayment(deps, event),
    'payment.refund_failed': (event) => followPayment(deps, event),
    'shipment.created': (event) => followShipping(deps, event),
    'shipment.dispatched': (event) => followShipping(deps, event),
    'shipment.delivered': (event) => followShipping(deps, event),
    'shipment.returned': (event) => takeBack(deps, event),
    'shipment.withdrawn': (event) => withdraw(deps, event),
    'timer.hold_ended': (event) => endHold(deps, event),
    'product.created': ({ id, data }) => learn(offered(data), id),
    'product.updated': ({ id, data }) => learn(offered(data), id),
    'product.deleted': ({ id, data: { sku, version } }) => learn({ sku, productVersion: version }, id),
    'user.registered': ({ id, data }) => learnUser(deps.store, data, because(id)),
    'user.updated': ({ id, data }) => learnUser(deps.store, data, because(id)),
  })
}

const offered = ({ sku, version, name, price, active }: Product): Price => ({
  sku,
  productVersion: version,
  offer: { name, price, active },
})
