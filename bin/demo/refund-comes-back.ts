import { tellWebhook } from './sandbox.ts'
import { type DemoStack, customersOf, onSale, orderOf, paymentOf, standing } from './shop.ts'
import type { Teller } from './teller.ts'

const sku = 'DEMO-BAROMETER'

/** A refund that was done comes back to the bank: it is owed again, in plain sight, until an operator pays it in another way. */
export async function refundComesBack(stack: DemoStack, teller: Teller): Promise<void> {
  const { api } = stack
  teller.title('A refund that comes back')
  await onSale(stack, { sku, name: 'Barometer', price: 4_500 }, 1)
  const [customerId] = await customersOf(stack, 'customer-of-a-closed-account')
  const body = orderOf(sku, 1, customerId, { method: 'card', token: 'tok_accepted' })
  teller.asked('POST /orders', body)
  const { id } = await api.placeOrder({ body, idempotencyKey: 'demo-barometer' })
  await standing(stack, [id])
  teller.asked(`POST /orders/${id}/cancel`)
  await api.cancelOrder({ params: { id } })
  await standing(stack, [id])
  const given = await paymentOf(stack, id)
  const refundId = given?.refunds[0]?.id ?? ''
  teller.answered({ status: given?.status, refunded: given?.refunded })
  const data = { orderId: id, paymentId: given?.id, attempt: 1, refundId, reason: 'the account is closed' }
  teller.asked('POST /payments/webhooks/sandbox, signed', { type: 'refund_failed', data })
  await tellWebhook(stack, { type: 'refund_failed', data })
  const [owed] = await standing(stack, [id])
  const failed = await paymentOf(stack, id)
  teller.answered({ status: failed?.status, refunded: failed?.refunded, onHold: failed?.onHold })
  teller.asked('GET /payments?onHold=true')
  const waiting = await api.listPaymentsOnHold({ query: { onHold: 'true' } })
  teller.answered({ items: waiting.items.map(({ orderId, onHold }) => ({ orderId, onHold })) })
  const closing = { reference: 'BACS 4711', reason: 'paid into her new account' }
  teller.asked(`POST /refunds/${refundId}/close`, closing)
  const closed = await api.closeRefund({ params: { id: refundId }, body: closing, idempotencyKey: 'demo-clock-refund' })
  const [ended] = await standing(stack, [id])
  teller.answered({ status: closed.status, refunded: closed.refunded, refunds: closed.refunds })
  teller.promise('the refund was given', given?.status === 'refunded' && given.refunded.amount === 4_500)
  teller.promise(
    'when it came back, it was shown as given no longer, to the order as well',
    failed?.status === 'refund_due' && failed.refunded.amount === 0 && owed?.facts.payment === 'refund_due',
  )
  teller.promise(
    'an operator found it',
    waiting.items.some(({ orderId }) => orderId === id),
  )
  teller.promise(
    'and paid it in another way, which is on record',
    closed.refunds[0]?.closed?.reference === 'BACS 4711' && ended?.facts.payment === 'refunded',
  )
}
