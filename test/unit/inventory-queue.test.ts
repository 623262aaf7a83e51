import { describe, expect, it } from 'vitest'
import type { ReservationRequest } from '../../functions/inventory/core/reservation-request.ts'
import { unitsDue } from '../../functions/inventory/core/stock.ts'
import type { InventoryDeps } from '../../functions/inventory/deps.ts'
import { fill } from '../../functions/inventory/on/awaited.ts'
import { stockKey } from '../../functions/inventory/store/stock-item.ts'
import { reserveBatch } from '../../functions/inventory/store/reserve-batch.ts'
import { hold, minutes, shop } from './waiting-shop.ts'

const waits = (id: string, placed: number, lines: Record<string, number>): ReservationRequest => ({
  ...hold(id, lines),
  backorder: { placedAt: minutes(placed) },
})
const closes = (id: string): ReservationRequest => ({ move: 'close', id, orderId: id, cause: `${id}@close` })

const numbered = (count: number, from = 0): string[] => Array.from({ length: count }, (_, index) => `o${from + index}`)

describe('an order that joins others', () => {
  it('has nobody tried where all that is there is due to those before it', async () => {
    const { order, arrives, settle, statuses } = await shop({ A: 0, B: 0 })
    await order('both', 1, { A: 1, B: 1 })
    await arrives('A', 1)
    for (const [index, id] of numbered(3).entries()) expect(await order(id, 2 + index, { A: 1 })).toBe('waiting')
    expect(await settle()).toBe(0)
    await arrives('A', 1)
    expect(await statuses('both', 'o0', 'o1')).toEqual(['waiting', 'held', 'waiting'])
  })

  it('has nobody tried for the skus of which there is enough for all', async () => {
    const { order, settle } = await shop({ A: 10, B: 0 })
    for (const [index, id] of numbered(3).entries()) await order(id, index, { A: 1, B: 1 })
    expect(await settle()).toBe(0)
  })

  it('has nobody tried where it stands before others and another of its skus is short', async () => {
    const { order, arrives, settle } = await shop({ A: 0, B: 0 })
    await order('later', 2, { A: 1, B: 1 })
    await arrives('A', 1)
    await order('earlier', 1, { A: 1, B: 1 })
    expect(await settle()).toBe(0)
  })

  it('is tried where what is due to those behind it is its own, and only then', async () => {
    const { order, arrives, settle, statuses } = await shop({ A: 0, B: 0 })
    await order('first', 1, { A: 2, B: 1 })
    await order('last', 9, { A: 2, B: 1 })
    await arrives('A', 4)
    await order('third', 3, { A: 3 })
    expect(await settle()).toBe(0)
    await order('second', 2, { A: 2 })
    expect(await settle()).toBe(1)
    expect(await statuses('first', 'second', 'third', 'last')).toEqual(['waiting', 'held', 'waiting', 'waiting'])
  })

  it('is tried where more stand behind it than are read', async () => {
    const { order, arrives, settle, statusOf } = await shop({ A: 0, B: 0 })
    for (const [index, id] of numbered(101).entries()) await order(id, 10 + index, { A: 1, B: 1 })
    await arrives('A', 1)
    await order('earlier', 1, { A: 1 })
    await settle()
    expect(await statusOf('earlier')).toBe('held')
  })

  it('in one write with others is tried in the place of each', async () => {
    const { order, arrives, deps, settle, statuses } = await shop({ A: 0, B: 0 })
    await order('late', 9, { A: 1, B: 1 })
    await arrives('A', 1)
    await reserveBatch(deps, [waits('third', 3, { A: 1 }), waits('second', 2, { A: 1 }), waits('last', 10, { A: 1 })])
    await settle()
    expect(await statuses('second', 'third', 'last')).toEqual(['held', 'waiting', 'waiting'])
  })

  it('has what comes back in the write in which it begins to wait', async () => {
    const { deps, buy, settle, statusOf } = await shop({ A: 1 })
    await buy('sold', { A: 1 })
    await reserveBatch(deps, [waits('first', 1, { A: 1 }), closes('sold')])
    await settle()
    expect(await statusOf('first')).toBe('held')
  })

  it('has what comes back in a write in which as much is sold', async () => {
    const { deps, buy, settle, statusOf } = await shop({ A: 2 })
    await buy('sold', { A: 1 })
    await reserveBatch(deps, [hold('new', { A: 1 }), waits('first', 1, { A: 1 }), closes('sold')])
    await settle()
    expect(await statusOf('first')).toBe('held')
  })

  it('keeps nobody from what another one leaves in the same write', async () => {
    const { order, arrives, deps, settle, statuses } = await shop({ A: 0, B: 0 })
    await order('first', 1, { A: 1, B: 1 })
    await order('second', 2, { A: 1 })
    await arrives('A', 1)
    await reserveBatch(deps, [closes('first'), waits('third', 3, { A: 1 })])
    await settle()
    expect(await statuses('first', 'second', 'third')).toEqual(['released', 'held', 'waiting'])
  })

  it('reads as much in a long queue as in a short one', async () => {
    const { order, settle, reads } = await shop({ A: 1_000, B: 0 })
    const readsOf = async (ids: readonly string[]) => {
      const before = reads()
      for (const id of ids) await order(id, 1, { A: 1, B: 1 })
      expect(await settle()).toBe(0)
      return reads() - before
    }
    const first = await readsOf(numbered(50))
    expect(await readsOf(numbered(50, 50))).toBe(first)
    expect(await readsOf(numbered(50, 100))).toBe(first)
  })
})

