import { beforeEach, describe, expect, it } from 'vitest'
import { listOrders } from '../../functions/orders/routes/list.ts'
import type { Store } from '../../functions/runtime/store.ts'
import { OrderSummary } from '../../schemas/order.ts'
import { type OrdersWorld, customer, day, operator, ordersWorld, other } from './orders-world.ts'

let world: OrdersWorld
beforeEach(async () => {
  world = ordersWorld()
  await world.sells('mug')
})

interface Page {
  readonly items: readonly OrderSummary[]
  readonly cursor?: string
}
const list = async (claims: Record<string, string>, query: Record<string, string> = {}): Promise<Page> => {
  const { status, body } = await world.call(claims, 'GET /orders', { query })
  expect(status).toBe(200)
  return body as unknown as Page
}
/** All pages one after the other, and how many there were. */
async function all(claims: Record<string, string>, query: Record<string, string> = {}) {
  const ids: string[] = []
  let page = await list(claims, query)
  let pages = 1
  for (; ; pages += 1) {
    ids.push(...page.items.map(({ id }) => id))
    if (page.cursor === undefined) return { ids, pages }
    page = await list(claims, { ...query, cursor: page.cursor })
  }
}
/** Places orders so many milliseconds after one another; the newest first. */
async function placed(count: number, apartMs: number, claims?: Record<string, string>): Promise<string[]> {
  const ids: string[] = []
  for (let index = 0; index < count; index += 1) {
    ids.unshift((await world.place({}, claims)).id)
    world.now += apartMs
  }
  return ids
}

describe('who has proven the address of a guest', () => {
  const ann = { name: 'Ann', email: 'ann@holdfast.test' }
  const bob = { name: 'Bob', email: 'bob@holdfast.test' }
  const forGuest = async (guest: typeof ann) => (await world.place({ customerId: 'guest', guest }, operator)).id
  const sees = async (id: string, claims = customer) =>
    (
      await Promise.all(
        ['GET /orders/{id}', 'GET /orders/{id}/history'].map((route) => world.call(claims, route, { id })),
      )
    ).map(({ status }) => status)

  it('finds the orders of this guest among the own ones, in pages of any length, and of no other guest', async () => {
    const ids: string[] = []
    for (let index = 0; index < 12; index += 1) {
      if (index % 5 === 0) await forGuest(bob)
      ids.unshift(index % 3 === 0 ? (await world.place()).id : await forGuest(ann))
      world.now += index % 2 === 0 ? 1_000 : 0
    }
    const own = (await all(customer)).ids
    expect(own).toHaveLength(4)
    world.proven.set(customer.sub, ann.email)
    for (const limit of ['1', '2', '3', '5', '100'])
      expect((await all(customer, { limit })).ids.toSorted()).toEqual(ids.toSorted())
    for (const id of ids.slice(0, 3)) await world.reserve(id)
    expect((await all(customer, { status: 'reserved', limit: '1' })).ids.toSorted()).toEqual(ids.slice(0, 3).toSorted())
    world.proven.set(customer.sub, 'new@holdfast.test')
    expect((await all(customer)).ids).toEqual(own)
  })
  it('finds each once, behind more own orders than one page reads', async () => {
    const first = await forGuest(ann)
    await world.reserve(first)
    world.now += 1_000
    await placed(101, 1_000)
    world.proven.set(customer.sub, ann.email)
    expect((await all(customer, { status: 'reserved' })).ids).toEqual([first])
  })
  it('opens them; nobody else does, whatever the address of the account', async () => {
    const id = await forGuest(ann)
    const nameless = (await world.place({ customerId: 'guest' }, operator)).id
    expect(await sees(id)).toEqual([404, 404])
    world.proven.set(customer.sub, ann.email)
    world.proven.set(other.sub, bob.email)
    expect(await sees(id)).toEqual([200, 200])
    expect(await sees(id, other)).toEqual([404, 404])
    expect(await sees(nameless)).toEqual([404, 404])
    const { body } = await world.call(customer, 'GET /orders/{id}', { id })
    expect(body).toMatchObject({ id, customerId: 'guest', guest: ann })
  })
  it('finds none of a guest whom another request named under the same key', async () => {
    const place = (guest: typeof ann) => {
      const body = { lines: [{ sku: 'mug', quantity: 1 }], payment: { method: 'manual' }, customerId: 'guest', guest }
      return world.call(operator, 'POST /orders', { key: 'one', body })
    }
    const id = String((await place(ann)).body['id'])
    expect(await place(bob)).toMatchObject({ status: 422 })
    world.proven.set(customer.sub, bob.email)
    expect(await sees(id)).toEqual([404, 404])
    expect((await list(customer)).items).toEqual([])
  })
  it('finds an order whose mail could be sent at the second request alone, once', async () => {
    const { guests } = world.terms
    const { mailer } = guests
    const input = { lines: [{ sku: 'mug', quantity: 1 }], payment: { method: 'manual' }, customerId: 'guest' }
    const place = () => world.call(operator, 'POST /orders', { key: 'two', body: { ...input, guest: ann } })
    guests.mailer = { send: async () => Promise.reject(new Error('away')) }
    expect(await place()).toMatchObject({ status: 503 })
    guests.mailer = mailer
    world.now += 1_000
    const id = String((await place()).body['id'])
    world.proven.set(customer.sub, ann.email)
    expect((await all(customer)).ids).toEqual([id])
  })
})

