import { beforeEach, describe, expect, it } from 'vitest'
import { events as inventory } from '../../schemas/inventory.ts'
import { maxBackorderSkus } from '../../schemas/order-input.ts'
import { type OrdersWorld, customer, day, operator, ordersWorld, start } from './orders-world.ts'

let world: OrdersWorld
beforeEach(async () => {
  world = ordersWorld()
  await world.sells('mug')
})

const estimatedAt = '2027-01-01T00:00:00.000Z'
const waits = (orderId: string) =>
  world.receive(inventory.stockBackordered, { reservationId: orderId, orderId, shortages: [], estimatedAt })
const approve = (id: string) => world.call(operator, 'POST /orders/{id}/approve', { id })
const cancel = (id: string) => world.call(customer, 'POST /orders/{id}/cancel', { id })
const hour = 3_600_000
const backorder = { waitSeconds: 3_600 }
const atPlacing = { payAt: 'placing', waitSeconds: 3_600 } as const

describe('an order that may wait', () => {
  it('asks inventory for that, and others do not', async () => {
    await world.place({ backorder: true })
    await world.place()
    const placed = (await world.publish()).map(({ detail }) => (JSON.parse(detail) as { data: object }).data)
    expect(placed).toMatchObject([{ backorder: true }, {}])
    expect(placed[1]).not.toHaveProperty('backorder')
  })

  it('waits until its time, and shows the promise of what is short', async () => {
    const { id } = await world.place({ backorder })
    expect(await waits(id)).toEqual([])
    expect(await world.get(id)).toMatchObject({
      status: 'backordered',
      backorder: { payAt: 'filling', waitsUntil: '2026-11-21T11:00:00.000Z', estimatedAt },
    })
    expect(world.timers.get(`${id}_wait`)).toMatchObject({ at: start + hour })
    expect(world.emitted()).toEqual(['order.placed', 'order.backordered'])
  })

  it('waits as long as the stage has it, where it does not ask for less', async () => {
    const { backorder: shown } = await world.place({ backorder: true })
    expect(shown?.waitsUntil).toBe(new Date(start + 90 * day).toISOString())
  })

  it('is reserved once its stock is held, for as long as any other', async () => {
    const { id } = await world.place({ backorder })
    await waits(id)
    await world.reserve(id, start + day)
    expect(await world.get(id)).toMatchObject({ status: 'reserved', expiresAt: '2026-11-22T10:00:00.000Z' })
    expect((await world.get(id)).backorder).not.toHaveProperty('estimatedAt')
    expect([...world.timers.keys()]).toEqual([id])
  })

  it('is cancelled when its time is over, by its timer or by the sweeper, and not before', async () => {
    const [one, other] = [await world.place({ backorder }), await world.place({ backorder })]
    for (const { id } of [one, other]) await waits(id)
    world.now = start + hour - 1
    await world.fire(one.id)
    expect((await world.get(one.id)).status).toBe('backordered')
    world.now = start + hour
    await world.fire(one.id)
    expect(await world.get(one.id)).toMatchObject({ status: 'cancelled', reason: { code: 'backorder_unfilled' } })
    world.now = start + hour + 61_000
    await world.sweep()
    expect((await world.get(other.id)).status).toBe('cancelled')
  })

  it('stays closed when it is filled after all', async () => {
    const { id } = await world.place({ backorder })
    await waits(id)
    await cancel(id)
    await world.reserve(id)
    expect(await world.get(id)).toMatchObject({ status: 'cancelled' })
    expect(world.timers.has(id)).toBe(false)
  })

  it('that was filled does not wait again, when that arrives late', async () => {
    const { id } = await world.place({ backorder })
    await world.reserve(id)
    await waits(id)
    expect((await world.get(id)).status).toBe('reserved')
  })

  it('that is approved while it waits is confirmed once its stock is held, and not before', async () => {
    const { id } = await world.place({ backorder })
    await waits(id)
    expect((await approve(id)).body).toMatchObject({ status: 'backordered' })
    expect(world.emitted()).not.toContain('order.confirmed')
    await world.reserve(id)
    expect((await world.get(id)).status).toBe('confirmed')
  })

  it('that has waited too long cannot be approved, and is closed by that', async () => {
    const { id } = await world.place({ backorder })
    await waits(id)
    world.now = start + hour
    expect(await approve(id)).toMatchObject({ status: 409, body: { code: 'order_closed' } })
    expect((await world.get(id)).status).toBe('cancelled')
  })

  it('has at most 49 different skus', async () => {
    const skus = Array.from({ length: maxBackorderSkus + 1 }, (_, index) => `sku-${index}`)
    for (const sku of skus) await world.sells(sku)
    const lines = skus.map((sku) => ({ sku, quantity: 1 }))
    const body = { lines, payment: { method: 'manual' }, backorder: true }
    expect(await world.call(customer, 'POST /orders', { body, key: 'many' })).toMatchObject({
      status: 400,
      body: { code: 'validation_failed', errors: [{ path: 'backorder' }] },
    })
    const fewer = { ...body, lines: lines.slice(1) }
    expect((await world.call(customer, 'POST /orders', { body: fewer, key: 'fewer' })).status).toBe(201)
  })

  it('does not name the warehouses that it ships from', async () => {
    const body = { lines: [{ sku: 'mug', quantity: 1 }], payment: { method: 'manual' } }
    const asked = { ...body, backorder: true, shipFrom: ['main'] }
    expect(await world.call(customer, 'POST /orders', { body: asked, key: 'both' })).toMatchObject({
      status: 400,
      body: { code: 'validation_failed', errors: [{ path: 'backorder' }] },
    })
  })

  it('waits for customers no longer than the stage has it, and for operators as long as they ask', async () => {
    const body = {
      lines: [{ sku: 'mug', quantity: 1 }],
      payment: { method: 'manual' },
      backorder: { waitSeconds: 7_776_001 },
    }
    expect(await world.call(customer, 'POST /orders', { body, key: 'long' })).toMatchObject({
      status: 422,
      body: { code: 'hold_too_long' },
    })
    expect((await world.call(operator, 'POST /orders', { body, key: 'long' })).status).toBe(201)
  })
})

