import { describe, expect, it } from 'vitest'
import { reserveBatch } from '../../functions/inventory/store/reserve-batch.ts'
import { type StockItem, readStock, stockKey } from '../../functions/inventory/store/stock-item.ts'
import { source } from '../../functions/inventory/core/sourcing.ts'
import { cleared } from '../../functions/inventory/core/product-snapshot.ts'
import { levelOf, move, moveUnavailable, setLevel, takeBack, totalsOf } from '../../functions/inventory/core/stock.ts'
import type { Store } from '../../functions/runtime/store.ts'
import { keepProduct } from '../../functions/inventory/on/product.ts'
import { depot, productCreated } from './depot.ts'
import { stockOf } from './stock-of.ts'

const at = '2026-01-01T00:00:00.000Z'
const main = { warehouseId: 'main' } as const

/** What stands after the move, or why it was refused. */
const moved = (
  counts: Parameters<typeof stockOf>[1],
  way: 'in' | 'out' | 'writeOff',
  kind: 'damaged' | 'quality' | 'safety',
  quantity: number,
) => {
  const result = moveUnavailable(stockOf('A', counts), { ...main, quantity, kind, move: way }, at)
  return 'code' in result ? result : { ...levelOf(result.stock, 'main'), delta: result.delta }
}

describe('units that are not for sale', () => {
  it.each([
    ['in', 'quality', { available: 5 }, { available: 3, unavailable: 2, onHand: 5, delta: 0 }],
    ['in', 'damaged', { available: 5, unavailable: 1 }, { available: 3, unavailable: 3, onHand: 6, delta: 0 }],
    ['out', 'damaged', { unavailable: 2 }, { available: 2, unavailable: 0, onHand: 2, delta: 0 }],
    ['out', 'safety', { unavailable: 4, safety: 3 }, { available: 2, unavailable: 2, onHand: 4, delta: 0 }],
    ['writeOff', 'damaged', { available: 1, unavailable: 3 }, { available: 1, unavailable: 1, onHand: 2, delta: -2 }],
  ] as const)('move %s as %s', (way, kind, counts, level) => {
    expect(moved({ main: counts }, way, kind, 2)).toMatchObject(level)
  })

  it('are counted by kind, and all that have none are damaged', () => {
    const counts = { main: { available: 1, unavailable: 5, quality: 2, safety: 1 } }
    expect(levelOf(stockOf('A', counts), 'main').unavailableByKind).toEqual({ damaged: 2, quality: 2, safety: 1 })
    expect(moved(counts, 'in', 'safety', 1)).toMatchObject({ unavailableByKind: { damaged: 2, quality: 2, safety: 2 } })
    expect(moved(counts, 'out', 'quality', 2)).toMatchObject({
      unavailableByKind: { damaged: 2, quality: 0, safety: 1 },
    })
  })

  it.each([
    ['in', 'quality', { available: 1, unavailable: 9 }, 1],
    ['out', 'quality', { available: 9, unavailable: 5, quality: 1 }, 1],
    ['out', 'damaged', { available: 9, unavailable: 5, quality: 3, safety: 1 }, 1],
    ['writeOff', 'safety', { available: 9, unavailable: 5 }, 0],
  ] as const)('are never more than there are: %s as %s of %j', (way, kind, counts, there) => {
    expect(moved({ main: counts }, way, kind, 2)).toEqual({ code: 'insufficient_stock', available: there })
  })

  it('are damaged where they came back so, beside those of other kinds', () => {
    const stock = stockOf('A', { main: { unavailable: 1, quality: 1 } })
    const after = takeBack(stock, [['A', 'main', 2, 'damaged']], at)
    expect(levelOf(after, 'main').unavailableByKind).toEqual({ damaged: 2, quality: 1, safety: 0 })
  })

  it('have no kind left once all are gone, also where a last release has cleared them', () => {
    const stock = stockOf('A', { main: { unavailable: 3, quality: 2 } })
    expect(cleared(stock, 'main', at).stock.levels.get('main')).toEqual({
      available: 0,
      reserved: 0,
      allocated: 0,
      unavailable: 0,
      updatedAt: at,
    })
    const byLast = stockOf('A', { main: { unavailable: 1, quality: 2, safety: 2 } })
    expect(levelOf(byLast, 'main').unavailableByKind).toEqual({ damaged: 0, quality: 1, safety: 0 })
  })
})

