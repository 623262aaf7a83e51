import { describe, expect, it } from 'vitest'
import { consumer } from '../../functions/inventory/events.ts'
import { expire } from '../../functions/inventory/on/due.ts'
import type { InventoryDeps } from '../../functions/inventory/deps.ts'
import { type ReservationItem, reservationKey } from '../../functions/inventory/store/reservation-item.ts'
import { reserveBatch } from '../../functions/inventory/store/reserve-batch.ts'
import { type StockItem, putStock, readStock, stockKey } from '../../functions/inventory/store/stock-item.ts'
import { putWarehouse } from '../../functions/inventory/store/warehouse-item.ts'
import { type Stock, totalsOf } from '../../functions/inventory/core/stock.ts'
import { toEvent } from '../../functions/inventory/outbox-events.ts'
import type { Received } from '../../functions/runtime/events.ts'
import { entryOf } from '../../functions/runtime/relay.ts'
import { memoryStore } from '../../functions/runtime/store.memory.ts'
import type { Item, Store } from '../../functions/runtime/store.ts'
import * as catalog from '../../schemas/catalog.ts'
import * as orders from '../../schemas/orders.ts'
import { stockOf } from './stock-of.ts'
import { hold } from './waiting-shop.ts'

const at = '2026-01-01T00:00:00.000Z'
const origin = { cause: 'test', at: Date.parse(at), by: 'test' }

async function shop(units: Record<string, number>, more: Partial<Stock> = {}) {
  const published: { name: string; data: unknown }[] = []
  const store = memoryStore({
    onChange: (_, after) => {
      for (const name of after?.outbox ?? []) void publish(after!, name)
    },
  })
  const publish = async (item: Item, name: string) => {
    const event = await toEvent(item, name)
    published.push({ name, data: JSON.parse(entryOf(item, event).detail).data })
  }
  let now = Date.parse(at)
  const deps: InventoryDeps = {
    store,
    clock: { now: () => now, sleep: async () => {} },
    random: () => 0.5,
    sourcing: 'fewest-parcels',
  }
  const main = { id: 'main', name: 'Main', priority: 1, active: true, createdAt: at, updatedAt: at }
  await store.write(putWarehouse(undefined, main))
  for (const [sku, available] of Object.entries(units)) {
    await store.write(await putStock(store, undefined, stockOf(sku, { main: available }, more), origin))
  }
  const totals = async (sku: string) => totalsOf(readStock((await store.get(stockKey(sku))) as StockItem), ['main'])
  const reservation = async (id: string) => (await store.get(reservationKey(id))) as ReservationItem | undefined
  return { deps, store, published, totals, reservation, advance: (ms: number) => (now += ms) }
}

const placed = (orderId: string, lines: [string, number][]): Received => ({
  contract: orders.events.orderPlaced,
  messageId: `m-${orderId}`,
  id: `${orderId}/order@1/order.placed`,
  time: at,
  correlationId: orderId,
  causationId: 'r',
  data: { orderId, lines, holdSeconds: 60 },
})

