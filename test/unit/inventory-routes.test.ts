import { describe, expect, it } from 'vitest'
import { expire } from '../../functions/inventory/on/due.ts'
import { putReservation } from '../../functions/inventory/store/reservation-item.ts'
import type { Reservation } from '../../functions/inventory/core/reservation.ts'
import { toEvent } from '../../functions/inventory/outbox-events.ts'
import { derivedId } from '../../functions/runtime/ids.ts'
import { entryOf } from '../../functions/runtime/relay.ts'
import { type Item, type Store, StoreUnavailable } from '../../functions/runtime/store.ts'
import { Id } from '../../schemas/shared.ts'
import { depot } from './depot.ts'

/** A store where others see what is written only after a while, unless they read consistently. */
const trailing =
  (hidden: (item: Item) => boolean) =>
  (store: Store): Store => ({
    ...store,
    get: async (key, options) => {
      const item = await store.get(key, options)
      return item && !options?.consistent && hidden(item) ? undefined : item
    },
    query: async (query) => {
      const page = await store.query(query)
      return { ...page, items: page.items.filter((item) => query.consistent || !hidden(item)) }
    },
  })

describe('a reservation without an order', () => {
  it('is answered again as it was at first, whatever became of it', async () => {
    const { reserve, move } = await depot({ A: 5 })
    const first = await reserve('k', { A: 2 })
    expect(first).toMatchObject({ status: 201, body: { status: 'held', lines: [{ sku: 'A', quantity: 2 }] } })
    await move('release', first.body.id)
    const again = await reserve('k', { A: 2 })
    expect(again).toMatchObject({ status: 201, body: first.body, headers: { 'idempotent-replayed': 'true' } })
  })

  it('is never answered as held when it was given up half-way', async () => {
    const skus = Object.fromEntries(Array.from({ length: 150 }, (_, index) => [`S${index}`, 1]))
    let writes = 0
    const dying = (store: Store): Store => ({
      ...store,
      write: async (...all) => {
        writes += 1
        if (writes === 2) throw new StoreUnavailable('gone')
        return store.write(...all)
      },
    })
    const { reserve, deps, advance, call } = await depot(skus, dying)
    expect(await reserve('k', skus)).toMatchObject({ status: 503 })
    advance(61_000)
    expect(await expire(deps)).toEqual({ due: 1, failed: 0 })
    expect(await reserve('k', skus)).toMatchObject({ status: 409, body: { code: 'reservation_ended' } })
    expect((await call('GET /inventory/{sku}', { params: { sku: 'S0' } })).body).toMatchObject({ available: 1 })
  })

  it('names the line that is short by its place in the request', async () => {
    const { reserve } = await depot({ A: 5, B: 1 })
    const refused = await reserve('k', { A: 2, B: 3 })
    expect(refused).toMatchObject({ status: 409, body: { code: 'insufficient_stock' } })
    expect(refused.body.errors).toEqual([{ path: 'lines[1].quantity', message: '3 requested, 1 available' }])
  })

  it('is not answered as committed when it ended in that very moment', async () => {
    const released: { now: () => Promise<unknown> } = { now: async () => {} }
    const racing = (store: Store): Store => ({
      ...store,
      getMany: async (keys, options) => {
        await released.now()
        return store.getMany(keys, options)
      },
    })
    const { reserve, move, store } = await depot({ A: 5 }, racing)
    const { id } = (await reserve('k', { A: 2 })).body
    released.now = async () => {
      const held = await store.get({ pk: id, sk: 'reservation' })
      const state = { ...(held as unknown as Reservation), status: 'released' as const }
      await store.write(putReservation(held as never, state, { cause: 'x', at: 0, by: 'test' }, []))
      released.now = async () => {}
    }
    expect(await move('commit', id)).toMatchObject({ status: 409, body: { code: 'reservation_ended' } })
  })

  it('is moved once for one idempotency key, and the first answer comes again', async () => {
    const { reserve, move } = await depot({ A: 5 })
    const { id } = (await reserve('k', { A: 2 })).body
    const first = await move('commit', id, 'c')
    expect(first).toMatchObject({ status: 200, body: { status: 'committed' } })
    await move('release', id)
    const again = await move('commit', id, 'c')
    expect(again).toMatchObject({ status: 200, body: first.body, headers: { 'idempotent-replayed': 'true' } })
    const other = (await reserve('k2', { A: 1 })).body.id
    expect(await move('commit', other, 'c')).toMatchObject({ status: 422, body: { code: 'idempotency_key_reused' } })
  })

  it('asks to come again, with 503, when every race is lost', async () => {
    const losing = (store: Store): Store => ({
      ...store,
      write: async () => ({
        ok: false,
        failed: [{ write: 0, found: await store.get({ pk: 'stock_A', sk: 'stock' }) }],
      }),
    })
    const { reserve } = await depot({ A: 5 }, losing)
    expect(await reserve('k', { A: 2 })).toMatchObject({ status: 503, body: { code: 'contended' } })
  })

  it('is of one request, also when others come under its key at the same time', async () => {
    const { reserve, call } = await depot({ A: 50 })
    const answers = await Promise.all([2, 3, 4, 2, 3, 4].map((quantity) => reserve('k', { A: quantity })))
    const taken = answers.filter(({ status }) => status === 201)
    expect(taken).toHaveLength(2)
    const { body } = await call('GET /inventory/{sku}', { params: { sku: 'A' } })
    expect(body.reserved).toBe(taken[0]!.body.lines[0].quantity)
  })

  it('belongs to the caller and the key', async () => {
    const { reserve } = await depot({ A: 5 })
    expect((await reserve('k', { A: 1 })).body.id).toBe(derivedId('rsv', 'user-1', 'k'))
    expect(await reserve('k', { A: 2 })).toMatchObject({ status: 422, body: { code: 'idempotency_key_reused' } })
  })
})

