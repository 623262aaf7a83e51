import { describe, expect, it } from 'vitest'
import { MemoryImportFiles } from '../memory-import-files.ts'
import { handlers } from '../../functions/inventory/http.ts'
import { putStock, readStock, stockKey } from '../../functions/inventory/store/stock-item.ts'
import type { StockItem } from '../../functions/inventory/store/stock-item.ts'
import { putWarehouse } from '../../functions/inventory/store/warehouse-item.ts'
import { memoryStore } from '../../functions/runtime/store.memory.ts'
import { type Store, StoreUnavailable } from '../../functions/runtime/store.ts'
import { maxRowsTogether } from '../../schemas/bulk-adjustment.ts'
import { routes } from '../../schemas/inventory.ts'
import { caller } from './call-route.ts'
import { stockOf } from './stock-of.ts'

const at = '2026-01-01T00:00:00.000Z'
const opened = { cause: { kind: 'adjust' } } as const

interface Result {
  readonly key: string
  readonly result: string
  readonly code?: string
  readonly level?: { readonly onHand: number }
}

async function depot(units: Record<string, number>, around: (store: Store) => Store = (store) => store) {
  const store = memoryStore()
  let now = Date.parse(at)
  const never = new Promise<void>(() => {})
  // What is waited for until the end of the request never is over.
  const clock = { now: () => now, sleep: (ms: number) => (ms > 5_000 ? never : Promise.resolve(void (now += ms))) }
  for (const id of ['main', 'north'])
    await store.write(
      putWarehouse(undefined, { id, name: id, priority: 1, active: true, createdAt: at, updatedAt: at }),
    )
  for (const [sku, available] of Object.entries(units))
    await store.write(
      await putStock(
        store,
        undefined,
        stockOf(sku, { main: available }),
        { cause: 'test', at: now, by: 'test' },
        opened,
      ),
    )
  const deps = {
    store: around(store),
    clock,
    random: () => 0.5,
    sourcing: 'fewest-parcels' as const,
    newImportId: () => 'imp_1',
    files: new MemoryImportFiles(),
    readProduct: async () => ({ status: 404, body: {} }),
  }
  const call = caller(routes, handlers(deps))
  const send = async (rows: readonly object[], policy?: string): Promise<readonly Result[]> => {
    const reply = await call('POST /inventory/adjustments', {
      as: 'operator',
      body: { rows, ...(policy && { policy }) },
    })
    expect(reply.status, JSON.stringify(reply.body)).toBe(200)
    return reply.body.rows as Result[]
  }
  const onHand = async (sku: string, warehouseId = 'main') =>
    readStock((await store.get(stockKey(sku))) as StockItem).levels.get(warehouseId)?.available
  const movements = async (sku: string) =>
    (await store.query({ partition: `stock_${sku}`, from: 'movement_', to: 'movement`', limit: 100 })).items
  return { store, send, onHand, movements, advance: (ms: number) => (now += ms) }
}

const row = (key: string, sku: string, change: object, warehouseId = 'main') => ({
  key,
  sku,
  warehouseId,
  reason: 'counted',
  ...change,
})
const short = ({ key, result, code, level }: Result) => [key, code ?? result, ...(level ? [level.onHand] : [])]

