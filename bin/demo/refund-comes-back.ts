import { sendWebhook } from './sandbox.ts'
import { type DemoStack, customersOf, onSale, orderOf, paymentOf, standing } from './shop.ts'
import type { Narrator } from './narrator.ts'

const sku = 'DEMO-BAROMETER'

/** A refund that was done comes back to the bank: it is due again, and shown as such, until an operator pays it in another way. */
export async function refundComesBack(stack: DemoStack, narrator: Narrator): Promise<void> {
  const { api } = stack
  narrator.title('A refund that comes back')
  await onSale(stack, { sku, name: 'Barometer', price: 4_500 }, 1)
  const [customerId] = await customersOf(stack, 'customer-of-a-closed-account')
  const body = orderOf(sku, 1, customerId, { method: 'card', token: 'tok_accepted' })
  narrator.asked('POST /orders', body)
  const { id } = await api.placeOrder({ body, idempotencyKey: 'demo-barometer' })
  await standing(stack, [id])
  narrator.asked(`POST /orders/${id}/cancel`)
  await api.cancelOrder({ params: { id } })
  await standing(stack, [id])
  const given = await paymentOf(stack, id)
  const refundId = given?.refunds[0]?.id ?? ''
  narrator.answered({ status: given?.status, refunded: given?.refunded })
  const data = { orderId: id, paymentId: given?.id, attempt: 1, refundId, reason: 'the account is closed' }
  narrator.asked('POST /payments/webhooks/sandbox, signed', { type: 'refund_failed', data })
  await sendWebhook(stack, { type: 'refund_failed', data })
  const [order] = await standing(stack, [id])
  const failed = await paymentOf(stack, id)
  narrator.answered({ status: failed?.status, refunded: failed?.refunded, onHold: failed?.onHold })
  narrator.asked('GET /payments?onHold=true')
  const waiting = await api.listPaymentsOnHold({ query: { onHold: 'true' } })
  narrator.answered({ items: waiting.items.map(({ orderId, onHold }) => ({ orderId, onHold })) })
  const closing = { reference: 'BACS 4711', reason: 'paid into her new account' }
  narrator.asked(`POST /refunds/${refundId}/close`, closing)
  const closed = await api.closeRefund({ params: { id: refundId }, body: closing, idempotencyKey: 'demo-clock-refund' })
  const [ended] = await standing(stack, [id])
  narrator.answered({ status: closed.status, refunded: closed.refunded, refunds: closed.refunds })
  narrator.promise('the refund was given', given?.status === 'refunded' && given.refunded.amount === 4_500)
  narrator.promise(
    'when it came back, it was shown as given no longer, to the order as well',
    failed?.status === 'refund_due' && failed.refunded.amount === 0 && order?.facts.payment === 'refund_due',
  )
  narrator.promise(
    'an operator found it',
    waiting.items.some(({ orderId }) => orderId === id),
  )
  narrator.promise(
    'and paid it in another way, which is on record',
    closed.refunds[0]?.closed?.reference === 'BACS 4711' && ended?.facts.payment === 'refunded',
  )
}
