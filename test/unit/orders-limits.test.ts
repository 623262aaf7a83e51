import { beforeEach, describe, expect, it } from 'vitest'
import { initialFacts, initialPayment, type Order } from '../../functions/orders/core/order.ts'
import {
  hoards,
  holdLimit,
  inForce,
  isOpenHold,
  isOver,
  lookBackMs,
  oneAtATimeUntil,
} from '../../functions/orders/core/limits.ts'
import { type Attributes, itemOf } from '../../functions/runtime/item-codec.ts'
import type { Item } from '../../functions/runtime/store.ts'
import { events as inventory } from '../../schemas/inventory.ts'
import releasedItems from '../contracts/released-items.json' with { type: 'json' }
import { CustomerLimits } from '../../schemas/limits.ts'
import { type OrdersWorld, customer, day, operator, ordersWorld, other, start } from './orders-world.ts'

const hour = 3_600_000
const stage = { openHolds: 20, unitsPerSku: 1_000 } as const

function order(more: Partial<Order> = {}, by = 'ann'): Order {
  return {
    id: 'ord_1',
    customerId: 'ann',
    placedAt: start,
    holdSeconds: 3_600,
    lineCount: 1,
    total: { amount: 1, currency: 'GBP' },
    method: 'card',
    facts: initialFacts,
    payment: initialPayment,
    returns: new Map(),
    history: [{ status: 'placed', at: start, cause: 'r', by }],
    ...more,
  }
}
const withFacts = (facts: Partial<Order['facts']>) => order({ facts: { ...initialFacts, ...facts } })
const expired = (at: number, more: Partial<Order> = {}, by = 'ann') =>
  order({
    facts: { ...initialFacts, stock: 'held', closing: 'expired' },
    history: [
      { status: 'placed', at: start, cause: 'r', by },
      { status: 'expired', at, cause: 't', by: 'orders' },
    ],
    ...more,
  })

describe('an open hold', () => {
  it.each([
    ['placed', {}],
    ['held', { stock: 'held' }],
    ['backordered', { stock: 'backordered' }],
    ['held, with a card in flight', { stock: 'held', payment: 'in_flight' }],
  ] as const)('is an order that is %s', (_, facts) => {
    expect(isOpenHold(withFacts(facts))).toBe(true)
  })
  it.each([
    ['approved before its stock is held', { payment: 'paid' }],
    ['paid', { stock: 'held', payment: 'paid' }],
    ['cancelled', { stock: 'held', closing: 'cancelled' }],
    ['expired', { stock: 'held', closing: 'expired' }],
    ['rejected', { stock: 'refused' }],
    ['not paid for good', { stock: 'held', payment: 'failed' }],
    ['shipped', { stock: 'committed', payment: 'paid', fulfilment: 'shipped' }],
  ] as const)('is no order that is %s', (_, facts) => {
    expect(isOpenHold(withFacts(facts))).toBe(false)
  })
  it('is none that an operator placed', () => expect(isOpenHold(order({}, 'bob'))).toBe(false))
})

describe('a limit', () => {
  it.each([
    [1, 0, true],
    [1, 1, false],
    [2, 1, true],
    [1_000_000, 'unlimited', false],
  ] as const)('of %j and %j', (count, limit, over) => expect(isOver(count, limit)).toBe(over))
  it('that an operator has set stands in place of the stage, alone', () => {
    expect(inForce(stage, { openHolds: 0 })).toEqual({ openHolds: 0, unitsPerSku: 1_000 })
    expect(inForce(stage, { unitsPerSku: 'unlimited' })).toEqual({ openHolds: 20, unitsPerSku: 'unlimited' })
  })
})

