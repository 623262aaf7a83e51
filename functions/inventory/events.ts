import { topology } from '../../schemas/topology.ts'
import { type Consumer, events, oneByOne } from '../runtime/events.ts'
import { liveDelivery } from '../runtime/aws-wiring.ts'
import { liveInventory } from './adapters/stage-sourcing.ts'
import type { InventoryDeps } from './deps.ts'
import { close, commit, hold } from './on/order.ts'
import { keepProduct } from './on/product.ts'
import { fillQueue } from './on/awaited.ts'
import { estimateQueue } from './on/expected.ts'
import { inOneBatch, inTurns } from './on/requests.ts'
import {
  reduce,
  releaseRest,
  releaseUnsent,
  ship,
  shipPart,
  takeBack,
  takePartBack,
  withdraw,
  withdrawPart,
} from './on/shipment.ts'

type Consumed = (typeof topology.inventory.consumes)[number]
type OfProduct = Extract<Consumed, { readonly name: `product.${string}` }>
type OfQueue = Extract<Consumed, { readonly name: `stock.${string}` }>

/** Products one by one, then what orders and parcels request, in one batch, then the queues of orders that wait. */
export const consumer = (deps: InventoryDeps): Consumer =>
  inTurns({
    products: oneByOne<OfProduct>({
      'product.created': keepProduct(deps, 'created'),
      'product.updated': keepProduct(deps, 'updated'),
    }),
    requests: inOneBatch<Exclude<Consumed, OfProduct | OfQueue>>(deps, {
      'order.placed': hold,
      'order.confirmed': commit,
      'order.cancelled': close,
      'order.expired': close,
      'order.payment_failed': close,
      'shipment.dispatched': ship,
      'shipment.part_dispatched': shipPart,
      'shipment.returned': takeBack,
      'shipment.part_returned': takePartBack,
      'shipment.withdrawn': withdraw,
      'shipment.part_withdrawn': withdrawPart,
      'shipment.reduced': reduce,
      'shipment.cancelled': releaseRest,
      'shipment.rest_cancelled': releaseUnsent,
    }),
    queues: oneByOne<OfQueue>({ 'stock.awaited': fillQueue(deps), 'stock.expected': estimateQueue(deps) }),
  })

export const handler = events(topology.inventory.consumes, () => ({
  consumer: consumer(liveInventory()),
  ...liveDelivery(),
}))