describe('an order that pays at placing', () => {
  it('asks for its money as soon as it waits, again until payments have answered, and with the token of its card', async () => {
    const payment = { method: 'card', token: 'tok_accepted' } as const
    const { id } = await world.place({ backorder: atPlacing, payment })
    await waits(id)
    const asked = ['order.backordered', 'payment.card_token']
    expect(world.emitted()).toEqual(['order.placed', ...asked])
    const [, , token] = (await world.publish()).map(({ detail }) => (JSON.parse(detail) as { data: object }).data)
    expect(token).toMatchObject({ token: 'tok_accepted', atOnce: true, expiresAt: '2026-11-21T11:00:00.000Z' })
    world.now += 121_000
    await world.sweep()
    expect(world.emitted()).toEqual(['order.placed', ...asked, ...asked])
    await world.pay(id, 1, 'captured')
    expect(await world.get(id)).toMatchObject({ status: 'backordered', facts: { payment: 'paid' } })
    world.now += 600_000
    await world.sweep()
    expect(world.emitted()).toEqual(['order.placed', ...asked, ...asked])
  })

  it('is confirmed once its stock is held', async () => {
    const { id } = await world.place({ backorder: atPlacing, payment: { method: 'wallet' } })
    await waits(id)
    await world.pay(id, 1, 'captured')
    await world.reserve(id)
    expect((await world.get(id)).status).toBe('confirmed')
  })

  it('gets its money back when nothing came in time', async () => {
    const { id } = await world.place({ backorder: atPlacing, payment: { method: 'wallet' } })
    await waits(id)
    await world.pay(id, 1, 'captured')
    world.now = start + hour
    await world.fire(id)
    expect(await world.get(id)).toMatchObject({
      status: 'cancelled',
      reason: { code: 'backorder_unfilled' },
      facts: { payment: 'refund_due' },
    })
  })

  it('closes when the money does not come', async () => {
    const { id } = await world.place({ backorder: atPlacing, payment: { method: 'wallet' } })
    await waits(id)
    await world.pay(id, 1, 'failed')
    expect((await world.get(id)).status).toBe('payment_failed')
  })
})