describe('a warehouse that was made a moment ago', () => {
  const isWarehouse = ({ pk }: Item): boolean => pk === 'warehouses'

  it('takes units at once', async () => {
    const { adjust } = await depot({ A: 0 }, trailing(isWarehouse))
    expect(await adjust('A', 3)).toMatchObject({ status: 201, body: { level: { onHand: 3 } } })
  })

  it('gives its units at once', async () => {
    const { reserve } = await depot({ A: 3 }, trailing(isWarehouse))
    expect(await reserve('k', { A: 3 })).toMatchObject({ status: 201 })
  })

  it.each(['℀'.repeat(60), 'x'.repeat(60), `${'x'.repeat(59)} y`.slice(0, 60)])(
    'has an id that events and paths can carry, also when it is named %s',
    async (name) => {
      const { call } = await depot({})
      const { body } = await call('POST /warehouses', { as: 'operator', body: { name } })
      expect(Id.safeParse(body.id).success).toBe(true)
      expect(body.id).not.toMatch(/-$/)
    },
  )
})

describe('a product on its way', () => {
  const asked = (call: Awaited<ReturnType<typeof depot>>['call'], route: string, body?: object, key = 'k') =>
    call(route, { as: 'operator', params: { sku: 'A' }, headers: { 'idempotency-key': key }, ...(body && { body }) })

  it.each([
    [
      'takes units',
      'POST /inventory/{sku}/adjustments',
      { warehouseId: 'main', delta: 3, reason: 'test' },
      201,
      undefined,
    ],
    ['has levels', 'GET /inventory/{sku}/levels', undefined, 200, undefined],
    ['is retired', 'DELETE /products/{sku}', undefined, 204, undefined],
    [
      'is transferred to no warehouse',
      'POST /inventory/{sku}/transfers',
      { fromWarehouseId: 'main', toWarehouseId: 'none', quantity: 1 },
      422,
      'unknown_warehouse',
    ],
    [
      'is short in a reservation',
      'POST /reservations',
      { lines: [{ sku: 'A', quantity: 1 }] },
      409,
      'insufficient_stock',
    ],
  ])('%s once it is there', async (_, route, body, status, code) => {
    const { call, announce, waited } = await depot({})
    announce('A')
    const answer = await asked(call, route, body)
    expect([answer.status, answer.body?.code]).toEqual([status, code])
    expect(waited()).toBeLessThan(1_000)
  })

  it('is unknown after a second, however many of them a request names', async () => {
    const { call, reserve, waited } = await depot({})
    expect(await reserve('k', { A: 1, B: 1, C: 1 })).toMatchObject({ status: 422, body: { code: 'unknown_sku' } })
    expect(waited()).toBe(1_000)
    expect(await asked(call, 'GET /inventory/{sku}/levels')).toMatchObject({ status: 404 })
    expect(waited()).toBe(2_000)
  })

  it('takes units when it was retired, and is created again', async () => {
    const { call, adjust, announce } = await depot({ A: 1 })
    await asked(call, 'DELETE /products/{sku}')
    expect(await adjust('A', 1)).toMatchObject({ status: 404 })
    announce('A')
    expect(await adjust('A', 1)).toMatchObject({ status: 201, body: { level: { onHand: 2 } } })
  })

  it('keeps no anonymous caller waiting, and is found behind an old copy of the table', async () => {
    const { call, waited } = await depot(
      { A: 1 },
      trailing(({ pk }) => pk === 'stock_A'),
    )
    expect(await call('GET /inventory/{sku}', { params: { sku: 'A' } })).toMatchObject({ status: 200 })
    expect(await call('GET /inventory/{sku}', { params: { sku: 'B' } })).toMatchObject({ status: 404 })
    expect(waited()).toBe(0)
  })
})

