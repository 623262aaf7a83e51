import { beforeEach, describe, expect, it } from 'vitest'
import { type OrdersWorld, customer, day, operator, ordersWorld, other, start } from './orders-world.ts'

let world: OrdersWorld
beforeEach(async () => {
  world = ordersWorld()
  await world.sells('mug')
})
const approve = (id: string, more = {}) => world.call(operator, 'POST /orders/{id}/approve', { id, ...more })
const cancel = (id: string, claims: Record<string, string> = customer, more = {}) =>
  world.call(claims, 'POST /orders/{id}/cancel', { id, ...more })

describe('an order', () => {
  it('is seen by its owner and by operators, and does not exist for others', async () => {
    const { id } = await world.place()
    for (const route of ['GET /orders/{id}', 'GET /orders/{id}/history'])
      expect([
        (await world.call(customer, route, { id })).status,
        (await world.call(operator, route, { id })).status,
        (await world.call(other, route, { id })).status,
      ]).toEqual([200, 200, 404])
    expect(await cancel(id, other)).toMatchObject({ status: 404, body: { code: 'order_not_found' } })
    expect((await world.call(customer, 'GET /orders/{id}', { id: 'ord_none' })).status).toBe(404)
  })
  it('shows its history: when, why and by whom', async () => {
    const { id } = await world.place()
    world.now += 1_000
    await world.reserve(id)
    world.now += 1_000
    await approve(id)
    const { body } = await world.call(operator, 'GET /orders/{id}/history', { id })
    expect(body).toEqual({
      items: [
        { status: 'placed', at: '2026-11-21T10:00:00.000Z', cause: 'request-1', by: customer.sub },
        {
          status: 'reserved',
          at: '2026-11-21T10:00:01.000Z',
          cause: `${id}/reservation@1/stock.reserved`,
          by: 'inventory',
        },
        { status: 'confirmed', at: '2026-11-21T10:00:02.000Z', cause: 'request-2', by: operator.sub },
      ],
    })
  })
  it('shows its customer a role in place of the id of an operator or the name of a service', async () => {
    const { id } = await world.place()
    await world.reserve(id)
    await approve(id)
    const { body } = await world.call(customer, 'GET /orders/{id}/history', { id })
    expect((body as { items: { by: string }[] }).items.map(({ by }) => by)).toEqual(['you', 'system', 'support'])
  })
})

describe('approving', () => {
  it('confirms a reserved order', async () => {
    const { id } = await world.place()
    await world.reserve(id)
    expect(await approve(id)).toMatchObject({
      status: 200,
      body: { status: 'confirmed', facts: { payment: 'paid' }, lines: [{ sku: 'mug' }] },
    })
    expect(world.emitted()).toEqual(['order.placed', 'order.reserved', 'order.confirmed'])
  })
  it('stands although stock has not answered yet', async () => {
    const { id } = await world.place()
    expect((await approve(id)).body).toMatchObject({ status: 'placed', facts: { payment: 'paid' } })
    await world.reserve(id)
    expect(await world.get(id)).toMatchObject({ status: 'confirmed' })
    expect(world.timers.size).toBe(0)
  })
  it('twice changes nothing', async () => {
    const { id } = await world.place()
    await world.reserve(id)
    await approve(id)
    const { version } = world.header(id)
    expect((await approve(id)).status).toBe(200)
    expect(world.header(id).version).toBe(version)
  })
  it('is refused for a closed order', async () => {
    const { id } = await world.place()
    await cancel(id)
    expect(await approve(id)).toMatchObject({ status: 409, body: { code: 'order_closed' } })
  })
  it('after the end of the hold expires the order instead', async () => {
    const { id } = await world.place()
    await world.reserve(id, start + day)
    world.now = start + day
    expect(await approve(id)).toMatchObject({ status: 409, body: { code: 'order_closed' } })
    expect(await world.get(id)).toMatchObject({ status: 'expired', facts: { payment: 'none' } })
    expect(world.emitted().at(-1)).toBe('order.expired')
  })
  it('is refused for an order that its customer pays otherwise', async () => {
    const { id } = await world.place({ payment: { method: 'wallet' } })
    expect(await approve(id)).toMatchObject({ status: 409, body: { code: 'payment_not_manual' } })
  })
  it('is for operators', async () => {
    const { id } = await world.place()
    expect((await world.call(customer, 'POST /orders/{id}/approve', { id })).status).toBe(403)
  })
  it('is answered alike to the same key, even when the order has moved on', async () => {
    const { id } = await world.place()
    await world.reserve(id)
    const first = await approve(id, { key: 'a' })
    await cancel(id)
    const again = await approve(id, { key: 'a' })
    expect(again.body).toEqual(first.body)
    expect(again.headers).toMatchObject({ 'idempotent-replayed': 'true' })
  })
})

