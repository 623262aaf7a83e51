import { describe, expect, it } from 'vitest'
import { adjust, ImpossibleLevel, move } from '../../functions/inventory/core/stock.ts'
import { reserveBatch } from '../../functions/inventory/store/reserve-batch.ts'
import { type StockItem, putStock, readStock, stockKey } from '../../functions/inventory/store/stock-item.ts'
import { itemSize, writeUnitBytes } from '../../functions/runtime/item-size.ts'
import { type Store, StoreUnavailable } from '../../functions/runtime/store.ts'
import type { Level } from '../../schemas/level.ts'
import type { Movement } from '../../schemas/movement.ts'
import { depot } from './depot.ts'

type Depot = Awaited<ReturnType<typeof depot>>

const orderId = (index: number) => `ord_01K9ZQ3V8W6T2N4R5XJ7C1D${String(index).padStart(3, '0')}`

/** An order holds a unit, and gives it back. */
async function holdAndRelease({ deps, advance }: Depot, index: number): Promise<void> {
  const ofOrder = { id: orderId(index), orderId: orderId(index) }
  advance(1_000)
  await reserveBatch(deps, [{ move: 'hold', ...ofOrder, lines: [['A', 1]], holdSeconds: 60, cause: `${index}@1` }])
  await reserveBatch(deps, [{ move: 'release', ...ofOrder, cause: `${index}@2` }])
}

async function page({ call }: Depot, query: Record<string, string> = {}) {
  const answer = await call('GET /inventory/{sku}/movements', { as: 'operator', params: { sku: 'A' }, query })
  return { ...answer, ...(answer.body as { items: Movement[]; cursor?: string }) }
}

async function all(world: Depot, limit: number): Promise<readonly Movement[]> {
  const items: Movement[] = []
  let cursor: string | undefined
  do {
    const query = { limit: String(limit), ...(cursor !== undefined && { cursor }) }
    const found = await page(world, query)
    items.push(...found.items)
    cursor = found.cursor
  } while (cursor !== undefined)
  return items
}

const buckets = ['available', 'reserved', 'allocated', 'unavailable'] as const

/** Each follows from the one before in its warehouse, and the last one is the level. */
async function expectExact(world: Depot, movements: readonly Movement[]): Promise<void> {
  const answer = await world.call('GET /inventory/{sku}/levels', { as: 'operator', params: { sku: 'A' } })
  const { items: levels } = answer.body as unknown as { items: Level[] }
  for (const level of levels) {
    const sum = { available: 0, reserved: 0, allocated: 0, unavailable: 0 }
    for (const { warehouseId, delta, after } of movements.toReversed()) {
      if (warehouseId !== level.warehouseId) continue
      for (const bucket of buckets) sum[bucket] += delta[bucket] ?? 0
      const onHand = sum.available + sum.reserved + sum.allocated + sum.unavailable
      expect(after).toEqual({ ...sum, onHand })
    }
    expect(level).toMatchObject(sum)
  }
}