describe('reserving in batches', () => {
  it('sells exactly what there is to many workers at once', async () => {
    const { deps, totals, published } = await shop({ A: 50 })
    const buyers = Array.from({ length: 200 }, (_, index) => hold(`o${index}`, { A: 1 }))
    await Promise.all(
      Array.from({ length: 20 }, (_, worker) => reserveBatch(deps, buyers.slice(worker * 10, worker * 10 + 10))),
    )
    expect(await totals('A')).toMatchObject({ available: 0, reserved: 50, onHand: 50 })
    expect(published.filter(({ name }) => name === 'stock.reserved')).toHaveLength(50)
    expect(published.filter(({ name }) => name === 'stock.refused')).toHaveLength(150)
  })

  it('writes ten orders of one sku as one transaction', async () => {
    const { deps, store } = await shop({ A: 50 })
    const sizes: number[] = []
    const counted: Store = { ...store, write: (...writes) => (sizes.push(writes.length), store.write(...writes)) }
    await reserveBatch(
      { ...deps, store: counted },
      Array.from({ length: 10 }, (_, index) => hold(`o${index}`, { A: 1 })),
    )
    expect(sizes).toEqual([11])
  })

  it('carries out the other requests beside one that is impossible', async () => {
    const { deps, reservation } = await shop({ A: 50 })
    const results = await reserveBatch(deps, [
      hold('o1', { A: 1 }),
      { move: 'commit', id: 'never-held', cause: 'x' },
      hold('o2', { A: 1 }),
    ])
    expect(results.map((result) => 'error' in result)).toEqual([false, true, false])
    expect([(await reservation('o1'))?.status, (await reservation('o2'))?.status]).toEqual(['held', 'held'])
  })

  it('gives up, and holds nothing, when every race is lost', async () => {
    const { deps, store, totals } = await shop({ A: 50 })
    const found = await store.get(stockKey('A'))
    const losing: Store = { ...store, write: async () => ({ ok: false, failed: [{ write: 0, found }] }) }
    const [result] = await reserveBatch({ ...deps, store: losing }, [hold('o1', { A: 1 })])
    expect(result).toMatchObject({ error: expect.any(Error) })
    expect(await totals('A')).toMatchObject({ available: 50 })
  })

  it('reads again when another writer came between its reads of the reservation and of the stock', async () => {
    const { deps, store, totals } = await shop({ A: 5 })
    await reserveBatch(deps, [hold('o1', { A: 2 })])
    let reads = 0
    const torn: Store = {
      ...store,
      getMany: async (keys, options) => {
        reads += 1
        if (reads === 2) await reserveBatch(deps, [{ move: 'commit', id: 'o1', orderId: 'o1', cause: 'o1@2' }])
        return store.getMany(keys, options)
      },
    }
    const [result] = await reserveBatch({ ...deps, store: torn }, [
      { move: 'release', id: 'o1', orderId: 'o1', cause: 'o1@3' },
    ])
    expect(result).toMatchObject({ reservation: { status: 'released' } })
    expect(await totals('A')).toMatchObject({ available: 5, reserved: 0, allocated: 0 })
  })

  it('gives back a hold that another worker has left half-way', async () => {
    const skus = Object.fromEntries(Array.from({ length: 150 }, (_, index) => [`S${index}`, 1]))
    const { deps, store, totals, reservation } = await shop(skus)
    let writes = 0
    const dying: Store = {
      ...store,
      write: async (...all) => {
        if ((writes += 1) > 1) throw new Error('the worker is gone')
        return store.write(...all)
      },
    }
    await reserveBatch({ ...deps, store: dying }, [hold('o1', skus)])
    expect(await reservation('o1')).toMatchObject({ status: 'holding', done: 99 })
    await reserveBatch(deps, [{ move: 'release', id: 'o1', orderId: 'o1', cause: 'o1@2' }])
    expect(await reservation('o1')).toMatchObject({ status: 'released' })
    expect(await totals('S0')).toMatchObject({ available: 1, reserved: 0 })
  })

  it('carries two requests of one reservation out one after the other', async () => {
    const { deps, reservation, totals } = await shop({ A: 5 })
    await reserveBatch(deps, [hold('o1', { A: 1 }), { move: 'release', id: 'o1', orderId: 'o1', cause: 'o1@2' }])
    expect(await reservation('o1')).toMatchObject({ status: 'released' })
    expect(await totals('A')).toMatchObject({ available: 5, reserved: 0 })
  })

  it('emits stock.low once the mark is crossed, and stock.replenished when units come back', async () => {
    const { deps, published } = await shop({ A: 5 }, { lowStockAt: 2 })
    await reserveBatch(deps, [hold('o1', { A: 2 })])
    expect(published.map(({ name }) => name)).toEqual(['stock.reserved'])
    await reserveBatch(deps, [hold('o2', { A: 3 })])
    expect(published).toContainEqual({ name: 'stock.low', data: { sku: 'A', available: 0, lowStockAt: 2 } })
    await reserveBatch(deps, [{ move: 'release', id: 'o2', cause: 'x' }])
    expect(published).toContainEqual({ name: 'stock.replenished', data: { sku: 'A', available: 3 } })
  })

  it('drops the events of an older version when it writes the next', async () => {
    const { deps, store } = await shop({ A: 5 })
    await reserveBatch(deps, [hold('o1', { A: 1 })])
    await reserveBatch(deps, [{ move: 'commit', id: 'o1', cause: 'x' }])
    expect((await store.get(reservationKey('o1')))?.outbox).toEqual(['stock.committed'])
    expect((await store.get(stockKey('A')))?.outbox).toBeUndefined()
  })
})

