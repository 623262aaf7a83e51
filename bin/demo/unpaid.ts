import { type DemoStack, customersOf, onSale, orderOf, standing, stockOf } from './shop.ts'
import type { Teller } from './teller.ts'

const sku = 'DEMO-TEAPOT'

/** An order that nobody pays loses its hold after 24 hours. */
export async function unpaid(stack: DemoStack, teller: Teller): Promise<void> {
  teller.title('An unpaid order, 24 hours later')
  await onSale(stack, { sku, name: 'Teapot', price: 1_295 }, 10)
  const [customerId] = await customersOf(stack, 'customer-who-forgets')
  const body = orderOf(sku, 3, customerId)
  teller.asked('POST /orders', body)
  const { id } = await stack.api.placeOrder({ body, idempotencyKey: 'demo-teapot' })
  const [held] = await standing(stack, [id])
  teller.answered({ status: held?.status, expiresAt: held?.expiresAt })
  const while24h = await stockOf(stack, sku)
  teller.answered('stock', while24h)
  teller.asked('POST /_local/clock', { advance: '24h' })
  await stack.control.advance('24h')
  const [ended] = await standing(stack, [id])
  const after = await stockOf(stack, sku)
  teller.answered({ status: ended?.status, reason: ended?.reason })
  const { items } = await stack.api.getOrderHistory({ params: { id } })
  for (const { status, at, by } of items) teller.answered(`${at} ${status} by ${by}`)
  teller.answered('stock', after)
  teller.promise(
    '3 of 10 were held',
    held?.status === 'reserved' && while24h.available === 7 && while24h.reserved === 3,
  )
  teller.promise(
    'the order expired, and says why',
    ended?.status === 'expired' && ended.reason?.code === 'hold_expired',
  )
  teller.promise('all 10 are for sale again', after.available === 10 && after.reserved === 0)
}