describe('the ledger of a sku', () => {
  it('has the metadata of adjustments, in pages that an answer can carry', { timeout: 60_000 }, async () => {
    const world = await depot({ A: 0 })
    const metadata = Object.fromEntries(Array.from({ length: 50 }, (_, key) => [`key-${key}`, '語'.repeat(500)]))
    for (let index = 0; index < 45; index += 1) {
      world.advance(1_000)
      const body = { warehouseId: 'main', delta: 1, reason: 'found', metadata: { ...metadata, 'key-0': String(index) } }
      const headers = { 'idempotency-key': `${index}` }
      const asked = { as: 'operator', params: { sku: 'A' }, headers, body } as const
      expect(await world.call('POST /inventory/{sku}/adjustments', asked)).toMatchObject({ status: 201 })
    }
    const first = await page(world, { limit: '100' })
    expect(first.items.length).toBeLessThan(45)
    expect(Buffer.byteLength(JSON.stringify(first.body))).toBeLessThan(6_000_000)
    const items = await all(world, 100)
    expect(items.flatMap((each) => each.metadata?.['key-0'] ?? [])).toEqual(
      Array.from({ length: 45 }, (_, index) => String(44 - index)),
    )
  })
  it('names who, why and for what, with the level after each, the newest first', async () => {
    const world = await depot({ A: 0 })
    const { call, adjust: receive, deps } = world
    await call('POST /warehouses', { as: 'operator', body: { name: 'Side' } })
    await receive('A', 5)
    const headers = (key: string) => ({ as: 'operator', params: { sku: 'A' }, headers: { 'idempotency-key': key } })
    const transfer = { fromWarehouseId: 'main', toWarehouseId: 'side', quantity: 2, reference: 'TR-1' }
    await call('POST /inventory/{sku}/transfers', { ...headers('t'), body: transfer })
    const broken = { warehouseId: 'side', quantity: 1, kind: 'damaged', move: 'in', reason: 'fell' }
    await call('POST /inventory/{sku}/unavailable', { ...headers('u'), body: broken })
    await reserveBatch(deps, [
      { move: 'hold', id: 'ord_1', orderId: 'ord_1', lines: [['A', 2]], holdSeconds: 60, cause: 'ord_1@1' },
    ])
    const { items } = await page(world)
    expect(items.map(({ id: _, at: __, after: ___, ...rest }) => rest)).toEqual([
      {
        warehouseId: 'main',
        kind: 'reserve',
        delta: { available: -2, reserved: 2 },
        by: 'inventory',
        reference: 'ord_1',
      },
      {
        warehouseId: 'side',
        kind: 'quarantine',
        delta: { available: -1, unavailable: 1 },
        by: 'user-1',
        reason: 'fell',
      },
      {
        warehouseId: 'side',
        kind: 'transfer',
        delta: { available: 2 },
        by: 'user-1',
        reason: 'transfer',
        reference: 'TR-1',
      },
      {
        warehouseId: 'main',
        kind: 'transfer',
        delta: { available: -2 },
        by: 'user-1',
        reason: 'transfer',
        reference: 'TR-1',
      },
      { warehouseId: 'main', kind: 'adjust', delta: { available: 5 }, by: 'user-1', reason: 'test' },
    ])
    expect(items[0]?.after).toEqual({ onHand: 3, available: 1, reserved: 2, allocated: 0, unavailable: 0 })
    await expectExact(world, items)
  })

  it.each([1, 2, 7, 100])('is shown whole and once, by pages of %i', async (limit) => {
    const world = await depot({ A: 0 })
    await world.adjust('A', 9)
    for (let index = 0; index < 20; index += 1) await holdAndRelease(world, index)
    const movements = await all(world, limit)
    expect(movements.map(({ kind }) => kind)).toEqual([
      ...Array.from({ length: 40 }, (_, index) => (index % 2 === 0 ? 'release' : 'reserve')),
      'adjust',
    ])
    expect(new Set(movements.map(({ id }) => id)).size).toBe(41)
    expect(
      movements
        .map(({ at }) => at)
        .toSorted()
        .toReversed(),
    ).toEqual(movements.map(({ at }) => at))
    expect(movements.slice(0, 2).map(({ reference }) => reference)).toEqual([orderId(19), orderId(19)])
    await expectExact(world, movements)
  })

  it('goes on behind a cursor while more is moved', async () => {
    const world = await depot({ A: 9 })
    for (let index = 0; index < 3; index += 1) await holdAndRelease(world, index)
    const first = await page(world, { limit: '4' })
    for (let index = 3; index < 20; index += 1) await holdAndRelease(world, index)
    const rest = await page(world, { limit: '100', cursor: String(first.cursor) })
    expect([...first.items, ...rest.items].map(({ kind }) => kind)).toEqual([
      ...Array.from({ length: 6 }, (_, index) => (index % 2 === 0 ? 'release' : 'reserve')),
      'unrecorded',
    ])
    expect(rest.cursor).toBeUndefined()
  })

  it('stands also of a deleted product, and of none that never was', async () => {
    const world = await depot({ A: 2 })
    await world.call('DELETE /products/{sku}', { as: 'operator', params: { sku: 'A' } })
    expect((await page(world)).items).toHaveLength(1)
    const unknown = { as: 'operator', params: { sku: 'B' } }
    expect(await world.call('GET /inventory/{sku}/movements', unknown)).toMatchObject({ status: 404 })
    expect(await page(world, { cursor: 'eA' })).toMatchObject({ status: 400, body: { code: 'invalid_cursor' } })
  })
})