describe('three orders that expired unpaid', () => {
  const thrice = (...hours: number[]) => hours.map((at) => expired(start + at * hour))
  it.each([
    ['within a day', thrice(0, 12, 24), 25, 48],
    ['in any order', thrice(24, 0, 12), 25, 48],
    ['of more', thrice(0, 1, 2, 9), 25, 33],
    ['of which the last two are later', thrice(0, 20, 30, 40), 60, 64],
  ] as const)('%s leave one at a time until a day after the third', (_, orders, now, until) => {
    expect(oneAtATimeUntil(orders, start + now * hour)).toBe(start + until * hour)
    expect(oneAtATimeUntil(orders, start + until * hour - 1)).toBe(start + until * hour)
    expect(oneAtATimeUntil(orders, start + until * hour)).toBeUndefined()
  })
  it.each([
    ['two', thrice(0, 1)],
    ['three in more than a day', thrice(0, 12, 24.1)],
    ['of which one was to be approved by hand', [...thrice(0, 1), expired(start, { method: 'manual' })]],
    ['of which one was placed by an operator', [...thrice(0, 1), expired(start, {}, 'bob')]],
    ['of which one was cancelled', [...thrice(0, 1), withFacts({ closing: 'cancelled' })]],
  ] as const)('do not, where they are %s', (_, orders) => {
    expect(oneAtATimeUntil(orders, start + 24.2 * hour)).toBeUndefined()
  })
  it('lower the limit to one, but not below what an operator has set, and not for those without a limit', () => {
    const orders = thrice(0, 1, 2)
    const limitOf = (openHolds: number | 'unlimited') =>
      holdLimit({ openHolds, unitsPerSku: 1 }, orders, start + 3 * hour)
    expect(limitOf(20)).toEqual({ most: 1, until: start + 26 * hour })
    expect(limitOf(1)).toEqual({ most: 1, until: start + 26 * hour })
    expect(limitOf(0)).toEqual({ most: 0 })
    expect(limitOf('unlimited')).toEqual({ most: 'unlimited' })
  })
  it('are all seen: they were placed no longer ago than is looked back', () => {
    expect(lookBackMs({ holdSeconds: 86_400, waitSeconds: 0 })).toBe(3 * day)
    expect(lookBackMs({ holdSeconds: 86_400, waitSeconds: 7_776_000 })).toBe(93 * day)
  })
})

describe('units of a sku', () => {
  const line = (sku: string, quantity: number) => ({ sku, quantity, name: sku, price: 1 })
  it('are those of all open orders and of this one', () => {
    const held = [[line('mug', 600), line('cup', 1)], [line('mug', 300)]]
    expect(hoards([line('mug', 100)], held, stage)).toEqual([])
    expect(hoards([line('cup', 999), line('mug', 101)], held, stage)).toEqual([{ sku: 'mug', held: 900, most: 1_000 }])
    expect(hoards([line('mug', 1_000_000)], held, { ...stage, unitsPerSku: 'unlimited' })).toEqual([])
    expect(hoards([line('pot', 1)], [], { ...stage, unitsPerSku: 0 })).toEqual([{ sku: 'pot', held: 0, most: 0 }])
  })
})

let world: OrdersWorld
let keys = 0
const body = { lines: [{ sku: 'mug', quantity: 2 }], payment: { method: 'manual' } }
const post = (sent: object = {}, claims: Record<string, string> = customer, key = `limits-${(keys += 1)}`) =>
  world.call(claims, 'POST /orders', { body: { ...body, ...sent }, key })
const setTo = (limits: object, id = customer.sub) =>
  world.call(operator, 'PUT /users/{id}/limits', { id, body: limits })

beforeEach(async () => {
  world = ordersWorld()
  world.terms.limits = { openHolds: 3, unitsPerSku: 10 }
  await world.sells('mug')
  await world.sells('cup')
})

