import { readFeed } from '../replay/read-feed.ts'
import type { Narrator } from './narrator.ts'
import { type DemoStack, customersOf, onSale, orderOf } from './shop.ts'

const sku = 'DEMO-MIRROR'

/** A reader of the feed keeps its cursor, is away, and catches up. */
export async function awayReader(stack: DemoStack, narrator: Narrator): Promise<void> {
  const { api, control } = stack
  narrator.title('A reader of the feed that was away')
  await onSale(stack, { sku, name: 'Mirror', price: 5_100 }, 20)
  const [customerId] = await customersOf(stack, 'customer-of-mirrors')
  await control.settle()
  const first = await readFeed(stack, undefined)
  narrator.answered(`the feed has ${first.events.length} events so far; the reader keeps its cursor, and goes`)
  const ids: string[] = []
  for (let index = 0; index < 8; index += 1) {
    const order = await api.placeOrder({ body: orderOf(sku, 1, customerId), idempotencyKey: `demo-mirror-${index}` })
    ids.push(order.id)
  }
  await control.settle()
  for (const id of ids.slice(0, 4)) await api.approveOrder({ params: { id } })
  for (const id of ids.slice(4)) await api.cancelOrder({ params: { id } })
  await control.settle()
  const { events, cursor } = await readFeed(stack, first.cursor)
  narrator.answered(`it is back, and reads ${events.length} events`)
  const [id = ''] = ids
  narrator.asked(`GET /events?orderId=${id}`)
  const story = (await api.listEvents({ query: { orderId: id, limit: 100 } })).items
  for (const { type, causationId } of story) narrator.answered(`${type}, because of ${causationId}`)
  const wanted = ids.flatMap((orderId, index) =>
    ['order.placed', 'order.reserved', index < 4 ? 'order.confirmed' : 'order.cancelled'].map(
      (type) => `${orderId} ${type}`,
    ),
  )
  const got = new Set(events.map(({ orderId, type }) => `${orderId} ${type}`))
  const before = new Set(first.events.map((event) => event.id))
  const again = await readFeed(stack, cursor)
  narrator.promise(
    'it has what has happened to each order while it was away',
    wanted.every((each) => got.has(each)),
  )
  narrator.promise(
    'it has each event once, and none that it had before',
    new Set(events.map((event) => event.id)).size === events.length && events.every((event) => !before.has(event.id)),
  )
  narrator.promise('at the end the cursor stays', again.events.length === 0 && again.cursor === cursor)
}