describe('what is kept back', () => {
  const kept = { main: { available: 5, keepBack: 3 }, side: { available: 2, keepBack: 9 } }

  it('is on hand, and not sold', () => {
    expect(totalsOf(stockOf('A', kept), ['main', 'side'])).toMatchObject({ onHand: 7, available: 2, keepBack: 5 })
    expect(levelOf(stockOf('A', kept), 'main')).toMatchObject({ onHand: 5, available: 5, keepBack: 3 })
    expect(totalsOf(stockOf('A', { main: { available: 5 } }), ['main'])).not.toHaveProperty('keepBack')
  })

  it('is taken by no order', () => {
    const stock = stockOf('A', kept)
    const sources = { stockOf: () => stock, sites: [{ id: 'side' }, { id: 'main' }], rule: 'priority' } as const
    expect(source([['A', 2]], sources, [])).toMatchObject({ picks: [{ lines: [['A', 'main', 2]] }] })
    expect(source([['A', 3]], sources, [])).toEqual({ shortages: [{ sku: 'A', requested: 3, available: 2 }] })
  })

  it('may break all the same', () => {
    expect(moved({ main: { available: 3, keepBack: 3 } }, 'in', 'damaged', 2)).toMatchObject({ available: 1 })
  })

  it('is replaced as a whole by what is set', () => {
    const set = setLevel(stockOf('A', { main: { available: 5, keepBack: 3, lowStockAt: 1 } }), 'main', {
      lowStockAt: 0,
    })
    if ('code' in set) throw new Error(set.code)
    expect(levelOf(set, 'main')).toMatchObject({ keepBack: 0, lowStockAt: 0 })
    expect(move(set, [['A', 'main', 1]], 'available', 'reserved', at).levels.get('main')).toMatchObject({
      lowStockAt: 0,
    })
  })
})

