import { beforeEach, describe, expect, it } from 'vitest'
import { events as catalog } from '../../schemas/catalog.ts'
import { events as inventory } from '../../schemas/inventory.ts'
import { outboxAgain } from '../../functions/orders/store/order-item.ts'
import { addressStandIn, tokenStandIn } from '../../schemas/stand-ins.ts'
import { type OrdersWorld, customer, day, operator, ordersWorld, start } from './orders-world.ts'

let world: OrdersWorld
beforeEach(async () => {
  world = ordersWorld()
  await world.sells('mug')
})
const approve = (id: string) => world.call(operator, 'POST /orders/{id}/approve', { id })
const cancel = (id: string) => world.call(customer, 'POST /orders/{id}/cancel', { id })

describe('the answers of stock', () => {
  it('reserve the order and set the timer of its hold', async () => {
    const { id } = await world.place()
    expect(await world.reserve(id, start + day)).toEqual([])
    expect(await world.get(id)).toMatchObject({ status: 'reserved', expiresAt: '2026-11-22T10:00:00.000Z' })
    expect(world.timers.get(id)).toMatchObject({
      at: start + day,
      message: { source: 'holdfast.orders', 'detail-type': 'timer.hold_ended.v1', detail: { data: { orderId: id } } },
    })
  })
  it('set the timer that a crash had left out when they are delivered again', async () => {
    const { id } = await world.place()
    await world.reserve(id)
    world.timers.clear()
    await world.reserve(id)
    expect(world.timers.has(id)).toBe(true)
    expect(world.emitted()).toEqual(['order.placed', 'order.reserved'])
  })
  it('leave a timer that cannot be set or cleared to the sweeper', async () => {
    const away = async () =>
      Promise.reject(Object.assign(new Error('quota'), { name: 'ServiceQuotaExceededException' }))
    const { set, clear } = world.timer
    const { id } = await world.place()
    world.timer.set = away
    expect(await world.reserve(id)).toEqual([])
    expect(await world.get(id)).toMatchObject({ status: 'reserved' })
    world.timer.set = set
    world.now = start + day + 120_000
    expect(await world.sweep()).toMatchObject({ expired: 1 })
    world.timer.clear = away
    const { id: other } = await world.place()
    await world.reserve(other)
    await cancel(other)
    expect(await world.release(other)).toEqual([])
    world.timer.clear = clear
  })
  it('clear the timer once the order is committed, or released before its time', async () => {
    const [kept, dropped] = [await world.place(), await world.place()]
    await world.reserve(kept.id)
    await world.reserve(dropped.id)
    await approve(kept.id)
    await world.commit(kept.id)
    await cancel(dropped.id)
    await world.release(dropped.id)
    expect(world.timers.size).toBe(0)
  })
  it('reject the order with what was short', async () => {
    const { id } = await world.place()
    const shortages = [{ sku: 'mug', requested: 2, available: 1 }]
    await world.refuse(id, shortages)
    expect(await world.get(id)).toMatchObject({ status: 'rejected', reason: { code: 'insufficient_stock', shortages } })
    expect(JSON.parse((await world.publish()).at(-1)!.detail)).toMatchObject({
      data: { status: 'rejected', previousStatus: 'placed', reason: { shortages } },
    })
  })
  it('that come for a cancelled order open nothing and set no timer', async () => {
    const { id } = await world.place()
    await cancel(id)
    await world.reserve(id)
    expect(await world.get(id)).toMatchObject({ status: 'cancelled' })
    expect(world.timers.size).toBe(0)
    expect(world.emitted()).toEqual(['order.placed', 'order.cancelled'])
  })
  it('are ignored without an order, and fail for an order that is not there', async () => {
    const data = { reservationId: 'rsv_1', lines: [], expiresAt: '2026-11-22T10:00:00.000Z' }
    expect(await world.receive(inventory.stockReserved, data)).toEqual([])
    expect(await world.reserve('ord_none')).toHaveLength(1)
  })
})

describe('the timer of a hold', () => {
  it('expires an unpaid order when its time is over, once', async () => {
    const { id } = await world.place()
    await world.reserve(id, start + day)
    world.now = start + day
    await world.fire(id)
    await world.fire(id)
    expect(await world.get(id)).toMatchObject({ status: 'expired', reason: { code: 'hold_expired' } })
    expect(world.emitted()).toEqual(['order.placed', 'order.reserved', 'order.expired'])
  })
  it('does nothing early', async () => {
    const { id } = await world.place()
    await world.reserve(id, start + day)
    world.now = start + day - 1
    await world.fire(id)
    expect(await world.get(id)).toMatchObject({ status: 'reserved' })
  })
  it.each(['approved', 'cancelled'])('does nothing to an order that was %s', async (what) => {
    const { id } = await world.place()
    await world.reserve(id, start + day)
    await (what === 'approved' ? approve(id) : cancel(id))
    world.now = start + day
    const { version } = world.header(id)
    await world.fire(id)
    expect(world.header(id).version).toBe(version)
  })
})

