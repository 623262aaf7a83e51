import { type DemoStack, customersOf, onSale, orderOf, paymentOf, standing, stockOf } from './shop.ts'
import type { Narrator } from './narrator.ts'

const sku = 'DEMO-LAMP'
const tokens = ['tok_declined', 'tok_expired_card', 'tok_declined'] as const

/** Units are held while a customer tries cards, and for sale again when the last one is declined. */
export async function declinedCard(stack: DemoStack, narrator: Narrator): Promise<void> {
  const { api } = stack
  const [first, ...others] = tokens
  narrator.title('A declined card')
  await onSale(stack, { sku, name: 'Lamp', price: 1_995 }, 4)
  const [customerId] = await customersOf(stack, 'customer-without-credit')
  const body = orderOf(sku, 2, customerId, { method: 'card', token: first })
  narrator.asked('POST /orders', body)
  const { id } = await api.placeOrder({ body, idempotencyKey: 'demo-lamp' })
  const [waiting] = await standing(stack, [id])
  const meanwhile = await stockOf(stack, sku)
  narrator.answered({ status: waiting?.status }, { attempts: (await paymentOf(stack, id))?.attempts })
  narrator.answered('stock', meanwhile)
  for (const [index, token] of others.entries()) {
    const again = { method: 'card', token } as const
    narrator.asked(`POST /orders/${id}/payments`, again)
    const idempotencyKey = `demo-lamp-card-${index + 2}`
    const { status, attempts } = await api.payOrder({ params: { id }, body: again, idempotencyKey })
    narrator.answered({ status, reason: attempts.at(-1)?.reason })
  }
  const [failed] = await standing(stack, [id])
  const payment = await paymentOf(stack, id)
  const after = await stockOf(stack, sku)
  narrator.answered({ status: failed?.status, reason: failed?.reason })
  narrator.answered('stock', after)
  narrator.promise(
    'the units were held while the customer could still pay',
    waiting?.status === 'reserved' && meanwhile.reserved === 2 && meanwhile.available === 2,
  )
  narrator.promise(
    'after the third card the order failed, and shows why',
    failed?.status === 'payment_failed' && failed.reason?.payment === 'card_declined',
  )
  narrator.promise(
    'every attempt is on record, and no money moved',
    payment?.attempts.map(({ state }) => state).join() === 'declined,declined,declined' &&
      payment.captured.amount === 0,
  )
  narrator.promise('all 4 are for sale again', after.available === 4 && after.reserved === 0)
}
