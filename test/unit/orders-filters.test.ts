import { beforeEach, describe, expect, it } from 'vitest'
import type { OrderSummary } from '../../schemas/order.ts'
import { numberOf } from '../../functions/orders/store/order-number.ts'
import { readOrder } from '../../functions/orders/store/order-item.ts'
import { listItem } from '../../bin/list-again/list-again.ts'
import type { Item } from '../../functions/runtime/store.ts'
import { manyOrders } from '../many-orders.ts'
import { type OrdersWorld, customer, day, operator, ordersWorld, other, start } from './orders-world.ts'

let world: OrdersWorld
beforeEach(async () => {
  world = ordersWorld()
  await world.sells('mug')
})

type Query = Readonly<Record<string, string>>
const list = async (query: Query, claims: Record<string, string> = operator) => {
  const reply = await world.call(claims, 'GET /orders', { query })
  return reply as unknown as {
    status: number
    body: { items: OrderSummary[]; cursor?: string; code?: string; errors?: { path: string; message: string }[] }
  }
}
/** The ids of all pages of two. */
async function idsOf(query: Query, claims?: Record<string, string>): Promise<string[]> {
  const ids: string[] = []
  let cursor: string | undefined
  do {
    const { status, body } = await list({ limit: '2', ...query, ...(cursor !== undefined && { cursor }) }, claims)
    expect(status).toBe(200)
    ids.push(...body.items.map(({ id }) => id))
    cursor = body.cursor
  } while (cursor !== undefined)
  return ids
}
/** Places orders a day after one another; the newest first. */
async function placed(count: number, input: Parameters<OrdersWorld['place']>[0] = {}, claims = operator) {
  const ids: string[] = []
  for (let index = 0; index < count; index += 1) {
    ids.unshift((await world.place({ customerId: 'guest', ...input }, claims)).id)
    world.now += day
  }
  return ids
}
const at = (days: number): string => new Date(start + days * day).toISOString()
const guest = { name: 'Ann', email: 'Ann@Holdfast.test' }

