import { topology } from '../../schemas/topology.ts'
import { type Consumer, events, oneByOne } from '../runtime/events.ts'
import { liveDelivery, liveItems } from '../runtime/aws-wiring.ts'
import type { InventoryDeps } from './deps.ts'
import { close, commit, hold } from './on/order.ts'
import { keepProduct } from './on/product.ts'
import { inOneBatch, productsFirst } from './on/requests.ts'
import { releaseRest, ship, takeBack, withdraw } from './on/shipment.ts'

type Consumed = (typeof topology.inventory.consumes)[number]
type OfProduct = Extract<Consumed, { readonly name: `product.${string}` }>

/** Products one by one, then what orders and parcels request, in one batch. */
export const consumer = (deps: InventoryDeps): Consumer =>
  productsFirst(
    oneByOne<OfProduct>({
      'product.created': keepProduct(deps, 'created'),
      'product.updated': keepProduct(deps, 'updated'),
    }),
    inOneBatch<Exclude<Consumed, OfProduct>>(deps, {
      'order.placed': hold,
      'order.confirmed': commit,
      'order.cancelled': close,
      'order.expired': close,
      'order.payment_failed': close,
      'shipment.dispatched': ship,
      'shipment.returned': takeBack,
      'shipment.withdrawn': withdraw,
      'shipment.cancelled': releaseRest,
    }),
  )

export const handler = events(topology.inventory.consumes, () => ({
  consumer: consumer(liveItems()),
  ...liveDelivery(),
}))
