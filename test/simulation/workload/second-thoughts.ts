import type { Order } from '../../../schemas/order.ts'
import type { LineCancellation } from '../../../schemas/shipping.ts'
import { type Workload, operator } from './workload.ts'

/** Somebody does not want a line after all, or not all of it; perhaps while its parcel is being taken away. */
export async function cancelLine(
  workload: Workload,
  by: string,
  { orderId, sku }: { readonly orderId: string; readonly sku: string },
  meanwhile?: Promise<unknown>,
): Promise<void> {
  const { chance } = workload.world
  const as = by === operator.sub ? operator : { sub: by }
  const quantity = chance.pick([undefined, 1, 1, 2])
  const body = {
    ...(quantity !== undefined && { quantity }),
    ...(chance.maybe(0.2) && { reason: 'x'.repeat(chance.pick([10, 500])) }),
  }
  const asked = {
    as,
    route: 'POST /orders/{id}/lines/{sku}/cancel',
    params: { id: orderId, sku },
    body,
    key: workload.newKey(),
  }
  // The last release knows of no units that only shipping has cancelled.
  const { cancelChance, releases } = workload.world
  if (cancelChance.maybe(0.2) && !releases.areMixed)
    return takeOut(workload, { ...asked, body: { sku, quantity } }, meanwhile)
  const [reply] = await Promise.all([workload.askOnceOrTwice('orders', asked), meanwhile])
  if (reply?.status !== 200) return
  const { cancelledLines = [] } = reply.body as unknown as Order
  const units = cancelledLines.find((line) => line.sku === sku)?.quantity ?? 0
  workload.acknowledged.push({ what: 'line cancelled', orderId, sku, units })
  await workload.misuseKey('orders', asked, { ...body, quantity: 3 })
}

/** The same, asked of shipping itself. */
async function takeOut(
  workload: Workload,
  { as, params: { id: orderId, sku }, body, key }: LineAsked,
  meanwhile: Promise<unknown> | undefined,
): Promise<void> {
  const asked = { as, route: 'POST /orders/{id}/shipments/cancellations', params: { id: orderId }, body, key }
  const [reply] = await Promise.all([workload.askOnceOrTwice('shipping', asked), meanwhile])
  if (reply?.status !== 200) return
  const { items } = reply.body as unknown as LineCancellation
  const units = items.reduce((sum, { quantity }) => sum + quantity, 0)
  workload.acknowledged.push({ what: 'line cancelled', orderId, sku, units })
}

interface LineAsked {
  readonly as: Record<string, string>
  readonly params: { readonly id: string; readonly sku: string }
  readonly body: object
  readonly key: string
}

/** Somebody cancels an order where shipping is asked; perhaps while its parcels are being taken away. */
export async function stop(
  workload: Workload,
  as: Record<string, string>,
  orderId: string,
  meanwhile: Promise<unknown> | undefined,
): Promise<void> {
  const asked = { as, route: 'DELETE /orders/{id}/shipments', params: { id: orderId } }
  const [reply] = await Promise.all([workload.askOnceOrTwice('shipping', asked), meanwhile])
  if (reply?.status === 204) workload.acknowledged.push({ what: 'stopped', orderId })
}

/** Somebody wants an order sent elsewhere, or two of a household do; perhaps while its parcels are being taken away. */
export async function moveHouse(
  workload: Workload,
  by: string,
  orderId: string,
  meanwhile: () => Promise<unknown>,
): Promise<void> {
  const { side } = workload.world
  const as = by === operator.sub ? operator : { sub: by }
  for (let times = side.pick([1, 1, 2, 3]); times > 0; times -= 1) {
    await workload.world.sleep(side.below(side.pick([100, 5_000, 90_000])))
    const moving = Array.from({ length: side.pick([1, 1, 2]) }, () => {
      const body = { shippingAddress: { ...house, line1: `${side.between(1, 3)} New Street` } }
      return workload.ask('orders', { as, route: 'PATCH /orders/{id}', params: { id: orderId }, body })
    })
    await Promise.all([...moving, ...(side.maybe(0.3) ? [meanwhile()] : [])])
  }
}

const house = { name: 'A. Customer', city: 'York', country: 'GB' }