describe('each filter of a list of orders, alone and with times', () => {
  it('reference: those with exactly this one, the newest first', async () => {
    const ids = await placed(5, { reference: 'PO 1' })
    await placed(2, { reference: 'po 1' })
    await placed(1)
    expect(await idsOf({ reference: 'PO 1' })).toEqual(ids)
    expect(await idsOf({ reference: 'PO 1', from: at(1), to: at(4) })).toEqual(ids.slice(1, 4))
    expect(await idsOf({ reference: 'PO' })).toEqual([])
    expect((await list({ reference: 'PO 1' })).body.items[0]).toMatchObject({ reference: 'PO 1' })
  })
  it('email: those that were placed for a guest with this address, in whatever case', async () => {
    const ids = await placed(4, { guest })
    await placed(2, { guest: { name: 'Bob', email: 'bob@holdfast.test' } })
    expect(await idsOf({ email: 'aNN@holdfast.TEST' })).toEqual(ids)
    expect(await idsOf({ email: guest.email, from: at(1), to: at(3) })).toEqual(ids.slice(1, 3))
    const keys = world.table.items().flatMap((item) => [item.pk, item.sk, item['statePk'], item['changedSk']])
    expect(keys.filter((key) => /ann|bob|@/i.test(String(key)))).toEqual([])
  })
  it('number: the one order, whatever the case; none at other times', async () => {
    const ids = await placed(3)
    for (const [index, id] of ids.entries()) {
      const { number } = (await list({})).body.items.find((each) => each.id === id)!
      expect(number).toMatch(/^\d{6}-[0-9A-Z]{8}$/)
      expect(await idsOf({ number })).toEqual([id])
      expect(await idsOf({ number: number.toLowerCase() })).toEqual([id])
      const placedAt = 2 - index
      expect(await idsOf({ number, from: at(placedAt), to: at(placedAt + 1) })).toEqual([id])
      expect(await idsOf({ number, from: at(placedAt + 1) })).toEqual([])
      expect(await idsOf({ number, to: at(placedAt) })).toEqual([])
    }
    for (const number of ['261121-00000000', '269999-00000000', '261121-ZZZZZZZZ'])
      expect(await idsOf({ number })).toEqual([])
  })
  it('status: one or several, from the index of statuses', async () => {
    const ids = await placed(6)
    const [first, second, third] = ids as [string, string, string]
    for (const id of [first, second]) await world.refuse(id)
    await world.reserve(third, world.now + day)
    expect(await idsOf({ status: 'rejected' })).toEqual([first, second])
    expect(await idsOf({ status: 'reserved,rejected' })).toEqual([first, second, third])
    expect(await idsOf({ status: 'rejected,rejected', from: at(4), to: at(5) })).toEqual([second])
    expect(await idsOf({ status: 'placed' })).toEqual(ids.slice(3))
  })
  it('updatedSince: those that changed then or later, the oldest change first', async () => {
    const ids = (await placed(4)).toReversed()
    const since = new Date(world.now).toISOString()
    for (const id of [ids[2]!, ids[0]!]) {
      await world.refuse(id)
      world.now += 1_000
    }
    expect(await idsOf({ updatedSince: since })).toEqual([ids[2], ids[0]])
    const [, second] = (await list({ updatedSince: since })).body.items
    expect(await idsOf({ updatedSince: second!.updatedAt })).toEqual([ids[0]])
    expect(await idsOf({ updatedSince: new Date(world.now).toISOString() })).toEqual([])
    expect(await idsOf({ updatedSince: at(0) })).toEqual([ids[1], ids[3], ids[2], ids[0]])
    expect(await idsOf({ updatedSince: at(0), from: at(1), to: at(3) })).toEqual([ids[1], ids[2]])
  })
  it('updatedSince sees what changes nothing but labels, and no event that is emitted again', async () => {
    const [id] = await placed(1)
    const since = new Date(world.now).toISOString()
    world.now += 3_600_000
    await world.sweep()
    expect(await idsOf({ updatedSince: since })).toEqual([])
    await world.call(operator, 'PATCH /orders/{id}', { id: id!, body: { metadata: { erp: '7' } } })
    const { items } = (await list({ updatedSince: since })).body
    expect(items).toMatchObject([{ id, metadata: { erp: '7' }, updatedAt: new Date(world.now).toISOString() }])
  })
  it('status of the own orders, for customers', async () => {
    const { id } = await world.place({}, customer)
    await world.place({}, other)
    expect(await idsOf({ status: 'placed' }, customer)).toEqual([id])
    expect(await idsOf({ status: 'placed,reserved', customerId: customer.sub })).toEqual([id])
  })
  it('a status in a stage that lists none by status: by days, in short pages', async () => {
    Object.assign(world.terms, { lists: 'off' })
    const ids = await placed(6)
    await world.refuse(ids[5]!)
    expect(await idsOf({ status: 'rejected' })).toEqual([ids[5]])
    expect(world.table.items().some((item) => item['statePk'] ?? item['changedPk'])).toBe(false)
    expect(await list({ updatedSince: at(0) })).toMatchObject({ status: 404, body: { code: 'updates_not_listed' } })
  })
})

describe('what a list of orders refuses', () => {
  it.each([
    [{ reference: 'a', email: 'a@b.test' }, ['reference', 'email']],
    [{ status: 'placed', number: '261121-00000000', updatedSince: at(0) }, ['status', 'updatedSince', 'number']],
    [{ customerId: 'guest', email: 'a@b.test' }, ['customerId', 'email']],
  ])('%j: it names the filters', async (query, paths) => {
    const { status, body } = await list(query)
    expect([status, body.code]).toEqual([400, 'filter_combination'])
    expect(body.errors?.map(({ path }) => path)).toEqual(paths)
  })
  it.each([
    [{ status: 'placed,lost' }, 'status'],
    [{ status: '' }, 'status'],
    [{ number: 'nonsense' }, 'number'],
    [{ email: 'nobody' }, 'email'],
    [{ updatedSince: 'yesterday' }, 'updatedSince'],
    [{ reference: '' }, 'reference'],
    [{ reference: 'x'.repeat(256) }, 'reference'],
  ])('%j', async (query, path) => {
    const { status, body } = await list(query)
    expect([status, body.code]).toEqual([400, 'validation_failed'])
    expect(body.errors?.[0]?.path).toMatch(new RegExp(`^${path}`))
  })
  it.each([{ reference: 'a' }, { email: 'a@b.test' }, { number: '261121-00000000' }, { updatedSince: at(0) }])(
    '%j of customers',
    async (query) => {
      const { status, body } = await list(query, customer)
      expect([status, body.code]).toEqual([403, 'customer_not_allowed'])
    },
  )
})

