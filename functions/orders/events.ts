import { topology } from '../../schemas/topology.ts'
import { type Consumer, events, oneByOne } from '../runtime/events.ts'
import { liveDelivery, liveItems, liveTimers } from '../runtime/aws-wiring.ts'
import type { HoldDeps } from './deps.ts'
import { onHoldEnded } from './on/hold-ended.ts'
import { onPayment } from './on/payment.ts'
import { onProduct } from './on/product.ts'
import { onShipment } from './on/shipment.ts'
import { onStock } from './on/stock.ts'
import { onUser } from '../runtime/known-users.ts'
import { readingAhead } from '../runtime/read-ahead.ts'
import { orderItem } from './store/order-item.ts'

const consumed = [...topology.orders.consumes, ...topology.orders.timers] as const

/** What orders do with each event of their queue. */
export const consumer = (deps: HoldDeps): Consumer =>
  readingAhead(deps, orderItem.key, (deps) =>
    oneByOne<(typeof consumed)[number]>({
      ...onStock(deps),
      ...onPayment(deps),
      ...onShipment(deps),
      ...onHoldEnded(deps),
      ...onProduct(deps),
      ...onUser(deps),
    }),
  )

export const handler = events(consumed, () => ({
  consumer: consumer({ ...liveItems(), timers: liveTimers() }),
  ...liveDelivery(),
}))
