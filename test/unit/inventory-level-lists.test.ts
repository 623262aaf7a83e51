import { describe, expect, it } from 'vitest'
import { listItem } from '../../bin/list-again/list-again.ts'
import { keepProduct } from '../../functions/inventory/on/product.ts'
import type { ReservationRequest } from '../../functions/inventory/core/reservation-request.ts'
import { reserveBatch } from '../../functions/inventory/store/reserve-batch.ts'
import { stockKey } from '../../functions/inventory/store/stock-item.ts'
import { events } from '../../schemas/catalog.ts'
import { depot } from './depot.ts'

type Depot = Awaited<ReturnType<typeof depot>>

const page = ({ call }: Depot, query: Record<string, string>, as = 'operator') => call('GET /levels', { as, query })

/** Sku and warehouse of each level of a whole list, read by pages of this size. */
async function all(world: Depot, query: Record<string, string> = { low: 'true' }, limit = '100') {
  const seen: string[] = []
  let cursor: string | undefined
  do {
    const { body } = await page(world, { ...query, limit, ...(cursor !== undefined && { cursor }) })
    expect(body.items.length).toBeLessThanOrEqual(Number(limit))
    seen.push(...body.items.map((each: { sku: string; warehouseId: string }) => `${each.sku} ${each.warehouseId}`))
    cursor = body.cursor
  } while (cursor !== undefined)
  return seen
}

const adjust = ({ call }: Depot, sku: string, warehouseId: string, delta: number) =>
  call('POST /inventory/{sku}/adjustments', {
    as: 'operator',
    params: { sku },
    headers: { 'idempotency-key': `${sku} ${warehouseId} ${delta}` },
    body: { warehouseId, delta, reason: 'count' },
  })
const mark = ({ call }: Depot, sku: string, body: object, warehouseId = 'main') =>
  call('PUT /inventory/{sku}/levels/{warehouseId}', { as: 'operator', params: { sku, warehouseId }, body })
const open = ({ call }: Depot, name: string) => call('POST /warehouses', { as: 'operator', body: { name } })
const request = ({ deps }: Depot, orderId: string, move: 'close' | 'hold', more: object = {}) =>
  reserveBatch(deps, [{ move, id: orderId, orderId, cause: `${move} ${orderId}`, ...more } as ReservationRequest])
const hold = (world: Depot, orderId: string, sku: string, units: number) =>
  request(world, orderId, 'hold', { lines: [[sku, units]], holdSeconds: 600 })

describe('the list of what is low', () => {
  it('has levels at their own marks and below, the longest ago first, until they are above again', async () => {
    const world = await depot({ A: 5, B: 5, C: 5 })
    for (const sku of ['C', 'A']) {
      await mark(world, sku, { lowStockAt: 3 })
      world.advance(1_000)
      await hold(world, `ord_${sku}`, sku, 2)
    }
    const { body } = await page(world, { low: 'true' })
    expect(body.items).toMatchObject([
      { sku: 'C', warehouseId: 'main', available: 3, lowStockAt: 3, low: ['warehouse'] },
      { sku: 'A', warehouseId: 'main' },
    ])
    await hold(world, 'ord_2', 'C', 1)
    expect(await all(world)).toEqual(['C main', 'A main'])
    await request(world, 'ord_C', 'close')
    expect(await all(world)).toEqual(['A main'])
    await mark(world, 'A', { lowStockAt: 2 })
    expect(await all(world)).toEqual([])
  })

  it('has every level that is active of a product that has come to its mark', async () => {
    const world = await depot({ A: 2 }, undefined, { lowStockAt: 4 })
    await open(world, 'Annex')
    await open(world, 'Closed')
    await world.call('PATCH /warehouses/{id}', { as: 'operator', params: { id: 'closed' }, body: { active: false } })
    await adjust(world, 'A', 'closed', 9)
    await adjust(world, 'A', 'annex', 3)
    expect(await all(world)).toEqual([])
    await hold(world, 'ord_1', 'A', 1)
    expect((await page(world, { low: 'true' })).body.items).toMatchObject([
      { warehouseId: 'annex', low: ['product'] },
      { warehouseId: 'main', low: ['product'] },
    ])
    await request(world, 'ord_1', 'close')
    expect(await world.store.get(stockKey('A'))).not.toHaveProperty('listPk')
    expect(await all(world)).toEqual([])
  })

  it('has no level of a warehouse that is closed, until that is open again', async () => {
    const world = await depot({ A: 2 })
    await open(world, 'Annex')
    const isOpen = (active: boolean) =>
      world.call('PATCH /warehouses/{id}', { as: 'operator', params: { id: 'annex' }, body: { active } })
    const asked = { as: 'operator', params: { sku: 'A', warehouseId: 'annex' }, headers: { 'idempotency-key': 'm' } }
    await world.call('PUT /inventory/{sku}/levels/{warehouseId}', { ...asked, body: { lowStockAt: 3 } })
    expect(await all(world)).toEqual(['A annex'])
    await isOpen(false)
    await adjust(world, 'A', 'annex', 1)
    expect(await all(world)).toEqual([])
    await isOpen(true)
    expect(await all(world)).toEqual(['A annex'])
  })

  it('follows the mark of the product, and is left with it', async () => {
    const world = await depot({ A: 2 })
    const product = (version: number, lowStockAt?: number) =>
      keepProduct(
        world.deps,
        'updated',
      )({
        contract: events.productUpdated,
        messageId: 'm',
        id: `product_A@${version}`,
        time: '',
        correlationId: '',
        causationId: '',
        data: { sku: 'A', unique: false, version, ...(lowStockAt !== undefined && { lowStockAt }) } as never,
      })
    await product(2, 2)
    expect(await all(world)).toEqual(['A main'])
    await product(3, 1)
    expect(await all(world)).toEqual([])
    await product(4, 2)
    await world.call('DELETE /products/{sku}', { as: 'operator', params: { sku: 'A' } })
    expect(await all(world)).toEqual([])
  })

  it('goes on page by page, each level once, also within a sku', async () => {
    const skus = Object.fromEntries(Array.from({ length: 12 }, (_, index) => [`S${10 + index}`, 1]))
    const world = await depot(skus)
    for (const name of ['Annex', 'Barn']) await open(world, name)
    for (const sku of Object.keys(skus)) {
      world.advance(1)
      for (const id of ['annex', 'barn']) await adjust(world, sku, id, 1)
      for (const id of ['annex', 'barn', 'main']) await mark(world, sku, { lowStockAt: 5 }, id)
    }
    const whole = Object.keys(skus).flatMap((sku) => ['annex', 'barn', 'main'].map((id) => `${sku} ${id}`))
    for (const limit of ['1', '2', '7', '100']) {
      expect(await all(world, { low: 'true' }, limit)).toEqual(whole)
      expect(await all(world, { low: 'true', warehouseId: 'barn' }, limit)).toEqual(
        whole.filter((each) => each.endsWith('barn')),
      )
    }
  })

  it('costs an order nothing: the place of a sku stays while it is low', async () => {
    const world = await depot({ A: 5 })
    await mark(world, 'A', { lowStockAt: 5 })
    const { listPk, listSk } = (await world.store.get(stockKey('A')))!
    world.advance(5_000)
    await hold(world, 'ord_1', 'A', 1)
    expect(await world.store.get(stockKey('A'))).toMatchObject({ listPk, listSk })
  })
})

