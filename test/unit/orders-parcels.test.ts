import { beforeEach, describe, expect, it } from 'vitest'
import { headerOf } from '../claims.ts'
import { events as shipping } from '../../schemas/shipping.ts'
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
  world.shipments = { cancelLine: answer, readdress: answer, cancel: answer }
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

describe('the cancellation of a whole order', () => {
  const cancel = (id: string, claims: Record<string, string> = customer) =>
    world.call(claims, 'POST /orders/{id}/cancel', { id, body: { reason: 'too late' } })
  const problem = (status: number, code: string) => ({
    type: `/problems/${code}`,
    title: '',
    status,
    code,
    requestId: 'r',
  })

  it('asks shipping, in the name of the caller, where there may be parcels, and only there', async () => {
    const asked: unknown[] = []
    world.shipments = {
      ...world.shipments,
      cancel: async (...all) => {
        asked.push(all)
        return { status: 204, body: undefined }
      },
    }
    const { id: reserved } = await world.place()
    await world.reserve(reserved)
    expect(await cancel(reserved)).toMatchObject({ status: 200, body: { status: 'cancelled' } })
    expect(asked).toEqual([])
    const id = await confirmed()
    expect(await cancel(id, operator)).toMatchObject({
      status: 200,
      body: { status: 'cancelled', reason: { code: 'cancelled_by_operator', message: 'too late' } },
    })
    expect(await cancel(id)).toMatchObject({ status: 200, body: { status: 'cancelled' } })
    expect(asked).toEqual([[id, headerOf(operator)]])
  })

  it('is refused, and changes nothing, where a parcel has left that orders does not know of', async () => {
    const id = await confirmed()
    answering(409, problem(409, 'order_closed'))
    expect(await cancel(id)).toMatchObject({ status: 409, body: { code: 'order_closed' } })
    expect((await world.get(id)).status).toBe('confirmed')
  })

  it('may come again where shipping does not answer, or has no such route yet', async () => {
    const id = await confirmed()
    const unanswered = [
      { status: 404, body: { message: 'Not Found' } },
      ...[429, 500, 503].map((status) => ({ status })),
    ]
    for (const { status, body } of unanswered as { status: number; body?: object }[]) {
      answering(status, body)
      expect(await cancel(id)).toMatchObject({
        status: 503,
        body: { code: 'unavailable' },
        headers: { 'retry-after': '1' },
      })
    }
    world.shipments = { ...world.shipments, cancel: () => Promise.reject(new Error('no answer')) }
    expect(await cancel(id)).toMatchObject({ status: 503 })
    expect((await world.get(id)).status).toBe('confirmed')
  })

  it('is refused for good where shipping does not know the caller', async () => {
    const id = await confirmed()
    answering(404, problem(404, 'order_not_found'))
    expect(await cancel(id)).toMatchObject({ status: 404, body: { code: 'order_not_found' } })
  })

  it('is finished by the event of shipping, and never undone or done again by it', async () => {
    const event = (orderId: string, as: 'customer' | 'operator') =>
      world.receive(shipping.shipmentOrderCancelled, { orderId, by: (as === 'customer' ? customer : operator).sub, as })
    for (const as of ['customer', 'operator'] as const) {
      const id = await confirmed()
      expect(await event(id, as)).toEqual([])
      const order = await world.get(id)
      expect(order).toMatchObject({ status: 'cancelled', reason: { code: `cancelled_by_${as}` } })
      const { body } = await world.call(operator, 'GET /orders/{id}/history', { id })
      const { items } = body as { items: { by: string }[] }
      expect(items.at(-1)).toMatchObject({ status: 'cancelled', by: (as === 'customer' ? customer : operator).sub })
      expect(await event(id, 'operator')).toEqual([])
      const other = as === 'customer' ? operator : customer
      expect(await cancel(id, other)).toMatchObject({ status: 200, body: { status: 'cancelled' } })
      expect(await world.get(id)).toEqual(order)
      const who = as === 'customer' ? customer : operator
      // The request that shipping has answered, or the same one once more, has the words.
      for (const reason of ['too late', 'something else'])
        await world.call(who, 'POST /orders/{id}/cancel', { id, body: { reason } })
      expect(await world.get(id)).toMatchObject({ reason: { code: `cancelled_by_${as}`, message: 'too late' } })
      expect((await world.get(id)).sequence).toBe(order.sequence! + 1)
    }
    const { id: refused } = await world.place()
    await world.refuse(refused)
    expect(await event(refused, 'customer')).toEqual([])
    expect((await world.get(refused)).status).toBe('rejected')
  })

  it('of the last line names who has done it, where shipping does, and an event of the last release does not', async () => {
    const withdrawn = {
      fulfilment: 'created',
      warehouseId: 'main',
      lines: [['mug', 'main', 2]],
      nothingSent: true,
    } as const
    const cancelledBy = { by: customer.sub, as: 'customer' } as const
    for (const [more, code] of [
      [{ cancelled: true, cancelledBy }, 'cancelled_by_customer'],
      [{ cancelled: true }, 'stock_withdrawn'],
    ] as const) {
      const orderId = await confirmed()
      const data = { ...withdrawn, lines: withdrawn.lines.map((line) => [...line] as [string, string, number]) }
      await world.receive(shipping.shipmentWithdrawn, {
        ...data,
        orderId,
        shipmentId: `shp${orderId.slice(3)}_1`,
        ...more,
      })
      expect(await world.get(orderId)).toMatchObject({ status: 'cancelled', reason: { code } })
    }
  })
})