describe('movements', () => {
  it('leave the stock item a write unit, and are eight to a page', async () => {
    const world = await depot({ A: 100 })
    const sizes: number[] = []
    for (let index = 0; index < 30; index += 1) {
      await holdAndRelease(world, index)
      sizes.push(itemSize((await world.store.get(stockKey('A')))!))
    }
    expect(Math.max(...sizes)).toBeLessThan(writeUnitBytes)
    const pages = world.store.items().filter(({ sk }) => sk.startsWith('moves_'))
    expect(pages.every((item) => itemSize(item) < writeUnitBytes)).toBe(true)
    expect(pages).toHaveLength(7)
  })

  it('are written aside before they leave the item, and once, whoever dies or is first', async () => {
    let isDying = false
    const around = (store: Store): Store => ({
      ...store,
      write: async (...writes) => {
        if (isDying && writes.length > 1) throw new StoreUnavailable('dead')
        return store.write(...writes)
      },
    })
    const world = await depot({ A: 100 }, around)
    for (let index = 0; index < 4; index += 1) await holdAndRelease(world, index)
    isDying = true
    await holdAndRelease(world, 4)
    isDying = false
    const written = world.store.items().filter(({ sk }) => sk.startsWith('moves_'))
    expect(written).toHaveLength(1)
    expect(await all(world, 3)).toHaveLength(9)
    await Promise.all([holdAndRelease(world, 5), holdAndRelease(world, 6)])
    expect(await all(world, 3)).toHaveLength(13)
    expect(world.store.items().filter(({ sk }) => sk.startsWith('moves_'))).toEqual(written)
    await expectExact(world, await all(world, 2))
  })

  it('have what the last release left, and what it moves beside this one', async () => {
    const world = await depot({ A: 0 })
    const { store } = world
    await world.adjust('A', 5)
    /** Writes as the last release does: what it does not know of a level stays as it is. */
    const byLastRelease = async (change: (level: { available: number; reserved: number }) => object) => {
      const item = (await store.get(stockKey('A'))) as StockItem
      const levels = { main: { ...item.levels['main']!, ...change(item.levels['main']!) } }
      const { outbox: _, ...kept } = item
      await store.write({ put: { ...kept, levels, version: item.version + 1 }, if: { version: item.version } })
    }
    await byLastRelease(({ available, reserved }) => ({ available: available - 2, reserved: reserved + 2 }))
    await byLastRelease(({ available }) => ({ available: available - 1 }))
    const seen = await all(world, 10)
    expect(seen[0]).toMatchObject({ kind: 'unrecorded', delta: { available: -3, reserved: 2 }, by: 'inventory' })
    await holdAndRelease(world, 1)
    const movements = await all(world, 2)
    expect(movements.slice(2)).toEqual(seen)
    await expectExact(world, movements)
  })

  it('are of every change: one without a cause is not written', async () => {
    const { store } = await depot({ A: 5 })
    const item = (await store.get(stockKey('A'))) as StockItem
    const origin = { cause: 'test', at: 0, by: 'test' }
    const moved = move(readStock(item), [['A', 'main', 1]], 'available', 'reserved', '2026-01-01T00:00:00.000Z')
    await expect(putStock(store, item, moved, origin)).rejects.toThrow(ImpossibleLevel)
    const adjusted = adjust(readStock(item), 'other', { delta: 1 }, '2026-01-01T00:00:00.000Z')
    if ('code' in adjusted) throw new Error(adjusted.code)
    await expect(putStock(store, item, adjusted.stock, origin)).rejects.toThrow('A in other')
  })
})