describe('the levels of a warehouse', () => {
  it('are listed by sku, from the first unit or mark on, without those of deleted products', async () => {
    const world = await depot({ B: 1, A: 0, C: 2 })
    await open(world, 'Annex')
    await mark(world, 'C', { keepBack: 1 }, 'annex')
    await world.call('POST /inventory/{sku}/transfers', {
      as: 'operator',
      params: { sku: 'B' },
      body: { fromWarehouseId: 'main', toWarehouseId: 'annex', quantity: 1 },
    })
    expect(await all(world, { warehouseId: 'main' }, '2')).toEqual(['A main', 'B main', 'C main'])
    expect((await page(world, { warehouseId: 'annex' })).body.items).toMatchObject([
      { sku: 'B', warehouseId: 'annex', onHand: 1 },
      { sku: 'C', warehouseId: 'annex', onHand: 0, keepBack: 1 },
    ])
    await world.call('DELETE /products/{sku}', { as: 'operator', params: { sku: 'A' } })
    expect(await all(world, { warehouseId: 'main' })).toEqual(['B main', 'C main'])
    expect(await all(world, { warehouseId: 'main', deleted: 'true' }, '2')).toEqual(['A main', 'B main', 'C main'])
    expect(await all(world, { warehouseId: 'annex', deleted: 'true' })).toEqual(['B annex', 'C annex'])
    expect(await all(world, { warehouseId: 'main', low: 'true', deleted: 'true' })).toEqual([])
    expect(await all(world, { warehouseId: 'nowhere' })).toEqual([])
  })

  it('are brought into their lists where the last release wrote them, once', async () => {
    const world = await depot({ A: 2 })
    await mark(world, 'A', { lowStockAt: 5 })
    const { listPk: _, listSk: __, ...old } = (await world.store.get(stockKey('A')))!
    await world.store.write({ put: old, if: 'any' }, { delete: { pk: 'levels_main', sk: 'level_A' }, if: 'any' })
    expect([await all(world), await all(world, { warehouseId: 'main' })]).toEqual([[], []])
    await listItem(world.deps, 'inventory', old)
    expect([await all(world), await all(world, { warehouseId: 'main' })]).toEqual([['A main'], ['A main']])
    expect(await world.store.get(stockKey('A'))).toMatchObject({ version: old.version })
  })

  it('are for those who may see stock, and by one filter at least', async () => {
    const world = await depot({ A: 2 })
    expect(await page(world, { low: 'true' }, 'customer')).toMatchObject({ status: 403 })
    for (const [query, path] of [
      [{}, 'warehouseId'],
      [{ low: 'false' }, 'low'],
      [{ deleted: 'true' }, 'warehouseId'],
      [{ warehouseId: 'main', deleted: 'false' }, 'deleted'],
      [{ warehouseId: 'a b' }, 'warehouseId'],
      [{ low: 'true', limit: '0' }, 'limit'],
    ] as const)
      expect(await page(world, query)).toMatchObject({ status: 400, body: { errors: [{ path }] } })
    for (const query of [{ low: 'true' }, { warehouseId: 'main' }])
      expect(await page(world, { ...query, cursor: 'x' })).toMatchObject({
        status: 400,
        body: { code: 'invalid_cursor' },
      })
  })
})