describe('the routes of levels', () => {
  const setAside = (more: object) => ({
    as: 'operator',
    params: { sku: 'A' },
    headers: { 'idempotency-key': JSON.stringify(more) },
    body: { warehouseId: 'main', quantity: 1, kind: 'damaged', move: 'in', reason: 'broken', ...more },
  })
  const aside = 'POST /inventory/{sku}/unavailable'
  const level = 'PUT /inventory/{sku}/levels/{warehouseId}'
  const set = (body: object, warehouseId = 'main') => ({ as: 'operator', params: { sku: 'A', warehouseId }, body })

  it('let a unique item be replaced once it is written off', async () => {
    const { call, adjust } = await depot({ A: 1 }, undefined, { unique: true })
    expect(await adjust('A', 1)).toMatchObject({ status: 409, body: { code: 'unique_exceeded' } })
    expect(await call(aside, setAside({}))).toMatchObject({ status: 201 })
    expect(await adjust('A', 1, 'again')).toMatchObject({ status: 409 })
    expect(await call(aside, setAside({ move: 'writeOff' }))).toMatchObject({
      status: 201,
      body: { level: { onHand: 0, unavailableByKind: { damaged: 0 } } },
    })
    expect(await adjust('A', 1, 'replaced')).toMatchObject({ status: 201, body: { level: { onHand: 1 } } })
  })

  it('move units once by one key, and refuse another request with it', async () => {
    const { call } = await depot({ A: 5 })
    const first = await call(aside, setAside({ quantity: 2 }))
    expect(await call(aside, setAside({ quantity: 2 }))).toMatchObject({ status: 201, body: first.body })
    const other = { ...setAside({ quantity: 2 }), body: setAside({ quantity: 3 }).body }
    expect(await call(aside, other)).toMatchObject({ status: 422, body: { code: 'idempotency_key_reused' } })
    expect(await call('GET /inventory/{sku}/levels', { as: 'operator', params: { sku: 'A' } })).toMatchObject({
      body: { items: [{ available: 3, unavailable: 2 }] },
    })
  })

  it('emit one event for each crossing of a mark, also when the mark or what is kept back moves', async () => {
    const { call, deps, published, adjust } = await depot({ A: 5 })
    const since = () => published.splice(0).filter(({ name }) => !name.startsWith('stock.adjusted'))
    await call(level, set({ lowStockAt: 2 }))
    expect(since()).toEqual([])
    await reserveBatch(deps, [{ move: 'hold', id: 'o1', lines: [['A', 3]], holdSeconds: 60, cause: 'o1' }])
    expect(since()).toContainEqual({
      name: 'stock.low#main',
      data: { sku: 'A', warehouseId: 'main', available: 2, lowStockAt: 2 },
    })
    await reserveBatch(deps, [{ move: 'hold', id: 'o2', lines: [['A', 1]], holdSeconds: 60, cause: 'o2' }])
    expect(since().map(({ name }) => name)).toEqual(['stock.reserved'])
    await call(level, set({ lowStockAt: 0 }))
    expect(since()).toEqual([{ name: 'stock.replenished#main', data: { sku: 'A', warehouseId: 'main', available: 1 } }])
    await call(level, set({ lowStockAt: 0, keepBack: 1 }))
    expect(since()).toEqual([
      { name: 'stock.low#main', data: { sku: 'A', warehouseId: 'main', available: 0, lowStockAt: 0 } },
    ])
    await adjust('A', 1)
    expect(since().map(({ name }) => name)).toEqual(['stock.replenished', 'stock.replenished#main'])
    await call(level, set({ lowStockAt: 9 }))
    await call(level, set({}))
    expect(since().map(({ name }) => name)).toEqual(['stock.low#main', 'stock.replenished#main'])
  })

  it('emit the event of the product when its mark rises to what is there, and once', async () => {
    const { deps, published, adjust } = await depot({ A: 0 })
    await adjust('A', 3)
    published.length = 0
    const product = productCreated('A')
    const withMark = (version: number, lowStockAt: number) =>
      keepProduct(deps, 'updated')({ ...product, data: { ...product.data, version, lowStockAt } })
    await withMark(10, 2)
    expect(published).toEqual([])
    await withMark(11, 3)
    expect(published).toEqual([{ name: 'stock.low', data: { sku: 'A', available: 3, lowStockAt: 3 } }])
    await withMark(12, 9)
    expect(published).toHaveLength(1)
  })

  it('let a hold that meets a change have what is left to sell, and no more', async () => {
    let meanwhile: (() => Promise<unknown>) | undefined
    const around = (store: Store): Store => ({
      ...store,
      write: async (...writes) => {
        const first = meanwhile
        meanwhile = undefined
        await first?.()
        return store.write(...writes)
      },
    })
    const { call, store, reserve } = await depot({ A: 3 }, around)
    meanwhile = () => call(level, set({ keepBack: 2 }))
    expect(await reserve('k', { A: 2 })).toMatchObject({ status: 409, body: { code: 'insufficient_stock' } })
    expect(await reserve('k2', { A: 1 })).toMatchObject({ status: 201 })
    const item = (await store.get(stockKey('A'))) as StockItem
    expect(levelOf(readStock(item), 'main')).toMatchObject({ available: 2, reserved: 1, keepBack: 2 })
  })

  it('set a mark where the sku never was, in a warehouse that is there', async () => {
    const { call } = await depot({ A: 0 })
    expect(await call(level, set({ lowStockAt: 3 }, 'none'))).toMatchObject({
      status: 422,
      body: { code: 'unknown_warehouse' },
    })
    expect(await call(level, set({ keepBack: 4, lowStockAt: 3 }))).toMatchObject({
      status: 200,
      body: { level: { warehouseId: 'main', onHand: 0, keepBack: 4, lowStockAt: 3 } },
    })
  })
})