describe('the totals of a sku', () => {
  it('are not sent to a caller that has them already, also when a cache has weakened their tag', async () => {
    const { call } = await depot({ A: 3 })
    const { headers } = await call('GET /inventory/{sku}', { params: { sku: 'A' } })
    const again = await call('GET /inventory/{sku}', {
      params: { sku: 'A' },
      headers: { 'if-none-match': `W/${String(headers['etag'])}` },
    })
    expect(again).toMatchObject({ status: 304, body: undefined })
  })
})

describe('an adjustment', () => {
  it('is refused when it would put more into a warehouse than it may hold', async () => {
    const { adjust } = await depot({ A: 0 })
    expect(await adjust('A', 1_000_000_000)).toMatchObject({ status: 201 })
    expect(await adjust('A', 1)).toMatchObject({ status: 409, body: { code: 'too_many_units' } })
  })
  it('takes what came back to a full warehouse, and emits its event', async () => {
    const { adjust, call, store } = await depot({ A: 1_000_000_005 })
    expect(await adjust('A', 1)).toMatchObject({ status: 409, body: { code: 'too_many_units' } })
    expect(await adjust('A', -1)).toMatchObject({ status: 201, body: { level: { onHand: 1_000_000_004 } } })
    const count = { warehouseId: 'main', set: 0, expected: 1_000_000_004, reason: 'burnt down' }
    const headers = { 'idempotency-key': 'count' }
    const counted = await call('POST /inventory/{sku}/adjustments', {
      as: 'operator',
      params: { sku: 'A' },
      headers,
      body: count,
    })
    expect(counted).toMatchObject({ status: 201, body: { level: { onHand: 0 } } })
    const moves = store.items().filter(({ outbox }) => outbox?.includes('stock.adjusted'))
    const events = await Promise.all(moves.map(async (item) => entryOf(item, await toEvent(item, 'stock.adjusted'))))
    const deltas = events.map(({ detail }): number => JSON.parse(detail).data.delta)
    expect(deltas.toSorted((one, other) => other - one)).toEqual([-1, -1_000_000_004])
  })
})

describe('a product, deleted with If-Match,', () => {
  it.each([
    { names: 'the version that is known', tag: '"1"', status: 204, waitedMs: 0 },
    { names: 'an older version', tag: '"0"', status: 412, waitedMs: 0 },
    { names: 'a version that is on its way', tag: '"9"', status: 204, waitedMs: 600 },
    { names: 'a version that never comes', tag: '"10"', status: 412, waitedMs: 1_000 },
  ])('is gone or stays where the header names $names: $status', async ({ tag, status, waitedMs }) => {
    const { call, announce, waited } = await depot({ A: 0 })
    announce('A')
    const headers = { 'if-match': tag }
    expect((await call('DELETE /products/{sku}', { as: 'operator', params: { sku: 'A' }, headers })).status).toBe(
      status,
    )
    expect(waited()).toBe(waitedMs)
    const left = await call('GET /inventory/{sku}', { params: { sku: 'A' } })
    expect(left.status).toBe(status === 204 ? 404 : 200)
  })
})