describe('the sweeper', () => {
  it('finds a hold whose timer was lost within five minutes', async () => {
    const { id } = await world.place()
    await world.reserve(id, start + day)
    world.now = start + day
    await world.sweep()
    expect(await world.get(id)).toMatchObject({ status: 'reserved' })
    world.now += 2 * 60_000
    expect(await world.sweep()).toMatchObject({ expired: 1 })
    expect(await world.get(id)).toMatchObject({ status: 'expired' })
  })
  it('emits again what has no answer, at growing distances, and stops when it is answered', async () => {
    const { id } = await world.place()
    for (let minute = 0; minute < 16; minute += 1) {
      await world.sweep()
      world.now += 60_000
    }
    expect(world.emitted()).toEqual(['order.placed', 'order.placed', 'order.placed', 'order.placed'])
    const published = (await world.publish()).map(({ detail }) => JSON.parse(detail) as { id: string; data: unknown })
    expect(new Set(published.map(({ id }) => id)).size).toBe(4)
    expect(new Set(published.map(({ data }) => JSON.stringify(data))).size).toBe(1)
    await world.reserve(id)
    world.now += 3_600_000
    expect(await world.sweep()).toMatchObject({ reminded: 0 })
  })
  it.each([
    ['order.confirmed', async (id: string) => (await world.reserve(id), approve(id))],
    ['order.cancelled', async (id: string) => (await world.reserve(id), cancel(id))],
  ])('emits %s again', async (name, before) => {
    const { id } = await world.place()
    await before(id)
    world.now += 2 * 60_000
    expect(await world.sweep()).toMatchObject({ reminded: 1 })
    expect(world.emitted().slice(-2)).toEqual([name, name])
  })
  it('leaves alone the orders that are settled, or wait for their customer or an operator', async () => {
    const [done, refused, dropped] = [await world.place(), await world.place(), await world.place()]
    await world.reserve(done.id)
    await approve(done.id)
    await world.commit(done.id)
    await world.pay(done.id, 1, 'captured')
    await world.ship(done.id, 'created')
    await world.refuse(refused.id)
    await cancel(dropped.id)
    await world.release(dropped.id)
    for (const { id } of [done, refused, dropped]) expect(world.header(id)).not.toHaveProperty('duePk')
    world.now += 30 * day
    expect(await world.sweep()).toEqual({ expired: 0, reminded: 0, forgotten: 0, overtaken: 0, failed: 0 })
  })
  it('goes on behind orders that fail', async () => {
    const orders = await Promise.all(Array.from({ length: 30 }, () => world.place()))
    const poison = orders[0]!.id
    world.now += 2 * 60_000
    world.beforeWrite = async ([write]) => {
      if (write && 'put' in write && write.put.pk === poison) throw new Error('broken')
    }
    expect(await world.sweep()).toMatchObject({ reminded: 29, failed: 1 })
  })
  it('leaves an order to whoever changes it at the same time', async () => {
    const { id } = await world.place()
    world.now += 2 * 60_000
    world.beforeWrite = async () => {
      world.beforeWrite = async () => {}
      await cancel(id)
    }
    expect(await world.sweep()).toMatchObject({ overtaken: 1, reminded: 0 })
    expect(await world.get(id)).toMatchObject({ status: 'cancelled' })
  })
})

describe('the price list', () => {
  const product = (version: number, amount: number) => ({
    sku: 'cup',
    name: 'Cup',
    price: { amount, currency: 'GBP' },
    active: true,
    unique: false,
    version,
  })
  const price = async () => {
    const body = { lines: [{ sku: 'cup', quantity: 1 }], payment: { method: 'manual' } }
    const reply = await world.call(customer, 'POST /orders', { body, key: String(Math.random()) })
    return (reply.body as { total?: { amount: number } }).total?.amount
  }
  it('goes by the newest version, in whatever order the news arrive', async () => {
    await world.receive(catalog.productUpdated, product(3, 300))
    await world.receive(catalog.productCreated, product(1, 100))
    await world.receive(catalog.productUpdated, product(2, 200))
    expect(await price()).toBe(300)
  })
  it('forgets a deleted product, and knows it again when it is created again', async () => {
    await world.receive(catalog.productDeleted, { sku: 'cup', version: 2 })
    await world.receive(catalog.productCreated, product(1, 100))
    expect(await price()).toBeUndefined()
    await world.receive(catalog.productCreated, product(3, 300))
    expect(await price()).toBe(300)
    await world.receive(catalog.productDeleted, { sku: 'cup', version: 4 })
    expect(await price()).toBeUndefined()
  })
  it('keeps the newer of two that are learnt at once', async () => {
    world.beforeWrite = async () => {
      world.beforeWrite = async () => {}
      await world.receive(catalog.productUpdated, product(2, 200))
    }
    await world.receive(catalog.productCreated, product(1, 100))
    expect(await price()).toBe(200)
  })
})

