import type { DataOf, Envelope } from '../../../schemas/contract.ts'
import { unpackLines } from '../../../schemas/packed-lines.ts'
import type * as orders from '../../../schemas/orders.ts'
import type { topology } from '../../../schemas/topology.ts'
import { timeOf } from '../../runtime/clock.ts'
import { contended } from '../../runtime/errors.ts'
import { type Consumer, oneByOne } from '../../runtime/events.ts'
import type { ShippingDeps } from '../deps.ts'
import { type ShippingEvent, change, nothingKnown } from '../core/shipping.ts'
import { type ShippingItem, changing, findShipping } from '../store/shipping-item.ts'

type Consumed = (typeof topology.shipping.consumes)[number]
type Closing = DataOf<typeof orders.events.orderCancelled | typeof orders.events.orderPaymentFailed>

/** What shipping does with each event of its queue. */
export function consume(deps: ShippingDeps): Consumer {
  return oneByOne<Consumed>({
    'stock.committed': ({ id, data }) => learn(deps, data.orderId, { name: 'allocated', lines: unpackLines(data) }, id),
    'order.confirmed': ({ id, data: { orderId, customerId, shippingAddress } }) =>
      learn(deps, orderId, { name: 'confirmed', cause: id, customerId, address: shippingAddress }, id),
    'order.cancelled': (event) => close(deps, event),
    'order.payment_failed': (event) => close(deps, event),
  })
}

/** An order that was never confirmed has nothing to be sent, and never will. */
async function close(deps: ShippingDeps, { id, data }: Envelope<Closing>): Promise<void> {
  const { orderId, customerId, previousStatus } = data
  if (previousStatus === undefined || neverConfirmed.has(previousStatus)) return // mutant: never-confirmed
  await learn(deps, orderId, { name: 'closed', cause: id, customerId }, id)
}

const neverConfirmed: ReadonlySet<orders.OrderStatus> = new Set(['placed', 'backordered', 'reserved'])

const attempts = 10

/** Keeps what an event tells of an order; whoever loses the race for its item looks again. What is of no order is left alone. */
async function learn(
  { store, clock }: ShippingDeps,
  orderId: string | undefined,
  event: ShippingEvent,
  cause: string,
): Promise<void> {
  if (orderId === undefined) return
  let before = await findShipping(store, orderId)
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const at = timeOf(clock.now())
    const changed = change(before ?? nothingKnown(orderId), event, at)
    if (changed === undefined) return
    const outcome = await store.write(changing(before, changed, { cause, at }))
    if (outcome.ok) return
    before = outcome.failed[0]?.found as ShippingItem | undefined
  }
  throw contended(`the shipments of ${orderId}`)
}