describe('cancelling', () => {
  it('closes an order that is placed, reserved or confirmed, and emits order.cancelled', async () => {
    const placed = await world.place()
    const reserved = await world.place()
    const confirmed = await world.place()
    await world.reserve(reserved.id)
    await world.reserve(confirmed.id)
    await approve(confirmed.id)
    for (const { id } of [placed, reserved, confirmed])
      expect(await cancel(id)).toMatchObject({
        status: 200,
        body: { status: 'cancelled', reason: { code: 'cancelled_by_customer' } },
      })
    expect(world.emitted().filter((name) => name === 'order.cancelled')).toHaveLength(3)
  })
  it('keeps who and why', async () => {
    const { id } = await world.place()
    const { body } = await cancel(id, operator, { body: { reason: 'Out of season' } })
    expect(body).toMatchObject({ reason: { code: 'cancelled_by_operator', message: 'Out of season' } })
  })
  it('twice changes nothing', async () => {
    const { id } = await world.place()
    await cancel(id)
    const { version } = world.header(id)
    expect((await cancel(id)).status).toBe(200)
    expect(world.header(id).version).toBe(version)
  })
  it('is refused for an order that was rejected', async () => {
    const { id } = await world.place()
    await world.refuse(id)
    expect(await cancel(id)).toMatchObject({ status: 409, body: { code: 'order_closed' } })
  })
  it('keeps a message that is too long for the header beside it, in the same write', async () => {
    const { id } = await world.place()
    const message = '\u{1F3FA}'.repeat(250)
    expect((await cancel(id, customer, { body: { reason: message } })).body).toMatchObject({ reason: { message } })
    expect((await world.get(id)).reason).toEqual({ code: 'cancelled_by_customer', message })
    await world.release(id)
    expect((await world.get(id)).reason).toEqual({ code: 'cancelled_by_customer', message })
    const cancelled = (await world.publish()).at(-1)!
    expect(JSON.parse(cancelled.detail).data.reason).toEqual({ code: 'cancelled_by_customer' })
  })
})

describe('a race', () => {
  /** Lets `other` happen right before the next write. */
  const first = (other: () => Promise<unknown>) => {
    world.beforeWrite = async () => {
      world.beforeWrite = async () => {}
      await other()
    }
  }
  it('between approval and cancellation is decided by one write: approval second', async () => {
    const { id } = await world.place()
    await world.reserve(id)
    first(() => cancel(id))
    expect(await approve(id)).toMatchObject({ status: 409, body: { code: 'order_closed' } })
    expect(await world.get(id)).toMatchObject({ status: 'cancelled', facts: { payment: 'none' } })
  })
  it('between approval and cancellation is decided by one write: cancellation second', async () => {
    const { id } = await world.place()
    await world.reserve(id)
    first(() => approve(id))
    expect((await cancel(id)).body).toMatchObject({ status: 'cancelled', facts: { payment: 'refund_due' } })
  })
  it('between approval and expiry leaves the order confirmed when the approval was first', async () => {
    const { id } = await world.place()
    await world.reserve(id, start + day)
    world.now = start + day
    first(async () => {
      world.now = start + day - 1
      await approve(id)
      world.now = start + day
    })
    await world.fire(id)
    expect(await world.get(id)).toMatchObject({ status: 'confirmed' })
    expect(world.emitted()).not.toContain('order.expired')
  })
  it('between two answers of stock keeps both facts', async () => {
    const { id } = await world.place()
    first(() => approve(id))
    await world.reserve(id)
    expect(await world.get(id)).toMatchObject({ status: 'confirmed', facts: { stock: 'held', payment: 'paid' } })
  })
  it('of two deliveries of one event has one effect', async () => {
    const { id } = await world.place()
    first(() => world.reserve(id))
    await world.reserve(id)
    expect(world.emitted()).toEqual(['order.placed', 'order.reserved'])
  })
  it('of two placings under one key has one order', async () => {
    const body = { lines: [{ sku: 'mug', quantity: 1 }], payment: { method: 'manual' } }
    const post = () => world.call(customer, 'POST /orders', { body, key: 'same' })
    first(post)
    expect((await post()).headers).toMatchObject({ 'idempotent-replayed': 'true' })
    expect(world.emitted()).toEqual(['order.placed'])
  })
})