describe('a customer at the limit of open holds', () => {
  beforeEach(async () => {
    for (let held = 0; held < 3; held += 1) await world.place()
  })
  it('is refused, with the open orders by name, and nothing is kept', async () => {
    const { items } = (await world.call(customer, 'GET /orders')).body as { items: { id: string }[] }
    const before = world.table.items()
    const refused = await post()
    expect(refused).toMatchObject({ status: 409, body: { code: 'too_many_holds' } })
    for (const { id } of items) expect(refused.body['detail']).toContain(id)
    expect(world.table.items()).toEqual(before)
  })
  it('still gets the answer to an order that was placed before', async () => {
    world.terms.limits = { openHolds: 4, unitsPerSku: 10 }
    const first = await post({}, customer, 'same')
    expect(await post({}, customer, 'same')).toMatchObject({ status: 201, body: { id: first.body['id'] } })
    expect(await post({ notes: 'other' }, customer, 'same')).toMatchObject({
      status: 422,
      body: { code: 'idempotency_key_reused' },
    })
  })
  it.each([
    ['paid', (id: string) => world.pay(id, 1, 'captured')],
    ['approved', (id: string) => world.call(operator, 'POST /orders/{id}/approve', { id })],
    ['cancelled', (id: string) => world.call(customer, 'POST /orders/{id}/cancel', { id })],
    ['rejected', (id: string) => world.refuse(id)],
    [
      'expired',
      async (id: string) => {
        world.now += day
        await world.fire(id)
      },
    ],
  ] as const)('orders again once one is %s', async (_, end) => {
    const { items } = (await world.call(customer, 'GET /orders')).body as { items: { id: string }[] }
    const id = items[0]!.id
    await world.reserve(id)
    expect((await post()).status).toBe(409)
    await end(id)
    expect((await post()).status).toBe(201)
    expect((await post()).status).toBe(409)
  })
  it('is nobody else, and no operator', async () => {
    expect((await post({}, other)).status).toBe(201)
    expect((await post({ customerId: customer.sub }, operator)).status).toBe(201)
    expect((await post({}, { ...operator, sub: customer.sub })).status).toBe(201)
  })
  it('is named at most twenty orders', async () => {
    await setTo({ openHolds: 30, unitsPerSku: 'unlimited' })
    for (let held = 3; held < 30; held += 1) await post()
    const { detail } = (await post()).body as { detail: string }
    expect(detail).toContain('and 10 more')
    expect(detail.match(/ord_/g)).toHaveLength(20)
  })
})

describe('an order of the last release', () => {
  it('counts as any other, by its own history', async () => {
    const released = (releasedItems as unknown as { orders: readonly Attributes[] }).orders.map(itemOf)
    const held = released.find(({ sk, facts }) => sk === 'order' && facts === 'held none none none')!
    const owner = { sub: String(held['customerPk']) }
    await world.table.write({ put: held, if: 'absent' })
    world.now = Number.parseInt(String(held['customerSk']), 10) + hour
    world.terms.limits = { openHolds: 1, unitsPerSku: 10 }
    expect(await post({}, owner)).toMatchObject({ status: 409, body: { detail: expect.stringContaining(held.pk) } })
    await world.call(owner, 'POST /orders/{id}/cancel', { id: held.pk })
    expect((await post({}, owner)).status).toBe(201)
  })
})

describe('orders that are placed at the same time', () => {
  it.each([
    [1, 20],
    [4, 20],
    [16, 32],
    [128, 128],
  ])('do not see each other: of 128, %i at once, %i are placed, and none after them', async (atOnce, taken) => {
    await setTo({ openHolds: 20, unitsPerSku: 'unlimited' })
    let placed = 0
    for (let sent = 0; sent < 128; sent += atOnce) {
      const replies = await Promise.all(Array.from({ length: atOnce }, () => post()))
      placed += replies.filter(({ status }) => status === 201).length
    }
    expect(placed).toBe(taken)
    expect(placed).toBeLessThanOrEqual(20 + atOnce - 1)
    expect((await post()).status).toBe(409)
  })
})

