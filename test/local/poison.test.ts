import { beforeAll, describe, expect, it } from 'vitest'
import { enqueue, putEvent, redrive, settle, state } from './control.ts'
import { type SignedIn, isLocal, place, signIn, stocked, unique } from './target.ts'

let operator: SignedIn
let customer: SignedIn

beforeAll(async () => {
  ;[operator, customer] = await Promise.all([signIn('operator'), signIn('customer')])
})

async function deadLetters(service: string) {
  const { queues } = await state()
  const queue = queues.find(
    ({ name }) => name.includes(service) && /dead/i.test(name) && !/rule|stream|schedule|relay|sweep/i.test(name),
  )
  if (!queue) throw new Error(`no dead-letter queue of ${service} in ${queues.map(({ name }) => name).join(', ')}`)
  return queue
}

describe.runIf(isLocal)('an event that does not match its schema', () => {
  it('lands in the dead-letter queue with its cause, blocks nobody, and can be sent again', async () => {
    const id = unique('poison')
    const before = (await deadLetters('inventory')).depth
    await putEvent({
      source: 'holdfast.orders',
      detailType: 'order.placed.v1',
      detail: {
        id,
        time: '2026-01-01T00:00:00.000Z',
        correlationId: 'x',
        causationId: 'x',
        data: { orderId: 'ord_x', lines: 'all' },
      },
    })
    await settle()
    const queue = await deadLetters('inventory')
    expect(queue.depth).toBe(before + 1)
    const letter = queue.messages?.find(({ body }) => body.includes(id))
    expect(letter?.cause).toMatch(/order\.placed\.v1.*data\.lines/)
    const sku = await stocked(operator, 1)
    expect(await place(customer, { [sku]: 1 })).toMatchObject({ status: 'reserved' })
    await redrive(queue.name)
    await settle()
    expect((await deadLetters('inventory')).depth).toBe(before + 1)
  })
})

describe.runIf(isLocal)('an event from a source that may not publish it', () => {
  const completed = (orderId: string, customerId: string) => {
    const [amount, nothing] = [1_000, 0].map((sum) => ({ amount: sum, currency: 'GBP' }))
    const of = { paymentId: `pay_${orderId.slice(4)}`, orderId, customerId, method: 'card', version: 90 }
    const sums = { amount, captured: amount, refunded: nothing, refundedForReturns: 0 }
    return {
      id: unique('lie'),
      time: '2026-01-01T00:00:00.000Z',
      correlationId: orderId,
      causationId: orderId,
      data: { ...of, status: 'captured', ...sums },
    }
  }
  const unpaid = async () => {
    const sku = await stocked(operator, 1)
    return place(customer, { [sku]: 1 }, { payment: { method: 'card' } })
  }

  it.each(['holdfast.catalog', 'holdfast.inventory', 'shop.example'])(
    'is brought to nobody: an unpaid order stays unpaid whatever %s puts',
    async (source) => {
      const order = await unpaid()
      const before = (await deadLetters('orders')).depth
      await putEvent({ source, detailType: 'payment.completed.v1', detail: completed(order.id, order.customerId) })
      await settle()
      expect(await operator.api.getOrder({ params: { id: order.id } })).toMatchObject({ status: 'reserved' })
      expect((await deadLetters('orders')).depth).toBe(before)
    },
  )

  it('is parked with its cause where it comes to a queue all the same, an event as a timer', async () => {
    const order = await unpaid()
    const lie = completed(order.id, order.customerId)
    await enqueue('orders', { source: 'holdfast.catalog', 'detail-type': 'payment.completed.v1', detail: lie })
    const late = { ...lie, id: unique('lie'), data: { orderId: order.id } }
    await enqueue('orders', { source: 'holdfast.users', 'detail-type': 'timer.hold_ended.v1', detail: late })
    await settle()
    const letters = (await deadLetters('orders')).messages ?? []
    const causeOf = (id: string) => letters.find(({ body }) => body.includes(id))?.cause
    expect([lie.id, late.id].map(causeOf)).toEqual([
      'payment.completed.v1 comes from holdfast.payments, not from holdfast.catalog',
      'timer.hold_ended.v1 comes from holdfast.orders, not from holdfast.users',
    ])
    expect(await operator.api.getOrder({ params: { id: order.id } })).toMatchObject({ status: 'reserved' })
  })
})