describe('entries in lists', () => {
  const input = { lines: [{ sku: 'mug', quantity: 1 }], payment: { method: 'manual' }, customerId: 'guest' }
  it('of another request under the same key lead to no order', async () => {
    const place = (more: object) => world.call(operator, 'POST /orders', { key: 'one', body: { ...input, ...more } })
    await place({ reference: 'first', guest })
    expect(await place({ reference: 'second', guest: { name: 'Bob', email: 'bob@holdfast.test' } })).toMatchObject({
      status: 422,
    })
    expect(await idsOf({ reference: 'first' })).toHaveLength(1)
    expect(await idsOf({ reference: 'second' })).toEqual([])
    expect(await idsOf({ email: 'bob@holdfast.test' })).toEqual([])
  })
  it('of a request that is sent again later stand there once, and none is left behind', async () => {
    const place = () => world.call(operator, 'POST /orders', { key: 'one', body: { ...input, reference: 'r', guest } })
    await place()
    world.now += 1_000
    expect(await place()).toMatchObject({ status: 201 })
    expect(await idsOf({ reference: 'r' })).toHaveLength(1)
    expect(await idsOf({ email: guest.email })).toHaveLength(1)
    expect(world.table.items().filter(({ pk }) => /^(reference|email)_/.test(pk))).toHaveLength(2)
  })
  it('follow the reference of an order', async () => {
    const [id] = await placed(1, { reference: 'old' })
    const name = (reference: string | null) =>
      world.call(operator, 'PATCH /orders/{id}', { id: id!, body: { reference } })
    expect((await name('new')).body).toMatchObject({ reference: 'new' })
    expect([await idsOf({ reference: 'old' }), await idsOf({ reference: 'new' })]).toEqual([[], [id]])
    expect((await name(null)).body).not.toHaveProperty('reference')
    expect(await idsOf({ reference: 'new' })).toEqual([])
    expect(world.table.items().filter(({ pk }) => pk.startsWith('reference_'))).toEqual([])
  })
})

describe('an order of an older release', () => {
  /** As it was: its number from the id, in no list by status or change. */
  async function older(id: string): Promise<Item> {
    const {
      statePk: _,
      changedPk: __,
      changedSk: ___,
      hash,
      ...item
    } = (await world.table.get({
      pk: id,
      sk: 'order',
    }))!
    const put = { ...item, hash: String(hash).split('~')[0]?.toUpperCase(), version: item.version + 1 }
    await world.table.write({ put, if: 'any' })
    return put
  }
  it('keeps its number, and is found by everything after list-again', async () => {
    const [id] = await placed(1)
    const { number } = (await list({})).body.items[0]!
    const item = await older(id!)
    const before = numberOf(readOrder(item as never).state)
    expect(before).not.toBe(number)
    expect((await list({})).body.items).toMatchObject([{ number: before }])
    expect(await idsOf({ number: before })).toEqual([])
    const deps = { store: world.table, clock: { now: () => world.now, sleep: async () => {} }, random: () => 0.5 }
    for (const isNew of [true, false]) {
      const found = (await world.table.get({ pk: id!, sk: 'order' }))!
      expect(await listItem(deps, 'orders', found)).toBe(isNew)
    }
    expect(await idsOf({ number: before })).toEqual([id])
    expect(await idsOf({ status: 'placed' })).toEqual([id])
    expect(await idsOf({ updatedSince: at(0) })).toEqual([id])
  })
  it('is answered to the request that placed it, as before', async () => {
    const body = { lines: [{ sku: 'mug', quantity: 1 }], payment: { method: 'manual' } }
    const first = await world.call(customer, 'POST /orders', { key: 'one', body })
    await older(String(first.body['id']))
    expect(await world.call(customer, 'POST /orders', { key: 'one', body })).toMatchObject({ status: 201 })
  })
})

describe('a list of 4,000 orders', () => {
  it('reads a page more than it shows at most, whatever its filter', async () => {
    const limit = 50
    const { ask, filters } = await manyOrders(4_000)
    for (const [name, query] of filters) {
      const { items, rows } = await ask({ ...query, limit })
      // The pages of the partitions that are read are rounded up.
      expect({ name, isBounded: rows - items.length <= 100 }).toEqual({ name, isBounded: true })
    }
    const few = await ask({ status: ['backordered'], from: new Date(0).toISOString(), limit })
    expect(few.items).toHaveLength(8)
    expect(few.rows).toBeLessThanOrEqual(16)
  })
})
