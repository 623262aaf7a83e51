import type { DataOf, Envelope } from '../../../schemas/contract.ts'
import type { HeldLine } from '../../../schemas/inventory.ts'
import type { Fulfilment, ReturnedLine, events } from '../../../schemas/shipping.ts'
import type { Store } from '../../runtime/store.ts'
import { changeOrder } from '../store/change-order.ts'
import { complete, findOrder } from '../store/order-item.ts'
import type { OrderDeps } from '../deps.ts'

type Told = Envelope<{ readonly orderId: string; readonly fulfilment: Fulfilment }>

/** Lets the order know how far its parcels are. Throws when there is no such order. */
export async function followShipping(
  { store, clock }: OrderDeps,
  { id: cause, data: { orderId, fulfilment } }: Told,
): Promise<void> {
  const origin = { at: clock.now(), cause, by: 'shipping' }
  await changeOrder(store, orderId, () => ({ name: 'shipped', fulfilment }), origin)
}

/** Lets the order know what came back, and what the customer had paid for it. Throws when there is no such order. */
export async function takeBack(
  { store, clock }: OrderDeps,
  { id: cause, data }: Envelope<DataOf<typeof events.shipmentReturned>>,
): Promise<void> {
  const { orderId, fulfilment, returnId } = data
  const value = await paidFor(store, orderId, data.lines)
  const origin = { at: clock.now(), cause, by: 'shipping' }
  await changeOrder(store, orderId, () => ({ name: 'returned', fulfilment, returnId, value }), origin)
}

/** Records what will not be sent, and what the customer had paid for it. Throws when there is no such order. */
export async function withdraw(
  { store, clock }: OrderDeps,
  { id: cause, data }: Envelope<DataOf<typeof events.shipmentWithdrawn>>,
): Promise<void> {
  const { orderId, fulfilment, shipmentId, nothingSent, reason } = data
  const value = await paidFor(store, orderId, data.lines)
  const origin = { at: clock.now(), cause, by: 'shipping' }
  const event = { name: 'withdrawn', fulfilment, shipmentId, value, nothingSent, message: reason } as const
  await changeOrder(store, orderId, () => event, origin)
}

/** What these units cost in the order, in minor units. Throws when there is no such order. */
async function paidFor(store: Store, orderId: string, units: readonly (HeldLine | ReturnedLine)[]): Promise<number> {
  const stored = await findOrder(store, orderId, { consistent: true })
  if (!stored) throw new Error(`There is no order ${orderId} (yet).`)
  const { contents } = await complete(store, stored)
  const prices = new Map(contents.lines.map(({ sku, price }) => [sku, price]))
  return units.reduce((sum, [sku, , quantity]) => sum + (prices.get(sku) ?? 0) * quantity, 0) // mutant: return-value
}