describe('an event of payments', () => {
  it('confirms the order, and lets shipping alone know where to', async () => {
    const shippingAddress = { name: 'Jane Doe', line1: '1 High Street', city: 'London', country: 'GB' }
    const { id } = await world.place({ payment: { method: 'wallet' }, shippingAddress })
    await world.reserve(id)
    await world.pay(id, 1, 'captured')
    expect(await world.get(id)).toMatchObject({ status: 'confirmed', facts: { payment: 'paid' } })
    const published = (await world.publish()).map(({ detailType, detail }) => [detailType, JSON.parse(detail).data])
    expect(published.slice(-2)).toEqual([
      ['order.confirmed.v1', expect.objectContaining({ shippingAddress: addressStandIn, addressApart: true })],
      ['order.address.v1', { orderId: id, customerId: customer.sub, address: shippingAddress }],
    ])
  })
  it('lets the address be sent again, as long as the order stands', async () => {
    const shippingAddress = { name: 'Jane Doe', line1: '1 High Street', city: 'London', country: 'GB' }
    const { id } = await world.place({ payment: { method: 'wallet' }, shippingAddress })
    expect(outboxAgain(world.header(id))).toEqual(['order.placed'])
    await world.reserve(id)
    await world.pay(id, 1, 'captured')
    await world.ship(id, 'created')
    await world.commit(id)
    expect(world.header(id)).not.toHaveProperty('outbox')
    expect(outboxAgain(world.header(id))).toEqual(['order.address'])
    await cancel(id)
    expect(outboxAgain(world.header(id))).toEqual(['order.cancelled'])
    expect(outboxAgain({ pk: id, sk: 'reason', version: 1 })).toEqual([])
  })
  it('of an order whose contents lie aside has an address event, with an address or without', async () => {
    const lines = Array.from({ length: 40 }, (_, index) => `sku-${index}`)
    for (const sku of lines) await world.sells(sku)
    for (const shippingAddress of [
      undefined,
      { name: 'Jane Doe', line1: '1 High Street', city: 'Leeds', country: 'GB' },
    ]) {
      const body = { payment: { method: 'wallet' as const }, lines: lines.map((sku) => ({ sku, quantity: 1 })) }
      const { id } = await world.place({ ...body, ...(shippingAddress && { shippingAddress }) })
      await world.reserve(id)
      await world.pay(id, 1, 'captured')
      expect(JSON.parse((await world.publish()).at(-1)!.detail).data).toEqual({
        orderId: id,
        customerId: customer.sub,
        ...(shippingAddress && { address: shippingAddress }),
      })
    }
  })
  it('asks for the money of a card again until there is an answer, and then forgets its token', async () => {
    const { id } = await world.place({ payment: { method: 'card', token: 'tok_accepted' } })
    await world.reserve(id)
    world.now += 2 * 60_000
    expect(await world.sweep()).toMatchObject({ reminded: 1 })
    const asked = ['order.reserved', 'payment.card_token']
    expect(world.emitted().slice(-4)).toEqual([...asked, ...asked])
    const published = (await world.publish()).map(({ detailType, detail }) => [detailType, JSON.parse(detail).data])
    const { expiresAt } = await world.get(id)
    expect(published.slice(-2)).toEqual([
      [
        'order.reserved.v1',
        expect.objectContaining({ payment: { method: 'card', token: tokenStandIn, tokenApart: true } }),
      ],
      [
        'payment.card_token.v1',
        { orderId: id, customerId: customer.sub, total: expect.anything(), expiresAt, token: 'tok_accepted' },
      ],
    ])
    await world.pay(id, 1, 'in_flight')
    expect(world.header(id)).not.toHaveProperty('token')
  })
  it('after the end of the hold finds the order expired, also when its timer was lost', async () => {
    const { id, expiresAt } = await world.place({ payment: { method: 'wallet' } })
    expect(expiresAt).toBeUndefined()
    await world.reserve(id)
    world.now += day
    await world.pay(id, 1, 'captured')
    expect(await world.get(id)).toMatchObject({ status: 'expired', facts: { payment: 'refund_due' } })
    await world.pay(id, 2, 'refunded')
    await world.release(id)
    expect(world.header(id)).not.toHaveProperty('duePk')
  })
  it('of a refund that came back makes it pending again, until it is given', async () => {
    const { id } = await world.place({ payment: { method: 'wallet' } })
    await world.reserve(id)
    await world.pay(id, 1, 'captured')
    await cancel(id)
    await world.release(id)
    await world.pay(id, 3, 'refunded')
    expect(world.header(id)).not.toHaveProperty('duePk')
    expect(await world.failRefund(id, 4, 'refund_due')).toEqual([])
    expect(await world.get(id)).toMatchObject({ status: 'cancelled', facts: { payment: 'refund_due' } })
    expect(world.header(id)).toHaveProperty('duePk')
    await world.pay(id, 3, 'refunded')
    expect(await world.get(id)).toMatchObject({ facts: { payment: 'refund_due' } })
    await world.pay(id, 6, 'refunded')
    expect(await world.get(id)).toMatchObject({ facts: { payment: 'refunded' } })
    expect(world.header(id)).not.toHaveProperty('duePk')
  })
  it('within the grace of a payment in flight confirms an order whose hold is over', async () => {
    const { id } = await world.place({ payment: { method: 'card', token: 'tok_slow' } })
    await world.reserve(id)
    await world.pay(id, 1, 'in_flight')
    world.now += day + 1
    await world.fire(id)
    expect(await world.get(id)).toMatchObject({ status: 'reserved' })
    await world.pay(id, 2, 'authorized')
    expect(await world.get(id)).toMatchObject({ status: 'confirmed' })
  })
  it('is waited for by who prefers to wait', async () => {
    const answers = [async (id: string) => world.reserve(id), async (id: string) => world.pay(id, 1, 'captured')]
    world.onSleep = async () => {
      const order = world.table.items().find(({ sk }) => sk === 'order')!
      await answers.shift()?.(order.pk)
    }
    const reply = await world.call(customer, 'POST /orders', {
      key: 'waits',
      prefer: 'wait=5',
      body: { lines: [{ sku: 'mug', quantity: 1 }], payment: { method: 'wallet' } },
    })
    expect(reply.body).toMatchObject({ status: 'confirmed' })
  })
})

