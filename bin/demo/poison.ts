import { timeOf } from '../../functions/runtime/clock.ts'
import { detailTypeOf, sourceOf } from '../../schemas/contract.ts'
import { guest } from '../../schemas/guest.ts'
import { events } from '../../schemas/orders.ts'
import type { HeldMessage } from '../replay/local-control.ts'
import { type DemoStack, customersOf, onSale, orderOf, standing } from './shop.ts'
import type { Narrator } from './narrator.ts'

const sku = 'DEMO-CLOCK'
const poisonId = 'ord_demo-poison/order@1/order.placed'

/** An event that inventory cannot read is put aside with its cause, holds nobody up, and can be sent again. */
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
  const parked = await deadLetter(stack)
  narrator.answered(`dead letter in ${parked?.queue}: ${parked?.cause}`)
  const [customerId] = await customersOf(stack, 'next-customer')
  const body = orderOf(sku, 1, customerId)
  narrator.asked('POST /orders', body)
  const placed = await stack.api.placeOrder({ body, idempotencyKey: 'demo-clock' })
  const [next] = await standing(stack, [placed.id])
  narrator.answered({ status: next?.status })
  narrator.asked(`send the dead letters of ${parked?.queue} again`)
  if (parked) await stack.control.redrive(parked.queue)
  await stack.control.settle()
  const again = await deadLetter(stack)
  narrator.answered(`nothing was mended, so it is back in ${again?.queue}: ${again?.cause}`)
  narrator.promise('it is in the dead-letter queue, and its cause names the wrong field', namesTheField(parked))
  narrator.promise('the next order was reserved all the same', next?.status === 'reserved')
  narrator.promise('it was sent again, judged again, and not lost', namesTheField(again) && again?.count === 1)
}

interface DeadLetter extends HeldMessage {
  readonly queue: string
  /** How many copies of it there are. */
  readonly count: number
}

const namesTheField = (letter: DeadLetter | undefined): boolean => letter?.cause?.includes('data.lines') === true

async function deadLetter({ control }: DemoStack): Promise<DeadLetter | undefined> {
  const queues = await control.queues()
  const found = queues.flatMap(({ name, messages = [] }) =>
    messages.filter(({ body }) => body.includes(poisonId)).map((message) => ({ ...message, queue: name })),
  )
  return found[0] && { ...found[0], count: found.length }
}
