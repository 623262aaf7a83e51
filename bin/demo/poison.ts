import { timeOf } from '../../functions/runtime/clock.ts'
import { detailTypeOf, sourceOf } from '../../schemas/contract.ts'
import { guest } from '../../schemas/guest.ts'
import { events } from '../../schemas/orders.ts'
import { type ServiceContract, topology } from '../../schemas/topology.ts'
import type { HeldMessage } from '../replay/local-control.ts'
import { type DemoStack, customersOf, onSale, orderOf, standing } from './shop.ts'
import type { Narrator } from './narrator.ts'

const sku = 'DEMO-CLOCK'
const poisonId = 'ord_demo-poison/order@1/order.placed'

/** The subscriptions that read the poison: each puts it aside. The feed and webhooks read all that is public, open connections all of orders. */
export const poisoned: readonly string[] = [
  ...Object.entries<ServiceContract>(topology)
    .filter(([, { consumes }]) => consumes.includes(events.orderPlaced))
    .map(([service]) => `${service}-Events`),
  ...['Feed', 'WebhooksEvents', 'Fanout'].map((id) => `notifications-${id}`),
]

/** An event that nobody can read is put aside with its cause, holds nobody up, and can be sent again. */
export async function poison(stack: DemoStack, narrator: Narrator): Promise<void> {
  narrator.title('A poison message')
  await onSale(stack, { sku, name: 'Clock', price: 2_595 }, 5)
  const at = timeOf(stack.clock.now())
  const data = {
    orderId: 'ord_demo-poison',
    customerId: guest,
    number: 'demo-poison',
    status: 'placed',
    facts: { stock: 'requested', payment: 'none', closing: 'none', fulfilment: 'none' },
    total: { amount: 2_595, currency: 'GBP' },
    lines: 'all of them',
    holdSeconds: 86_400,
    placedAt: at,
  }
  const event = {
    source: sourceOf(events.orderPlaced),
    detailType: detailTypeOf(events.orderPlaced),
    detail: { id: poisonId, time: at, correlationId: data.orderId, causationId: 'demo', data },
  }
  narrator.asked(`an event on the bus: ${event.detailType}`, data)
  await stack.control.putEvent(event)
  await stack.control.settle()
  const all = await deadLetters(stack)
  for (const { queue, cause } of all) narrator.answered(`dead letter in ${queue}: ${cause}`)
  const parked = ofInventory(all)
  const [customerId] = await customersOf(stack, 'next-customer')
  const body = orderOf(sku, 1, customerId)
  narrator.asked('POST /orders', body)
  const placed = await stack.api.placeOrder({ body, idempotencyKey: 'demo-clock' })
  const [next] = await standing(stack, [placed.id])
  narrator.answered({ status: next?.status })
  narrator.asked(`send the dead letters of ${parked?.queue} again`)
  if (parked) await stack.control.redrive(parked.queue)
  await stack.control.settle()
  const left = await deadLetters(stack)
  const again = ofInventory(left)
  narrator.answered(`nothing was mended, so it is back in ${again?.queue}: ${again?.cause}`)
  narrator.promise(
    'it is in the dead-letter queue of each that reads it, and its cause names the wrong field',
    all.length === poisoned.length && all.every(namesTheField),
  )
  narrator.promise('the next order was reserved all the same', next?.status === 'reserved')
  narrator.promise(
    'it was sent again, judged again, and not lost',
    left.length === poisoned.length && left.every(namesTheField),
  )
}

interface DeadLetter extends HeldMessage {
  readonly queue: string
}

const namesTheField = ({ cause }: DeadLetter): boolean => cause?.includes('data.lines') === true

const ofInventory = (letters: readonly DeadLetter[]): DeadLetter | undefined =>
  letters.find(({ queue }) => queue.includes('-inventory-'))

/** Every copy of it. */
async function deadLetters({ control }: DemoStack): Promise<readonly DeadLetter[]> {
  const queues = await control.queues()
  return queues.flatMap(({ name, messages = [] }) =>
    messages.filter(({ body }) => body.includes(poisonId)).map((message) => ({ ...message, queue: name })),
  )
}
