import { sendWebhook } from './sandbox.ts'
import { type DemoStack, customersOf, onSale, orderOf, paymentOf, standing, stockOf } from './shop.ts'
import type { Narrator } from './narrator.ts'

const sku = 'DEMO-VASE'

/** A payment that succeeds after its order has expired goes back, once, and opens nothing again. */
export async function lateMoney(stack: DemoStack, narrator: Narrator): Promise<void> {
  const { api, control } = stack
  narrator.title('Money that comes too late')
  await onSale(stack, { sku, name: 'Vase', price: 2_950 }, 3)
  const [customerId] = await customersOf(stack, 'customer-of-a-slow-bank')
  const body = {
    ...orderOf(sku, 1, customerId, { method: 'card', token: 'tok_late' }),
    holdSeconds: 3_600,
  }
  narrator.asked('POST /orders', body)
  const { id } = await api.placeOrder({ body, idempotencyKey: 'demo-vase' })
  const [asked] = await standing(stack, [id])
  narrator.answered({ status: asked?.status, facts: asked?.facts })
  narrator.asked('POST /_local/clock', { advance: '61m' })
  await control.advance('61m')
  const [graced] = await standing(stack, [id])
  narrator.answered({ status: graced?.status }, 'while the bank may still answer: five minutes')
  narrator.asked('POST /_local/clock', { advance: '6m' })
  await control.advance('6m')
  const [expired] = await standing(stack, [id])
  const stock = await stockOf(stack, sku)
  narrator.answered({ status: expired?.status, reason: expired?.reason })
  narrator.answered('stock', stock)
  const payment = await paymentOf(stack, id)
  const data = { orderId: id, paymentId: payment?.id, attempt: 1, amount: payment?.amount }
  narrator.asked('POST /payments/webhooks/sandbox, signed, twice, as banks do', { type: 'captured', data })
  for (const _ of ['once', 'again']) await sendWebhook(stack, { type: 'captured', data })
  const [ended] = await standing(stack, [id])
  const settled = await paymentOf(stack, id)
  const { captured, refunded, refunds = [] } = settled ?? {}
  narrator.answered({ status: ended?.status, facts: ended?.facts })
  narrator.answered({ status: settled?.status, captured, refunded, refunds })
  narrator.promise('the bank had its five minutes more', graced?.status === 'reserved')
  narrator.promise(
    'then the order expired, and its unit was for sale again',
    expired?.status === 'expired' && stock.available === 3 && stock.reserved === 0,
  )
  narrator.promise(
    'the money that came after that opened nothing again',
    ended?.status === 'expired' && (await stockOf(stack, sku)).available === 3,
  )
  narrator.promise(
    'it went back: exactly one refund, of all of it',
    settled?.status === 'refunded' && refunds.length === 1 && captured?.amount === 2_950 && refunded?.amount === 2_950,
  )
}
