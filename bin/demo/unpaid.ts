import { type DemoStack, customersOf, onSale, orderOf, standing, stockOf } from './shop.ts'
import type { Narrator } from './narrator.ts'

const sku = 'DEMO-TEAPOT'

/** An order that nobody pays loses its hold after 24 hours. */
export async function unpaid(stack: DemoStack, narrator: Narrator): Promise<void> {
  narrator.title('An unpaid order, 24 hours later')
  await onSale(stack, { sku, name: 'Teapot', price: 1_295 }, 10)
  const [customerId] = await customersOf(stack, 'customer-who-forgets')
  const body = orderOf(sku, 3, customerId)
  narrator.asked('POST /orders', body)
  const { id } = await stack.api.placeOrder({ body, idempotencyKey: 'demo-teapot' })
  const [held] = await standing(stack, [id])
  narrator.answered({ status: held?.status, expiresAt: held?.expiresAt })
  const while24h = await stockOf(stack, sku)
  narrator.answered('stock', while24h)
  narrator.asked('POST /_local/clock', { advance: '24h' })
  await stack.control.advance('24h')
  const [ended] = await standing(stack, [id])
  const after = await stockOf(stack, sku)
  narrator.answered({ status: ended?.status, reason: ended?.reason })
  const { items } = await stack.api.getOrderHistory({ params: { id } })
  for (const { status, at, by } of items) narrator.answered(`${at} ${status} by ${by}`)
  narrator.answered('stock', after)
  narrator.promise(
    '3 of 10 were held',
    held?.status === 'reserved' && while24h.available === 7 && while24h.reserved === 3,
  )
  narrator.promise(
    'the order expired, and shows why',
    ended?.status === 'expired' && ended.reason?.code === 'hold_expired',
  )
  narrator.promise('all 10 are for sale again', after.available === 10 && after.reserved === 0)
}
