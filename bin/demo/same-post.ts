import type { Order } from '../../schemas/order.ts'
import { type RawAnswer, send } from '../../schemas/client.ts'
import { type DemoStack, customersOf, onSale, orderOf, stockOf } from './shop.ts'
import type { Narrator } from './narrator.ts'

const sku = 'DEMO-LANTERN'

/** One intent, sent five times at once, as an impatient customer or a retrying network does. */
export async function samePost(stack: DemoStack, narrator: Narrator): Promise<void> {
  narrator.title('The same POST, five times')
  await onSale(stack, { sku, name: 'Lantern', price: 339 }, 10)
  const [customerId] = await customersOf(stack, 'customer-in-a-hurry')
  const body = orderOf(sku, 2, customerId)
  narrator.asked('POST /orders, five times at once, Idempotency-Key: demo-lantern', body)
  const answers = await Promise.all(Array.from({ length: 5 }, () => post(stack, body)))
  const ids = answers.map((answer) => (answer.body as Partial<Order>).id)
  const replayed = answers.map(({ headers }) => headers.get('idempotent-replayed') ?? 'false')
  for (const [index, { status }] of answers.entries()) {
    narrator.answered(`${status} ${ids[index]} Idempotent-Replayed: ${replayed[index]}`)
  }
  await stack.control.settle()
  const stock = await stockOf(stack, sku)
  narrator.answered('stock', stock)
  const other = orderOf(sku, 5, customerId)
  narrator.asked('POST /orders with the same key', other)
  const refused = await post(stack, other)
  const { code } = refused.body as { code?: string }
  narrator.answered(refused.status, code)
  narrator.promise(
    'all five got the same order',
    answers.every(({ status }) => status === 201) && new Set(ids).size === 1,
  )
  narrator.promise('four know that they are repetitions', replayed.filter((each) => each === 'true').length === 4)
  narrator.promise('2 units are held, not 10', stock.reserved === 2 && stock.available === 8)
  narrator.promise('the key is not lent to another order', refused.status === 422 && code === 'idempotency_key_reused')
}

function post({ options }: DemoStack, body: unknown): Promise<RawAnswer> {
  const headers = { 'content-type': 'application/json', 'idempotency-key': 'demo-lantern' }
  return send(options, { method: 'POST', path: '/orders', headers, body: JSON.stringify(body) })
}