describe('an event of shipping', () => {
  /** Two mugs, allocated and paid for. */
  async function paidOrder(): Promise<string> {
    const { id } = await world.place({ lines: [{ sku: 'mug', quantity: 2 }] })
    await world.reserve(id)
    await approve(id)
    await world.commit(id)
    await world.pay(id, 1, 'captured')
    return id
  }

  it('leads to completed, and values what came back at the prices of the order', async () => {
    const id = await paidOrder()
    for (const [version, fulfilment] of (['created', 'shipped', 'delivered'] as const).entries())
      await world.ship(id, fulfilment, version + 1)
    expect((await world.get(id)).status).toBe('completed')
    await world.takeBack(id, 'r1', [['mug', 'main', 1, 'damaged']])
    const last = JSON.parse((await world.publish()).at(-1)!.detail)
    expect(last.data).toMatchObject({ status: 'completed', refundDue: { amount: 250, currency: 'GBP' } })
    world.now += day
    expect(await world.sweep()).toMatchObject({ reminded: 1 })
    await world.pay(id, 2, 'captured', { refunded: { amount: 250, currency: 'GBP' }, refundedForReturns: 250 })
    expect(world.header(id)).not.toHaveProperty('duePk')
  })

  it('asks for the money of what came back also where money came twice and one half went back', async () => {
    const id = await paidOrder()
    const money = (amount: number) => ({ amount, currency: 'GBP' })
    await world.pay(id, 2, 'captured', { captured: money(1_000), refunded: money(500) })
    for (const [version, fulfilment] of (['created', 'shipped', 'delivered'] as const).entries())
      await world.ship(id, fulfilment, version + 1)
    await world.takeBack(id, 'r1', [['mug', 'main', 1, 'damaged']])
    world.now += day
    expect(await world.sweep()).toMatchObject({ reminded: 1 })
  })

  it('leaves a cancelled order to ask for its stock until inventory has answered, whatever has left', async () => {
    const id = await paidOrder()
    await cancel(id)
    await world.ship(id, 'shipped')
    await world.pay(id, 2, 'refunded')
    world.now += day
    expect(await world.sweep()).toMatchObject({ reminded: 1 })
    await world.release(id)
    expect(world.header(id)).not.toHaveProperty('duePk')
  })
})
