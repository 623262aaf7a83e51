import { describe, expect, it } from 'vitest'
import { handlers } from '../../functions/inventory/http.ts'
import { KeptAnswers } from '../../functions/runtime/kept-answers.ts'
import { metrics } from '../../functions/runtime/log.ts'
import type { Store } from '../../functions/runtime/store.ts'
import { routes } from '../../schemas/inventory.ts'
import { type Call, caller } from './call-route.ts'
import { depot } from './depot.ts'

/** Inventory whose functions keep open reads for so long, and the calls that reads of its table made. */
async function kept(units: Record<string, number>, seconds = 2) {
  let reads = 0
  const counting = (store: Store): Store => ({
    ...store,
    get: (...asked) => ((reads += 1), store.get(...asked)),
    getMany: (...asked) => ((reads += 1), store.getMany(...asked)),
    query: (asked) => ((reads += 1), store.query(asked)),
  })
  const { deps, advance } = await depot(units, counting)
  const call = caller(routes, handlers(deps), new KeptAnswers(deps.clock, seconds))
  const readsOf = async (requests: () => Promise<unknown>): Promise<number> => {
    const before = reads
    await requests()
    return reads - before
  }
  const stock = (sku = 'A', more: Call = {}) => call('GET /inventory/{sku}', { params: { sku }, ...more })
  const several = (sku: string) => call('GET /inventory', { query: { sku } })
  return { call, advance, readsOf, stock, several }
}

const times = async (count: number, request: () => Promise<unknown>): Promise<void> => {
  for (let each = 0; each < count; each += 1) await request()
}

describe('an open read', () => {
  it('is read from the table once in two seconds, however often it is asked for', async () => {
    const { readsOf, stock, advance } = await kept({ A: 3 })
    expect(await readsOf(() => times(50, stock))).toBe(2)
    advance(1_999)
    expect(await readsOf(() => times(50, stock))).toBe(0)
    expect(await stock()).toMatchObject({ status: 200, headers: { age: '1', 'cache-control': 'public, max-age=2' } })
    advance(1)
    expect(await readsOf(() => times(50, stock))).toBe(2)
    expect((await stock()).headers).toMatchObject({ age: '0' })
  })

  it('counts what was kept, and what was read', async () => {
    const { stock } = await kept({ A: 3 })
    metrics.clearMetrics()
    await times(10, stock)
    const { ReadsKept, ReadsFresh } = metrics.serializeMetrics() as Record<string, unknown>
    expect([ReadsKept, ReadsFresh].map((each) => [each].flat().length)).toEqual([9, 1])
    metrics.clearMetrics()
  })

  it('is 304 for who has it, kept or not', async () => {
    const { stock } = await kept({ A: 3 })
    const { etag } = (await stock()).headers
    const again = () => stock('A', { headers: { 'if-none-match': String(etag) } })
    expect(await again()).toMatchObject({ status: 304, body: undefined, headers: { etag } })
  })

  it('of several skus is one call for them and one for the warehouses, and one more for those of no product', async () => {
    const skus = Array.from({ length: 100 }, (_, index) => `S${index}`)
    const world = await kept(Object.fromEntries(skus.map((sku) => [sku, 1])))
    expect(await world.readsOf(() => world.several(skus.join()))).toBe(2)
    expect(await world.readsOf(() => world.several('S1,none'))).toBe(3)
    expect(await world.readsOf(() => world.several(skus.join()))).toBe(0)
  })

  it('is another one for other skus, and for another query', async () => {
    const { stock, several } = await kept({ A: 3, B: 5 })
    expect([(await stock('A')).body.available, (await stock('B')).body.available]).toEqual([3, 5])
    expect((await several('A,B')).body.items).toMatchObject([{ sku: 'A' }, { sku: 'B' }])
    expect((await several('B,A')).body.items).toMatchObject([{ sku: 'B' }, { sku: 'A' }])
  })

  it('is read again where the request wants that, and what it finds is kept', async () => {
    const { readsOf, stock } = await kept({ A: 3 })
    await stock()
    expect(await readsOf(() => stock('A', { headers: { 'cache-control': 'No-Cache' } }))).toBe(2)
    expect(await readsOf(stock)).toBe(0)
  })

  it('shows at once what the same function has written', async () => {
    const { call, stock } = await kept({ A: 3 })
    await stock()
    await call('POST /inventory/{sku}/adjustments', {
      as: 'operator',
      params: { sku: 'A' },
      headers: { 'idempotency-key': 'k' },
      body: { warehouseId: 'main', delta: 2, reason: 'count' },
    })
    expect((await stock()).body).toMatchObject({ available: 5 })
  })

  it('is kept nowhere where a stage keeps none, and neither is what is refused, or not open', async () => {
    const none = await kept({ A: 3 }, 0)
    expect(await none.readsOf(() => times(5, none.stock))).toBe(10)
    const { readsOf, stock, call } = await kept({ A: 3 })
    expect(await stock('none')).toMatchObject({ status: 404 })
    expect(await readsOf(() => stock('none'))).toBeGreaterThan(0)
    const levels = () => call('GET /inventory/{sku}/levels', { as: 'operator', params: { sku: 'A' } })
    expect(await readsOf(() => times(5, levels))).toBe(5)
  })

  it('makes room for others: a function keeps no more than it has memory for', async () => {
    const keeps = new KeptAnswers({ now: () => 0 }, 2)
    const long = 'x'.repeat(5_000_000)
    const route = routes.getStock
    let reads = 0
    const ask = (sku: string) =>
      keeps.of({ route, params: { sku }, query: undefined, headers: {} }, async () => ((reads += 1), { body: long }))
    for (const sku of ['A', 'B', 'C', 'D']) await ask(sku)
    expect(reads).toBe(4)
    await ask('D')
    expect(reads).toBe(4)
    await ask('A')
    expect(reads).toBe(5)
  })
})

describe('the stock of several skus', () => {
  it('is in the order of the request, each once, and names those of no product', async () => {
    const { call } = await depot({ A: 3, B: 5 })
    const list = (sku: string, headers = {}) => call('GET /inventory', { query: { sku }, headers })
    const { body, headers } = await list('B,none,A,B')
    expect(body).toMatchObject({
      items: [
        { sku: 'B', available: 5 },
        { sku: 'A', available: 3 },
      ],
      unknown: ['none'],
    })
    expect(body.items[1]).toEqual((await call('GET /inventory/{sku}', { params: { sku: 'A' } })).body)
    expect(headers).toMatchObject({ 'cache-control': 'public, max-age=2', etag: expect.any(String) })
    expect(await list('B,none,A,B', { 'if-none-match': headers['etag'] })).toMatchObject({ status: 304 })
    expect((await list('A')).body).not.toHaveProperty('unknown')
    expect((await list('none')).body).toEqual({ items: [], unknown: ['none'] })
  })

  it('is refused for what is no list of up to 100 skus', async () => {
    const { call } = await depot({ A: 3 })
    const hundred = Array.from({ length: 100 }, (_, index) => `S${index}`)
    expect(await call('GET /inventory', { query: { sku: hundred.join() } })).toMatchObject({ status: 200 })
    for (const query of [
      {},
      { sku: '' },
      { sku: 'A,' },
      { sku: 'A, B' },
      { sku: [...hundred, 'A'].join() },
      { sku: 'A', x: '1' },
    ])
      expect(await call('GET /inventory', { query })).toMatchObject({
        status: 400,
        body: { code: 'validation_failed' },
      })
  })
})
