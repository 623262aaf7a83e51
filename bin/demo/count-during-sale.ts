import { firstWarehouse } from '../replay/open-stock.ts'
import type { Narrator } from './narrator.ts'
import { type DemoStack, customersOf, onSale, orderOf, standing, stockOf } from './shop.ts'

const sku = 'DEMO-CANDLE'

/** A shelf is counted while customers buy from it: what they buy between the counting and the posting stays sold. */
export async function countDuringSale(stack: DemoStack, narrator: Narrator): Promise<void> {
  const { api } = stack
  narrator.title('A count during a sale')
  await onSale(stack, { sku, name: 'Candle', price: 350 }, 30)
  const [customerId] = await customersOf(stack, 'customer-of-candles')
  const warehouseId = await firstWarehouse(stack)
  const sheet = { warehouseId, skus: [sku], reference: 'aisle 7' }
  narrator.asked('POST /counts', sheet)
  const { id } = await api.createCount({ body: sheet, idempotencyKey: 'demo-candle-count' })
  narrator.asked(`PUT /counts/${id}/lines/${sku}`, { counted: 27 })
  const line = await api.countLine({ params: { id, sku }, body: { counted: 27 } })
  narrator.answered(line)

  const body = orderOf(sku, 5, customerId)
  narrator.asked('POST /orders', body)
  const sold = await api.placeOrder({ body, idempotencyKey: 'demo-candle-sold' })
  await standing(stack, [sold.id])
  await api.approveOrder({ params: { id: sold.id } })
  await standing(stack, [sold.id])
  const { items: parcels } = await api.listShipments({ params: { id: sold.id } })
  for (const { id: parcel } of parcels)
    await api.dispatchShipment({ params: { id: parcel }, body: { carrier: 'Royal Mail' } })
  const [gone] = await standing(stack, [sold.id])
  narrator.answered({ status: gone?.status }, 'stock', await stockOf(stack, sku))

  narrator.asked(`POST /counts/${id}/post`)
  const posted = await api.postCount({ params: { id }, idempotencyKey: 'demo-candle-post' })
  const again = await api.postCount({ params: { id }, idempotencyKey: 'demo-candle-post-again' })
  const stock = await stockOf(stack, sku)
  narrator.answered({ status: posted.status, changed: posted.changed, refused: posted.refused })
  narrator.answered('stock', stock)
  narrator.promise('three candles were missing when they were counted', line.difference === -3)
  narrator.promise(
    'five were sold since: 22 are left of 30, and 22 are for sale',
    gone?.status === 'shipped' && stock.onHand === 22 && stock.available === 22,
  )
  narrator.promise('posted twice, it counts once', posted.changed === 1 && again.changed === 1)
}
