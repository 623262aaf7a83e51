import { beforeAll, describe, expect, it } from 'vitest'
import { putEvent, redrive, settle, state } from './control.ts'
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
