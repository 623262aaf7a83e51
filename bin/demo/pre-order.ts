import { firstWarehouse } from '../replay/open-stock.ts'
import type { Narrator } from './narrator.ts'
import { type DemoStack, customersOf, onSale, orderOf, standing, stockOf } from './shop.ts'

const sku = 'DEMO-GLOBE'
const wanted = [4, 3, 5]

/** Three customers order what has not come yet; the delivery comes short, and they are served in the order of their orders. */
export async function preOrder(stack: DemoStack, narrator: Narrator): Promise<void> {
  const { api, control } = stack
  narrator.title('Pre-orders, and a delivery that comes short')
  await onSale(stack, { sku, name: 'Globe', price: 8_900 }, 1)
  await api.updateProduct({ params: { sku }, body: { backorder: { allowed: true, cap: 50 } } })
  const customers = await customersOf(stack, 'customer-of-globes-1', 'customer-of-globes-2', 'customer-of-globes-3')
  await control.settle()
  const warehouseId = await firstWarehouse(stack)
  const expect = async (quantity: number, days: number) => {
    const expectedAt = new Date((await control.now()) + days * 86_400_000).toISOString()
    const body = { warehouseId, quantity, expectedAt, reference: `PO-${quantity}` }
    narrator.asked(`POST /inventory/${sku}/inbound`, body)
    return api.createInbound({ params: { sku }, body, idempotencyKey: `demo-globe-${quantity}` })
  }
  const first = await expect(11, 7)
  const ids: string[] = []
  for (const [index, quantity] of wanted.entries()) {
    const body = { ...orderOf(sku, quantity, customers[index] ?? customers[0]), backorder: true as const }
    narrator.asked('POST /orders', body)
    ids.push((await api.placeOrder({ body, idempotencyKey: `demo-globe-order-${index}` })).id)
    await control.settle()
  }
  const statuses = async () => {
    const orders = await standing(stack, ids)
    const all = ids.map((id) => orders.find((order) => order.id === id))
    narrator.answered('orders', ...all.map((order) => order?.status ?? ''), 'stock', await stockOf(stack, sku))
    return all.map((order) => order?.status).join()
  }
  const before = await statuses()

  const short = { quantity: 7, final: true, reason: 'four are broken' } as const
  narrator.asked(`POST /inbound/${first.id}/receipts`, short)
  await api.receiveInbound({ params: { id: first.id }, body: short, idempotencyKey: 'demo-globe-short' })
  const afterShort = await statuses()
  const { available } = await api.getStock({ params: { sku } })

  const second = await expect(4, 14)
  narrator.asked(`POST /inbound/${second.id}/receipts`, { quantity: 4 })
  await api.receiveInbound({ params: { id: second.id }, body: { quantity: 4 }, idempotencyKey: 'demo-globe-rest' })
  const afterRest = await statuses()
  narrator.promise(
    'all three wait: one globe is not enough for any of them',
    before === 'backordered,backordered,backordered',
  )
  narrator.promise('eight globes fill the first two orders', afterShort === 'reserved,reserved,backordered')
  narrator.promise('the one that is left is due to the third order, and not for sale', available === 0)
  narrator.promise('the rest fills the third one', afterRest === 'reserved,reserved,reserved')
}