describe('orders that wait for their stock', () => {
  it('count for as long as they wait, and then for as long as their stock is held', async () => {
    world.terms.limits = { openHolds: 2, unitsPerSku: 10 }
    const waiting = []
    for (const quantity of [4, 5]) {
      const { id } = await world.place({ lines: [{ sku: 'mug', quantity }], backorder: true })
      const about = { reservationId: id, orderId: id, shortages: [], estimatedAt: '2027-01-01T00:00:00.000Z' }
      expect(await world.receive(inventory.stockBackordered, about)).toEqual([])
      waiting.push(id)
    }
    world.now = start + 89 * day
    const refused = await post()
    expect(refused).toMatchObject({ status: 409, body: { code: 'too_many_holds' } })
    for (const id of waiting) expect(refused.body['detail']).toContain(id)
    for (const id of waiting) await world.reserve(id, world.now + day)
    world.now += day - 1
    expect(await post()).toMatchObject({ status: 409, body: { code: 'too_many_holds' } })
    await setTo({ openHolds: 3 })
    expect(await post()).toMatchObject({ status: 409, body: { errors: [{ path: 'lines[0].quantity' }] } })
    world.now += 1
    for (const id of waiting) await world.fire(id)
    expect((await post()).status).toBe(201)
  })
})

describe('what operators place', () => {
  it('never counts against the limit of the customer', async () => {
    for (let held = 0; held < 5; held += 1) await post({ customerId: customer.sub }, operator)
    for (let held = 0; held < 3; held += 1) expect((await post()).status).toBe(201)
    expect((await post()).status).toBe(409)
  })
})

describe('units of one sku', () => {
  it('are limited over all open orders, with the line by name', async () => {
    await post({ lines: [{ sku: 'mug', quantity: 6 }] })
    const lines = [
      { sku: 'cup', quantity: 10 },
      { sku: 'mug', quantity: 4 },
      { sku: 'mug', quantity: 1 },
    ]
    const refused = await post({ lines })
    expect(refused).toMatchObject({
      status: 409,
      body: { code: 'too_many_holds', errors: [{ path: 'lines[1].quantity' }] },
    })
    expect((await post({ lines: lines.slice(0, 2) })).status).toBe(201)
  })
  it('count also where the lines of an order stand beside it', async () => {
    await post({ lines: [{ sku: 'mug', quantity: 6 }], notes: 'x'.repeat(2_000) })
    expect((await post({ lines: [{ sku: 'mug', quantity: 5 }] })).status).toBe(409)
    expect((await post({ lines: [{ sku: 'mug', quantity: 4 }] })).status).toBe(201)
  })
  it('are limited where open holds are not', async () => {
    await setTo({ openHolds: 'unlimited' })
    await post({ lines: [{ sku: 'mug', quantity: 10 }] })
    expect((await post({ lines: [{ sku: 'mug', quantity: 1 }] })).status).toBe(409)
    expect((await post({ lines: [{ sku: 'cup', quantity: 10 }] })).status).toBe(201)
  })
  it('are limited in the first order, too', async () => {
    expect(await post({ lines: [{ sku: 'mug', quantity: 11 }] })).toMatchObject({
      status: 409,
      body: { detail: expect.stringContaining('No order of yours is open.') },
    })
  })
})

describe('three card orders that expired', () => {
  beforeEach(async () => {
    const payment = { method: 'card' } as const
    for (let held = 0; held < 3; held += 1) {
      const { id } = await world.place({ payment })
      await world.reserve(id, world.now + hour)
      world.now += hour
      await world.fire(id)
    }
  })
  it('leave one at a time for a day, and say so', async () => {
    expect((await post()).status).toBe(201)
    expect((await post()).body).toMatchObject({ code: 'too_many_holds', detail: expect.stringContaining('expired') })
    world.now += day
    expect((await post()).status).toBe(201)
  })
})

describe('what customers may choose', () => {
  it('is no longer hold than that of the stage', async () => {
    expect(await post({ holdSeconds: 86_401 })).toMatchObject({
      status: 422,
      body: { code: 'hold_too_long', errors: [{ path: 'holdSeconds' }] },
    })
    expect((await post({ holdSeconds: 86_400 })).status).toBe(201)
    expect((await post({ holdSeconds: 2_592_000 }, operator)).status).toBe(201)
  })
  it('is payment by hand, unless the stage does not offer it', async () => {
    world.terms.customersChooseManual = false
    expect(await post()).toMatchObject({
      status: 422,
      body: { code: 'payment_method_not_offered', errors: [{ path: 'payment.method' }] },
    })
    expect((await post({ payment: { method: 'wallet' } })).status).toBe(201)
    expect((await post({}, operator)).status).toBe(201)
  })
})