describe('the queue of inventory', () => {
  it('holds what orders want, and keeps products, in one delivery', async () => {
    const { deps, store, published } = await shop({ A: 5 })
    const data = {
      sku: 'N',
      name: 'New',
      price: { amount: 1, currency: 'GBP' },
      active: true,
      unique: true,
      version: 1,
    }
    const product: Received = { ...placed('p', []), contract: catalog.events.productCreated, messageId: 'm-p', data }
    const failures = await consumer(deps)([placed('o1', [['A', 2]]), product, placed('o2', [['A', 4]])])
    expect(failures).toEqual([])
    expect(await store.get(stockKey('N'))).toMatchObject({ unique: true, levels: {} })
    expect(published.map(({ name }) => name)).toEqual(['stock.reserved', 'stock.refused'])
  })

  it('clears the units of a sku that comes back as unique, with an entry in the ledger for each warehouse', async () => {
    const { deps, store, totals } = await shop({})
    const many = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`w${index}`, 2]))
    const retired = stockOf('A', { main: { available: 5, unavailable: 1 }, ...many }, { retired: true })
    await store.write(await putStock(store, undefined, retired, origin))
    const data = { sku: 'A', name: 'A', price: { amount: 1, currency: 'GBP' }, active: true, unique: true, version: 9 }
    const created: Received = { ...placed('p', []), contract: catalog.events.productCreated, data }
    expect(await consumer(deps)([created, created])).toEqual([])
    expect(await totals('A')).toMatchObject({ onHand: 0, state: 'sold' })
    const ledger = store.items().filter(({ sk }) => sk.startsWith('movement_'))
    expect(ledger).toHaveLength(101)
    expect(ledger.reduce((sum, { delta }) => sum + Number(delta), 0)).toBe(-206)
  })

  it('lets a sku that comes back as an ordinary product, or with a single unit, keep what is there', async () => {
    const { deps, store, totals } = await shop({})
    const data = { name: 'A', price: { amount: 1, currency: 'GBP' }, active: true, version: 9 }
    for (const [sku, units, unique] of [
      ['A', 5, false],
      ['B', 1, true],
    ] as const) {
      await store.write(await putStock(store, undefined, stockOf(sku, { main: units }, { retired: true }), origin))
      const created = { ...placed('p', []), contract: catalog.events.productCreated, data: { ...data, sku, unique } }
      expect(await consumer(deps)([created])).toEqual([])
      expect(await totals(sku)).toMatchObject({ available: units })
    }
  })

  it('reports just the message that failed', async () => {
    const { deps } = await shop({ A: 5 })
    const confirmed = { ...placed('o9', []), contract: orders.events.orderConfirmed, messageId: 'm-bad' }
    const failures = await consumer(deps)([placed('o1', [['A', 2]]), confirmed])
    expect(failures.map(({ messageId }) => messageId)).toEqual(['m-bad'])
  })

  it('fails an event that it does not know, and takes it for no closing', async () => {
    const { deps, totals } = await shop({ A: 5 })
    await consumer(deps)([placed('o1', [['A', 2]])])
    const unknown = { ...placed('o1', []), contract: orders.events.orderRejected, messageId: 'm-unknown' }
    const [failure, ...others] = await consumer(deps)([unknown, placed('o2', [['A', 1]])])
    expect(failure?.messageId).toBe('m-unknown')
    expect(String(failure?.error)).toContain('order.rejected')
    expect(others).toEqual([])
    expect(await totals('A')).toMatchObject({ available: 2, reserved: 3 })
  })
})

describe('the sweeper of inventory', () => {
  it('releases holds without an order when their time is over, and no others', async () => {
    const { deps, totals, advance } = await shop({ A: 9 })
    const lines = [['A', 2]] as const
    await reserveBatch(deps, [
      { move: 'hold', id: 'rsv_short', lines, holdSeconds: 60, cause: 'r1' },
      { move: 'hold', id: 'rsv_long', lines, holdSeconds: 600, cause: 'r2' },
      { move: 'hold', id: 'ord_1', orderId: 'ord_1', lines, holdSeconds: 60, cause: 'r3' },
    ])
    expect(await expire(deps)).toEqual({ due: 0, failed: 0 })
    advance(61_000)
    expect(await expire(deps)).toEqual({ due: 1, failed: 0 })
    expect(await totals('A')).toMatchObject({ available: 5, reserved: 4 })
    expect(await expire(deps)).toEqual({ due: 0, failed: 0 })
  })

  const held = async (count: number) => {
    const world = await shop({ A: 5_000 })
    const ids = Array.from({ length: count }, (_, index) => `rsv_${index}`)
    const hold = (id: string) => ({ move: 'hold', id, lines: [['A', 1]], holdSeconds: 60, cause: 'r1' }) as const
    await reserveBatch(world.deps, ids.map(hold))
    return world
  }

  it('releases thousands of holds in one run, from the whole index', async () => {
    const { deps, store, totals, advance } = await held(2_500)
    const parts = store.items().flatMap(({ duePk }) => (typeof duePk === 'string' ? [duePk] : []))
    expect(new Set(parts).size).toBe(8)
    advance(61_000)
    expect(await expire(deps)).toEqual({ due: 2_500, failed: 0 })
    expect(await totals('A')).toMatchObject({ available: 5_000, reserved: 0 })
  })

  it('leaves to the next run what it has no time for', async () => {
    const { deps, advance } = await held(500)
    advance(61_000)
    const write: Store['write'] = async (...writes) => {
      advance(10_000)
      return deps.store.write(...writes)
    }
    const first = await expire({ ...deps, store: { ...deps.store, write } })
    expect(first.due).toBeLessThan(500)
    expect(await expire(deps)).toEqual({ due: 500 - first.due, failed: 0 })
  })

  it('releases holds that the last release has put into one partition', async () => {
    const { deps, store, totals, advance } = await held(3)
    for (const item of store.items())
      if (typeof item['duePk'] === 'string') {
        const { version } = item
        await deps.store.write({ put: { ...item, duePk: 'due', version: version + 1 }, if: { version } })
      }
    advance(61_000)
    expect(await expire(deps)).toEqual({ due: 3, failed: 0 })
    expect(await totals('A')).toMatchObject({ reserved: 0 })
  })
})