/** Of `waiting` orders that wait for A, the first of `stuck` wait for B, too, which never comes. */
async function longQueue(waiting: number, stuck: number) {
  const world = await shop({ A: 0, B: 0 })
  const ids = numbered(waiting)
  for (const [index, id] of ids.entries()) await world.order(id, 10 + index, index < stuck ? { A: 1, B: 1 } : { A: 1 })
  const heldOf = async (): Promise<number> => (await world.statuses(...ids)).filter((each) => each === 'held').length
  return { ...world, heldOf, placeOf: (index: number) => ({ placedAt: minutes(10 + index), id: String(ids[index]) }) }
}

describe('a queue that is too long for one run', () => {
  it('is gone on with where it was left, to its end', async () => {
    const { receive, settle, slow, heldOf, reads } = await longQueue(300, 200)
    await receive('A', 300)
    const before = reads()
    slow(2_000)
    await settle()
    expect(await heldOf()).toBe(100)
    expect(reads() - before).toBeLessThan(100)
  })

  it('is tried by a page at least in each run, however slow the table is', async () => {
    const { receive, settle, slow, heldOf } = await longQueue(100, 50)
    await receive('A', 100)
    slow(30_000)
    expect(await settle()).toBe(4)
    expect(await heldOf()).toBe(50)
  })

  it('gives those behind the place no more than what those before it are not due', async () => {
    const { deps, receive, heldOf, placeOf } = await longQueue(100, 50)
    await receive('A', 60)
    await fill(deps, { sku: 'A', triedTo: placeOf(49) }, 'test')
    expect(await heldOf()).toBe(10)
  })

  it('has what is due before the place counted as it is then', async () => {
    const { deps, receive, order, close, heldOf, placeOf } = await longQueue(100, 50)
    await receive('A', 60)
    for (const index of [3, 4, 5, 6]) await close(placeOf(index).id)
    await order('early', 1, { A: 2, B: 1 })
    await fill(deps, { sku: 'A', triedTo: placeOf(49) }, 'test')
    expect(await heldOf()).toBe(12)
  })

  it('is not read behind the place where there are units for those before it alone', async () => {
    const { deps, receive, heldOf, placeOf, reads } = await longQueue(100, 50)
    await receive('A', 50)
    const before = reads()
    await fill(deps, { sku: 'A', triedTo: placeOf(49) }, 'test')
    expect(reads() - before).toBe(2)
    expect(await heldOf()).toBe(0)
  })

  it('is gone on with also where another writer comes between', async () => {
    const { deps, receive, settle, slow, store, heldOf } = await longQueue(100, 50)
    await receive('A', 100)
    slow(30_000)
    let races = 0
    const contended: InventoryDeps = {
      ...deps,
      store: {
        ...deps.store,
        write: async (...writes) => {
          const goesOn = writes.some((write) => 'put' in write && write.put['triedTo'] !== undefined)
          if (goesOn && (races += 1) === 1) await receive('A', 1)
          return store.write(...writes)
        },
      },
    }
    await fill(contended, { sku: 'A' }, 'test')
    expect(races).toBe(2)
    await settle()
    expect(await heldOf()).toBe(50)
  })

  it('has its place in the event, and in no later version', async () => {
    const { deps, receive, slow, published, placeOf, stock, store } = await longQueue(50, 50)
    await receive('A', 100)
    slow(30_000)
    published.length = 0
    await fill(deps, { sku: 'A' }, 'test')
    expect(published).toEqual([{ name: 'stock.awaited', data: { sku: 'A', triedTo: placeOf(24) } }])
    await receive('A', 1)
    expect(published.at(-1)).toEqual({ name: 'stock.awaited', data: { sku: 'A' } })
    expect(await store.get(stockKey('A'))).not.toHaveProperty('triedTo')
    expect(unitsDue(await stock('A'))).toBe(50)
  })
})