describe('the limits of one customer', () => {
  const read = (id = customer.sub) => world.call(operator, 'GET /users/{id}/limits', { id })
  it('are those of the stage until an operator sets others, and again after null', async () => {
    const none = { userId: customer.sub, openHolds: null, unitsPerSku: null, inForce: world.terms.limits }
    expect((await read()).body).toEqual(none)
    const set = await setTo({ openHolds: 0, unitsPerSku: 'unlimited' })
    expect(CustomerLimits.parse(set.body)).toEqual({
      userId: customer.sub,
      openHolds: 0,
      unitsPerSku: 'unlimited',
      inForce: { openHolds: 0, unitsPerSku: 'unlimited' },
    })
    expect((await read()).body).toEqual(set.body)
    expect((await setTo({ openHolds: null })).body).toEqual(none)
    expect((await read()).body).toEqual(none)
  })
  it('decide about the next order', async () => {
    await setTo({ openHolds: 0 })
    expect((await post()).status).toBe(409)
    await setTo({ openHolds: 1 })
    expect((await post()).status).toBe(201)
    expect((await post()).status).toBe(409)
    await setTo({ openHolds: 'unlimited', unitsPerSku: 'unlimited' })
    for (let held = 0; held < 9; held += 1) expect((await post()).status).toBe(201)
    expect((await post({}, other)).status).toBe(201)
  })
  it('are no order in lists', async () => {
    await setTo({ openHolds: 1 })
    expect((await world.call(customer, 'GET /orders')).body).toEqual({ items: [] })
  })
  it('are of a user', async () => {
    expect(await setTo({ openHolds: 1 }, 'nobody')).toMatchObject({ status: 404, body: { code: 'user_not_found' } })
    expect(await read('guest')).toMatchObject({ status: 404 })
  })
  it('are written over what was read, not over what another operator has set meanwhile', async () => {
    await setTo({ openHolds: 5 })
    world.beforeWrite = async () => {
      world.beforeWrite = async () => {}
      await setTo({ openHolds: 6 })
    }
    await setTo({ openHolds: 7 })
    const item = world.table.items().find(({ sk }) => sk === 'limits') as Item
    expect(item).toMatchObject({ openHolds: 7, version: 3, by: operator.sub })
  })
})

describe('a customer with very many orders', () => {
  it('is counted over pages', async () => {
    await setTo({ openHolds: 150, unitsPerSku: 'unlimited' })
    const first = await post()
    for (let placed = 1; placed < 150; placed += 1) await post()
    expect((await post()).status).toBe(409)
    await world.call(customer, 'POST /orders/{id}/cancel', { id: String(first.body['id']) })
    expect((await post()).status).toBe(201)
  })
  it('cannot hide open ones behind more closed ones than are read', { timeout: 60_000 }, async () => {
    await setTo({ openHolds: 3, unitsPerSku: 'unlimited' })
    await post()
    const { body: second } = await post()
    const item = world.header(String(second['id']))
    // Placed and cancelled again and again.
    for (let closed = 0; closed < 2_100; closed += 1) {
      const pk = `ord_x${closed}`
      const customerSk = String(item['customerSk']).replace(/^\d+/, (at) => String(Number(at) + 1))
      const facts = 'requested none cancelled none'
      await world.table.write({ put: { ...item, pk, customerSk: `${customerSk}${closed}`, facts }, if: 'absent' })
    }
    const refused = await post()
    expect(refused).toMatchObject({ status: 409, body: { code: 'too_many_holds' } })
    expect(refused.body['detail']).toContain('more orders since')
    await setTo({ openHolds: 'unlimited', unitsPerSku: 'unlimited' })
    expect((await post()).status).toBe(201)
  })
})