describe('a list of orders', () => {
  it('shows customers their own orders, the newest first', async () => {
    const ids = await placed(3, 1_000)
    await placed(2, 1_000, other)
    const { items } = await list(customer)
    expect(items.map(({ id }) => id)).toEqual(ids)
    for (const item of items) expect(OrderSummary.parse(item)).toEqual(item)
    expect(items[0]).not.toHaveProperty('lines')
  })
  it('shows operators those of all, over days', async () => {
    const ids = await placed(7, day / 2)
    expect((await list(operator)).items.map(({ id }) => id)).toEqual(ids)
  })
  it.each(['1', '2', '3', '100'])('misses and repeats nothing in pages of %s', async (limit) => {
    const ids = await placed(9, day / 4)
    expect((await all(operator, { limit })).ids).toEqual(ids)
    expect((await all(customer, { limit })).ids).toEqual(ids)
  })
  it('misses nothing of orders placed in the same millisecond', async () => {
    const ids = await placed(5, 0)
    expect((await all(operator, { limit: '2' })).ids.toSorted()).toEqual(ids.toSorted())
  })
  it('misses none of the last release, which had one partition for a day', async () => {
    const ids = await placed(12, 3_600_000)
    for (const item of world.table.items()) {
      const { dayPk, version } = item
      if (typeof dayPk !== 'string' || ids.indexOf(item.pk) % 2 === 0) continue
      const put = { ...item, dayPk: dayPk.replace(/#\d$/, ''), version: version + 1 }
      await world.table.write({ put, if: { version } })
    }
    for (const limit of ['1', '5', '100']) expect((await all(operator, { limit })).ids).toEqual(ids)
  })
  it('reads hardly more rows of a day than it shows', async () => {
    const ids = await placed(200, 1_000)
    let rows = 0
    const query: Store['query'] = async (asked) => {
      const page = await world.table.query(asked)
      rows += page.items.length
      return page
    }
    const clock = { now: () => world.now, sleep: async () => {} }
    const counted = listOrders({ store: { ...world.table, query }, clock, random: () => 0.5, lists: 'all' })
    const caller = { id: operator.sub, privileged: true }
    const { body } = await counted({ query: { limit: 50 }, caller } as never)
    expect(body!.items.map(({ id }) => id)).toEqual(ids.slice(0, 50))
    expect(rows).toBeLessThanOrEqual(100)
  })
  it('has no cursor on its last page', async () => {
    await placed(2, 1_000)
    expect(await list(customer, { limit: '2' })).not.toHaveProperty('cursor')
    expect(await list(customer)).not.toHaveProperty('cursor')
  })
  it('filters by status, over pages', async () => {
    const ids = await placed(12, day / 4)
    for (const id of ids.filter((_, index) => index % 3 === 0)) await world.reserve(id)
    const reserved = ids.filter((_, index) => index % 3 === 0)
    for (const claims of [operator, customer])
      expect((await all(claims, { status: 'reserved', limit: '2' })).ids).toEqual(reserved)
  })
  it('filters by customer for operators, and refuses that to customers', async () => {
    await placed(2, 1_000)
    const theirs = await placed(2, 1_000, other)
    expect((await all(operator, { customerId: other.sub })).ids).toEqual(theirs)
    const reply = await world.call(customer, 'GET /orders', { query: { customerId: other.sub } })
    expect(reply).toMatchObject({ status: 403, body: { code: 'customer_not_allowed' } })
    expect((await all(customer, { customerId: customer.sub })).ids).toHaveLength(2)
  })
  it('begins at from and ends before to', async () => {
    const ids = await placed(4, day)
    const at = (index: number) => new Date(Date.parse('2026-11-21T10:00:00Z') + index * day).toISOString()
    for (const claims of [operator, customer])
      expect((await all(claims, { from: at(1), to: at(3) })).ids).toEqual(ids.slice(1, 3))
  })
  it('goes back 30 days for all customers, and to the first order for one', async () => {
    const [first] = await placed(1, 40 * day)
    const [latest] = await placed(1, 0)
    expect((await all(operator)).ids).toEqual([latest])
    expect((await all(customer)).ids).toEqual([latest, first])
    expect((await all(operator, { customerId: customer.sub })).ids).toEqual([latest, first])
  })
  it('walks many empty days in bounded steps', async () => {
    const [first] = await placed(1, 100 * day)
    const { ids, pages } = await all(operator, { from: '2026-11-01T00:00:00.000Z' })
    expect(ids).toEqual([first])
    expect(pages).toBeGreaterThan(2)
  })
  it('stops where the table is slow, and goes on by its cursor', async () => {
    const ids = await placed(8, day)
    let days = 0
    // The partitions of a day are asked at once.
    const query: Store['query'] = async (asked) => {
      if (!asked.partition.includes('#')) {
        days += 1
        world.now += 1_000
      }
      return world.table.query(asked)
    }
    const clock = { now: () => world.now, sleep: async () => {} }
    const slow = listOrders({ store: { ...world.table, query }, clock, random: () => 0.5, lists: 'all' })
    const caller = { id: operator.sub, privileged: true }
    const { body } = await slow({ query: { limit: 100 }, caller } as never)
    expect(days).toBe(4)
    const rest = await all(operator, { cursor: body!.cursor! })
    expect([...body!.items.map(({ id }) => id), ...rest.ids]).toEqual(ids)
  })
  it('is empty for a range that begins in a far future', async () => {
    await placed(1, 1_000)
    expect(await list(operator, { from: '2290-01-01T00:00:00Z' })).toEqual({ items: [] })
  })
  it('does not pass over orders that the index knows before they can be read', async () => {
    const [newest, ...older] = await placed(3, 1_000)
    const query: Store['query'] = async (asked) => {
      const page = await world.table.query(asked)
      return { ...page, items: page.items.filter(({ pk }) => pk !== newest) }
    }
    const clock = { now: () => world.now, sleep: async () => {} }
    const early = listOrders({ store: { ...world.table, query }, clock, random: () => 0.5, lists: 'all' })
    const caller = { id: customer.sub, privileged: false }
    const { body } = await early({ query: { limit: 1 }, caller } as never)
    expect(body).toEqual({ items: [], cursor: expect.any(String) })
    const rest = await list(customer, { cursor: body!.cursor! })
    expect(rest.items.map(({ id }) => id)).toEqual([newest, ...older])
  })
  it('refuses a range that ends before it begins, and cursors that it did not make', async () => {
    const reversed = { from: '2026-11-22T00:00:00.000Z', to: '2026-11-21T00:00:00.000Z' }
    expect(await world.call(operator, 'GET /orders', { query: reversed })).toMatchObject({
      status: 400,
      body: { errors: [{ path: 'from' }] },
    })
    for (const cursor of ['nonsense', Buffer.from('12#x').toString('base64url')])
      expect(await world.call(operator, 'GET /orders', { query: { cursor } })).toMatchObject({
        status: 400,
        body: { code: 'invalid_cursor' },
      })
  })
})
