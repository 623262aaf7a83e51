import {
  type DemoStack,
  customersOf,
  lastWarehouse,
  onSale,
  orderOf,
  paymentOf,
  receive,
  standing,
  stockOf,
} from './shop.ts'
import type { Narrator } from './narrator.ts'

const sku = 'DEMO-TEASET'

/** An order that no warehouse can fill alone comes in two parcels; one of them comes back broken. */
export async function twoParcels(stack: DemoStack, narrator: Narrator): Promise<void> {
  const { api } = stack
  narrator.title('Two parcels, and one comes back')
  await onSale(stack, { sku, name: 'Tea set', price: 1_650 }, 3)
  const warehouseId = await lastWarehouse(stack, 'demo-north')
  await receive(stack, sku, warehouseId, 3)
  const [customerId] = await customersOf(stack, 'customer-of-two-parcels')
  const deposited = { amount: { amount: 10_000, currency: 'GBP' } }
  narrator.asked(`POST /users/${customerId}/wallet/deposits`, deposited)
  await api.depositToWallet({ params: { id: customerId }, body: deposited, idempotencyKey: 'demo-teaset-deposit' })
  const body = orderOf(sku, 5, customerId, { method: 'wallet' })
  narrator.asked('POST /orders', body)
  const { id } = await api.placeOrder({ body, idempotencyKey: 'demo-teaset' })
  const [paid] = await standing(stack, [id])
  narrator.answered({ status: paid?.status, total: paid?.total })
  const { items: parcels } = await api.listShipments({ params: { id } })
  for (const { id: parcel, warehouseId: from, lines } of parcels) narrator.answered(parcel, 'from', from, lines)

  const statuses: unknown[] = []
  for (const step of ['dispatch', 'deliver'] as const) {
    for (const { id: parcel } of parcels) {
      narrator.asked(`POST /shipments/${parcel}/${step}`)
      const params = { id: parcel }
      if (step === 'deliver') await api.deliverShipment({ params })
      else await api.dispatchShipment({ params, body: { carrier: 'Royal Mail', trackingNumber: parcel.slice(-20) } })
      const [order] = await standing(stack, [id])
      statuses.push(order?.status)
      narrator.answered({ status: order?.status })
    }
  }
  narrator.answered('stock', await stockOf(stack, sku))

  const broken = parcels.find((parcel) => parcel.warehouseId === warehouseId)
  const back = { lines: [{ sku, quantity: 2, condition: 'damaged' as const }] }
  narrator.asked(`POST /shipments/${broken?.id}/return`, back)
  if (broken) await api.returnShipment({ params: { id: broken.id }, body: back })
  const [ended] = await standing(stack, [id])
  const stock = await stockOf(stack, sku)
  const payment = await paymentOf(stack, id)
  const { captured, refunded, refunds = [] } = payment ?? {}
  narrator.answered({ status: ended?.status, payment: payment?.status, captured, refunded, refunds })
  narrator.answered('stock', stock)
  narrator.promise(
    'two parcels carry the 5 units, 3 from one warehouse and 2 from the other',
    parcels.map(({ lines }) => lines[0]?.quantity).join() === '3,2' &&
      new Set(parcels.map((parcel) => parcel.warehouseId)).size === 2,
  )
  narrator.promise(
    'the order is as far as its parcels, and complete with the last one',
    statuses.join() === 'partially_shipped,shipped,shipped,completed',
  )
  narrator.promise(
    'what came back broken is on hand, and not for sale',
    stock.onHand === 3 && stock.available === 1 && stock.unavailable === 2 && stock.allocated === 0,
  )
  narrator.promise(
    'the price of 2 units went back, once, and the other 3 stay paid',
    ended?.status === 'completed' &&
      captured?.amount === 8_250 &&
      refunded?.amount === 3_300 &&
      refunds.map(({ cause }) => cause).join() === 'return',
  )
}
