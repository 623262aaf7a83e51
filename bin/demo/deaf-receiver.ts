import type { Narrator } from './narrator.ts'
import { Receiver } from '../replay/receiver.ts'
import { type DemoStack, customersOf, onSale, orderOf } from './shop.ts'

const sku = 'DEMO-WALL-CLOCK'
const types = ['order.placed', 'order.reserved', 'order.confirmed']

/** A receiver of webhooks is away for two hours in which orders are placed, and misses nothing. */
export async function deafReceiver(stack: DemoStack, narrator: Narrator): Promise<void> {
  const { api, control } = stack
  narrator.title('A receiver that is away for two hours')
  await onSale(stack, { sku, name: 'Clock', price: 3_300 }, 10)
  const [customerId] = await customersOf(stack, 'customer-of-clocks')
  const receiver = new Receiver()
  const body = { url: await receiver.listen(), events: ['order.*'] }
  narrator.asked('POST /webhooks', body)
  const { id } = await api.createWebhook({ body })
  receiver.status = 503
  const ids: string[] = []
  for (const index of [0, 1, 2]) {
    const order = await api.placeOrder({ body: orderOf(sku, 1, customerId), idempotencyKey: `demo-clock-${index}` })
    ids.push(order.id)
    await control.advance('1m')
    await api.approveOrder({ params: { id: order.id } })
    await control.advance('39m')
  }
  const missed = receiver.got.length
  narrator.answered(`three orders in two hours; the receiver has refused ${receiver.refused} requests`)
  receiver.status = 204
  await control.advance('5h')
  const wanted = ids.flatMap((orderId) => types.map((type) => `${orderId} ${type}`))
  const got = new Set(receiver.got.map((each) => `${each.id.split('/')[0]} ${each.type}`))
  const { items } = await api.listWebhookDeliveries({ params: { id }, query: { limit: 100 } })
  narrator.answered(`it is back: it has ${receiver.got.length} events; deliveries are`, tallyOf(items))
  receiver.close()
  await api.deleteWebhook({ params: { id } })
  // Its last wake-ups find nothing any more.
  await control.advance('3m')
  narrator.promise('it gets nothing while it is away', missed === 0)
  narrator.promise(
    'it has every event of these orders then',
    wanted.every((each) => got.has(each)),
  )
  narrator.promise('it is asked seldom while it is away, and not for each event', receiver.refused < 60)
}

function tallyOf(deliveries: readonly { readonly state: string }[]): Readonly<Record<string, number>> {
  const states = Map.groupBy(deliveries, ({ state }) => state)
  return Object.fromEntries([...states].map(([state, { length }]) => [state, length]))
}
