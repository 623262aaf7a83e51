import type { DataOf, Envelope } from '../../schemas/contract.ts'
import type { Fulfilment, ReturnedLine, events } from '../../schemas/shipping.ts'
import { changeOrder } from './change-order.ts'
import type { Contents } from './order.ts'
import { complete, findOrder } from './order.store.ts'
import type { OrderParts } from './parts.ts'

type Told = Envelope<{ readonly orderId: string; readonly fulfilment: Fulfilment }>

/** Lets the order know how far its parcels are. Throws when there is no such order. */
export async function followShipping(
  { store, clock }: OrderParts,
  { id: cause, data: { orderId, fulfilment } }: Told,
): Promise<void> {
  const origin = { at: clock.now(), cause, by: 'shipping' }
  await changeOrder(store, orderId, () => ({ name: 'shipped', fulfilment }), origin)
}

/** Lets the order know what came back, and what the customer had paid for it. Throws when there is no such order. */
export async function takeBack(
  { store, clock }: OrderParts,
  { id: cause, data }: Envelope<DataOf<typeof events.shipmentReturned>>,
): Promise<void> {
  const { orderId, fulfilment, returnId } = data
  const stored = await findOrder(store, orderId, { consistent: true })
  if (!stored) throw new Error(`There is no order ${orderId} (yet).`)
  const value = valueOf(data.lines, (await complete(store, stored)).contents)
  const origin = { at: clock.now(), cause, by: 'shipping' }
  await changeOrder(store, orderId, () => ({ name: 'returned', fulfilment, returnId, value }), origin)
}

/** In minor units, at the prices of the order. */
function valueOf(returned: readonly ReturnedLine[], { lines }: Contents): number {
  const prices = new Map(lines.map(({ sku, price }) => [sku, price]))
  return returned.reduce((sum, [sku, , quantity]) => sum + (prices.get(sku) ?? 0) * quantity, 0)
}
