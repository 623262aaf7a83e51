import { beforeEach, describe, expect, it } from 'vitest'
import { type OrdersWorld, customer, operator, ordersWorld } from './orders-world.ts'

const home = { name: 'Ann Customer', line1: '1 High Street', city: 'Leeds', country: 'GB' }
const ann = { name: 'Ann', email: 'ann@holdfast.test' }

let world: OrdersWorld
beforeEach(async () => {
  world = ordersWorld()
  await world.sells('mug')
})
const confirmed = async (...placed: Parameters<OrdersWorld['place']>): Promise<string> => {
  const { id } = await world.place(...placed)
  await world.reserve(id)
  await world.call(operator, 'POST /orders/{id}/approve', { id })
  return id
}
const cancelLine = (id: string, key: string) =>
  world.call(customer, 'POST /orders/{id}/lines/{sku}/cancel', { id, sku: 'mug', body: { quantity: 1 }, key })
const move = (id: string) => world.call(customer, 'PATCH /orders/{id}', { id, body: { shippingAddress: home } })
const answering = (status: number, body: object = {}): void => {
  const answer = async () => ({ status, body })
  world.shipments = { cancelLine: answer, readdress: answer }
}

describe('a change of an order that shipping decides about', () => {
  it('is refused for good where its parcels are not open to who has proven the address of its guest', async () => {
    const id = await confirmed({ customerId: 'guest', guest: ann }, operator)
    world.proven.set(customer.sub, ann.email)
    expect((await world.call(customer, 'GET /orders/{id}', { id })).status).toBe(200)
    for (const status of [403, 404]) {
      answering(status, { code: 'order_not_found' })
      for (const reply of [await cancelLine(id, `line-${status}`), await move(id)])
        expect(reply).toMatchObject({
          status: 404,
          body: { code: 'order_not_found', detail: expect.stringContaining('not open to your account') },
        })
    }
  })

  it('may come again where shipping does not answer', async () => {
    const id = await confirmed()
    for (const status of [429, 500, 503]) {
      answering(status)
      for (const reply of [await cancelLine(id, 'line'), await move(id)])
        expect(reply).toMatchObject({ status: 503, body: { code: 'unavailable' }, headers: { 'retry-after': '1' } })
    }
  })

  it('is refused as shipping refuses it', async () => {
    const id = await confirmed()
    const body = (code: string) => ({
      type: `/problems/${code}`,
      title: code,
      status: 409,
      code,
      requestId: 'r',
      detail: 'why',
    })
    for (const code of ['line_cancelled', 'line_dispatched', 'line_exceeded', 'too_many_cancellations']) {
      answering(409, body(code))
      expect(await cancelLine(id, code)).toMatchObject({ status: 409, body: { code, detail: 'why' } })
    }
    answering(409, body('address_dispatched'))
    expect(await move(id)).toMatchObject({ status: 409, body: { code: 'address_dispatched' } })
  })

  it('is refused as closed where the whole order was cancelled before it had parcels', async () => {
    const id = await confirmed()
    await world.call(customer, 'POST /orders/{id}/cancel', { id })
    answering(409, { type: '/problems/line_cancelled', title: '', status: 409, code: 'line_cancelled', requestId: 'r' })
    for (const reply of [await cancelLine(id, 'line'), await move(id)])
      expect(reply).toMatchObject({ status: 409, body: { code: 'order_closed' } })
  })
})