describe('many adjustments', () => {
  it('are decided in their order where they name one level', async () => {
    const { send, onHand, movements } = await depot({ A: 2, B: 1 })
    const rows = [
      row('1', 'A', { delta: -2 }),
      row('2', 'B', { delta: 5 }),
      row('3', 'A', { delta: -1 }),
      row('4', 'A', { set: 7, expected: 0 }),
      row('5', 'A', { delta: 1 }, 'north'),
    ]
    expect((await send(rows)).map(short)).toEqual([
      ['1', 'done', 0],
      ['2', 'done', 6],
      ['3', 'insufficient_stock'],
      ['4', 'done', 7],
      ['5', 'done', 1],
    ])
    expect([await onHand('A'), await onHand('A', 'north'), await onHand('B')]).toEqual([7, 1, 6])
    expect((await movements('A')).map(({ level }) => (level as { onHand: number }).onHand)).toEqual([0, 7, 1])
  })

  it('are done once under their keys, and have their first results again', async () => {
    const { send, onHand } = await depot({ A: 2 })
    const added = row('1', 'A', { delta: 3, expected: 2 })
    const first = await send([added, added])
    expect(first.map(short)).toEqual([
      ['1', 'done', 5],
      ['1', 'done', 5],
    ])
    expect((await send([row('0', 'A', { delta: 1 }), added])).map(short)).toEqual([
      ['0', 'done', 6],
      ['1', 'done', 5],
    ])
    expect(await onHand('A')).toBe(6)
  })

  it('keep their metadata with their movements, and another one under a key is another row', async () => {
    const { send, movements } = await depot({ A: 2 })
    const metadata = { erp: '4711' }
    await send([row('1', 'A', { delta: 1, metadata }), row('2', 'A', { delta: 1, metadata: {} })])
    const [labelled, plain] = await movements('A')
    expect(labelled).toMatchObject({ metadata })
    expect(plain).not.toHaveProperty('metadata')
    expect((await send([row('1', 'A', { delta: 1, metadata: { erp: '4712' } })])).map(short)).toEqual([
      ['1', 'idempotency_key_reused'],
    ])
  })

  it('keep nothing of what is refused: the same row can be done later', async () => {
    const { send } = await depot({ A: 0 })
    const taken = row('1', 'A', { delta: -1 })
    expect((await send([taken])).map(short)).toEqual([['1', 'insufficient_stock']])
    await send([row('2', 'A', { delta: 1 })])
    expect((await send([taken])).map(short)).toEqual([['1', 'done', 0]])
  })

  it('refuse a key with another row, in the same request or another', async () => {
    const { send, onHand } = await depot({ A: 0, B: 0 })
    const rows = [row('1', 'A', { delta: 1 }), row('1', 'A', { delta: 2 }), row('1', 'B', { delta: 1 })]
    expect((await send(rows)).map(short)).toEqual([
      ['1', 'done', 1],
      ['1', 'idempotency_key_reused'],
      ['1', 'idempotency_key_reused'],
    ])
    expect((await send([row('1', 'B', { delta: 1 })])).map(short)).toEqual([['1', 'idempotency_key_reused']])
    expect([await onHand('A'), await onHand('B')]).toEqual([1, 0])
  })

  it('are done by sku or not at all, where that is asked', async () => {
    const { send, onHand } = await depot({ A: 1, B: 1, C: 0 })
    await send([row('used', 'C', { delta: 1 })])
    const rows = [
      row('1', 'A', { delta: 1 }),
      row('2', 'A', { delta: -9 }),
      row('3', 'B', { delta: 1 }),
      row('4', 'C', { delta: 1 }),
      row('used', 'C', { delta: 7 }),
    ]
    expect((await send(rows, 'sku')).map(short)).toEqual([
      ['1', 'sku_refused'],
      ['2', 'insufficient_stock'],
      ['3', 'done', 2],
      ['4', 'sku_refused'],
      ['used', 'idempotency_key_reused'],
    ])
    expect([await onHand('A'), await onHand('B'), await onHand('C')]).toEqual([1, 2, 1])
  })

  it('are as many of one sku as one transaction holds, where all or none are done', async () => {
    const { send, onHand } = await depot({ A: 0 })
    const many = Array.from({ length: maxRowsTogether + 1 }, (_, index) => row(`${index}`, 'A', { delta: 1 }))
    const refused = await send(many, 'sku')
    expect(new Set(refused.map(({ code }) => code))).toEqual(new Set(['too_many_rows']))
    expect(await onHand('A')).toBe(0)
    expect((await send(many.slice(1), 'sku')).at(-1)?.level?.onHand).toBe(maxRowsTogether)
    expect((await send(many)).every(({ result }) => result === 'done')).toBe(true)
    expect(await onHand('A')).toBe(maxRowsTogether + 1)
  })

  it('name what is nowhere, row by row', async () => {
    const { send } = await depot({ A: 0 })
    const rows = [row('1', 'NOPE', { delta: 1 }), row('2', 'A', { delta: 1 }, 'nowhere'), row('3', 'A', { delta: 1 })]
    expect((await send(rows)).map(short)).toEqual([
      ['1', 'product_not_found'],
      ['2', 'unknown_warehouse'],
      ['3', 'done', 1],
    ])
  })

  it('are decided again when somebody else was first', async () => {
    let first = true
    const { send, onHand } = await depot({ A: 1 }, (store) => ({
      ...store,
      write: async (...writes) => {
        if (first) {
          first = false
          const item = (await store.get(stockKey('A'))) as StockItem
          await store.write(
            await putStock(store, item, stockOf('A', { main: 0 }), { cause: 'other', at: 1, by: 'other' }, opened),
          )
        }
        return store.write(...writes)
      },
    }))
    expect((await send([row('1', 'A', { delta: -1 }), row('2', 'A', { delta: 4 })])).map(short)).toEqual([
      ['1', 'insufficient_stock'],
      ['2', 'done', 4],
    ])
    expect(await onHand('A')).toBe(4)
  })

  it('are named where the time was over, or the table had no answer', async () => {
    let advance = (_: number): number => 0
    const shop = await depot({ A: 0, B: 0, C: 0 }, (store) => ({
      ...store,
      write: async (...writes) => {
        const [{ put } = { put: { pk: '' } }] = writes as readonly { put: { pk: string } }[]
        if (put.pk === 'stock_B') throw new StoreUnavailable('no answer')
        const outcome = await store.write(...writes)
        advance(6_000)
        return outcome
      },
    }))
    advance = shop.advance
    const many = Array.from({ length: 50 }, (_, index) => row(`a${index}`, 'A', { delta: 1 }))
    const results = await shop.send([...many, row('b', 'B', { delta: 1 })])
    expect(results.slice(48).map(short)).toEqual([
      ['a48', 'done', 49],
      ['a49', 'not_tried'],
      ['b', 'unavailable'],
    ])
    expect((await shop.send(many)).at(-1)?.level?.onHand).toBe(50)
  })
})
