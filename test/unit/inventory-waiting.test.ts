import { describe, expect, it } from 'vitest'
import { retirable, totalsOf } from '../../functions/inventory/core/stock.ts'
import type { InventoryDeps } from '../../functions/inventory/deps.ts'
import { fill } from '../../functions/inventory/on/awaited.ts'
import { expire } from '../../functions/inventory/on/due.ts'
import { type ReservationItem, reservationKey } from '../../functions/inventory/store/reservation-item.ts'
import { reserveBatch } from '../../functions/inventory/store/reserve-batch.ts'
import { stockKey } from '../../functions/inventory/store/stock-item.ts'
import { queuePage } from '../../functions/inventory/store/waiter-item.ts'
import { hold, minutes, shop } from './waiting-shop.ts'

describe('an order that may wait', () => {
  it('waits whole where a line is short, and holds nothing meanwhile', async () => {
    const { order, totals, published } = await shop({ A: 2, B: 0 }, { shipBy: '2026-03-01T00:00:00.000Z' })
    expect(await order('first', 1, { A: 1, B: 1 })).toBe('waiting')
    expect(await totals('A')).toMatchObject({ onHand: 2, reserved: 0, available: 1, waiting: 1 })
    expect(published).toEqual([
      {
        name: 'stock.backordered',
        data: {
          reservationId: 'first',
          orderId: 'first',
          shortages: [{ sku: 'B', requested: 1, available: 0 }],
          estimatedAt: '2026-03-01T00:00:00.000Z',
        },
      },
    ])
  })

  it('is held at once where everything is there', async () => {
    const { order, totals } = await shop({ A: 1 })
    expect(await order('first', 1, { A: 1 })).toBe('held')
    expect(await totals('A')).not.toHaveProperty('waiting')
  })

  it('is held as long as it asked for, from its filling on', async () => {
    const { order, arrives, advance, store } = await shop({ A: 0 })
    await order('first', 1, { A: 1 })
    advance(3_600_000)
    await arrives('A', 1)
    const { expiresAt } = (await store.get(reservationKey('first'))) as ReservationItem
    expect(expiresAt).toBe(minutes(61))
  })

  it('is answered again when it asks again', async () => {
    const { order, request, names } = await shop({ A: 0 })
    await order('first', 1, { A: 1 })
    await request({ ...hold('first', { A: 1 }), backorder: { placedAt: minutes(1) }, cause: 'first@2' })
    expect(names()).toEqual(['stock.backordered', 'stock.backordered'])
  })

  it('is refused where it would take more than one transaction', async () => {
    const { order, statusOf } = await shop({ A: 0, B: 0 }, {}, 4)
    expect(await order('one', 1, { A: 1 })).toBe('waiting')
    expect(await order('two', 1, { A: 1, B: 1 })).toBe('refused')
    expect(await statusOf('one')).toBe('waiting')
  })

  it('is refused a product that may not be waited for', async () => {
    const { order } = await shop({ A: 0 }, null)
    expect(await order('first', 1, { A: 1 })).toBe('refused')
  })
})

describe('who gets what has come', () => {
  it('an order that waits, and no new one, also one that could be filled whole', async () => {
    const { order, buy, arrives, totals, statuses } = await shop({ A: 0 })
    await order('first', 1, { A: 3 })
    await arrives('A', 2)
    expect(await buy('new', { A: 1 })).toBe('refused')
    expect(await order('second', 2, { A: 1 })).toBe('waiting')
    expect(await totals('A')).toMatchObject({ onHand: 2, available: 0, waiting: 4 })
    await arrives('A', 1)
    expect(await statuses('first', 'second')).toEqual(['held', 'waiting'])
    await arrives('A', 2)
    expect(await statuses('first', 'second')).toEqual(['held', 'held'])
    expect(await totals('A')).toMatchObject({ onHand: 5, reserved: 4, available: 1 })
  })

  it('the first one placed, whichever arrived first', async () => {
    const { order, arrives, statuses } = await shop({ A: 0 })
    await order('later', 2, { A: 1 })
    await order('earlier', 1, { A: 1 })
    await arrives('A', 1)
    expect(await statuses('earlier', 'later')).toEqual(['held', 'waiting'])
  })

  it('the one with the first id, of those that were placed in the same moment', async () => {
    const { order, receive, deps, statuses } = await shop({ A: 0 })
    for (const id of ['c', 'a', 'b']) await order(id, 1, { A: 2 })
    await receive('A', 3)
    const fills = ['c', 'b', 'a'].map((id) => ({ move: 'fill' as const, id, orderId: id, cause: 'test' }))
    await reserveBatch(deps, fills)
    expect(await statuses('a', 'b', 'c')).toEqual(['held', 'waiting', 'waiting'])
  })

  it('also what is there already, where the order was placed before those that wait', async () => {
    const { order, arrives, settle, statuses, totals } = await shop({ A: 0, B: 0 })
    await order('both', 2, { A: 1, B: 1 })
    await arrives('A', 1)
    expect(await order('earlier', 1, { A: 1 })).toBe('waiting')
    await settle()
    expect(await statuses('both', 'earlier')).toEqual(['waiting', 'held'])
    expect(await totals('A')).toMatchObject({ available: 0, reserved: 1, waiting: 1 })
  })

  it('in the end an order of many lines: small ones placed later get what is beyond its own', async () => {
    const { order, arrives, statuses } = await shop({ A: 0, B: 0, C: 0 })
    await order('large', 1, { A: 2, B: 1, C: 1 })
    const small = ['s1', 's2', 's3']
    for (const [index, id] of small.entries()) await order(id, 2 + index, { A: 1 })
    await arrives('A', 2)
    expect(await statuses('large', ...small)).toEqual(['waiting', 'waiting', 'waiting', 'waiting'])
    await arrives('A', 1)
    expect(await statuses('large', ...small)).toEqual(['waiting', 'held', 'waiting', 'waiting'])
    await arrives('B', 1)
    await arrives('A', 1)
    expect(await statuses('large', ...small)).toEqual(['waiting', 'held', 'held', 'waiting'])
    await arrives('C', 1)
    expect(await statuses('large', ...small)).toEqual(['held', 'held', 'held', 'waiting'])
  })

  it('as many as there are units for, over pages of the queue', async () => {
    const { order, arrives, totals, statuses } = await shop({ A: 0 })
    const ids = Array.from({ length: 60 }, (_, index) => `o${index}`)
    for (const [index, id] of ids.entries()) await order(id, index, { A: 1 })
    await arrives('A', 55)
    expect(await totals('A')).toMatchObject({ reserved: 55, available: 0, waiting: 5 })
    expect((await statuses(...ids)).indexOf('waiting')).toBe(55)
  })

  it('from a warehouse that opens, within ten minutes', async () => {
    const { order, arrives, openWarehouse, deps, advance, statusOf } = await shop({ A: 0 })
    await order('first', 1, { A: 1 })
    await openWarehouse(false)
    await arrives('A', 1)
    expect(await statusOf('first')).toBe('waiting')
    await openWarehouse(true)
    expect(await expire(deps)).toEqual({ due: 0, failed: 0 })
    advance(600_001)
    expect(await expire(deps)).toEqual({ due: 1, failed: 0 })
    expect(await statusOf('first')).toBe('held')
  })

  it('after the holds whose time is over, where both are due', async () => {
    const { order, request, deps, advance, store, statusOf } = await shop({ A: 0, B: 1 })
    await order('first', 1, { A: 1 })
    const { orderId: _, ...checkout } = hold('checkout', { B: 1 })
    await request(checkout)
    advance(600_001)
    // The queue takes all the time that a run has.
    const slow: InventoryDeps = {
      ...deps,
      store: {
        ...store,
        query: (asked) => (asked.partition === stockKey('A').pk && advance(20_000), store.query(asked)),
      },
    }
    expect(await expire(slow)).toEqual({ due: 2, failed: 0 })
    expect(await statusOf('checkout')).toBe('released')
  })

  it('is tried again every ten minutes, and no more often', async () => {
    const { order, deps, advance } = await shop({ A: 0 })
    await order('first', 1, { A: 1 })
    for (let round = 0; round < 3; round += 1) {
      advance(600_001)
      expect(await expire(deps)).toEqual({ due: 1, failed: 0 })
      expect(await expire(deps)).toEqual({ due: 0, failed: 0 })
    }
  })
})

describe('the cap of a product', () => {
  it('counts the units that are waited for', async () => {
    const { order, buy, arrives } = await shop({ A: 0 }, { cap: 4 })
    expect(await order('first', 1, { A: 3 })).toBe('waiting')
    expect(await order('second', 2, { A: 2 })).toBe('refused')
    expect(await order('third', 3, { A: 1 })).toBe('waiting')
    await arrives('A', 3)
    expect(await order('fourth', 4, { A: 3 })).toBe('waiting')
    expect(await buy('fifth', { A: 1 })).toBe('refused')
  })

  it('of 0 allows none, and does not mind what is there', async () => {
    const { order } = await shop({ A: 2 }, { cap: 0 })
    expect(await order('first', 1, { A: 3 })).toBe('refused')
    expect(await order('second', 1, { A: 2 })).toBe('held')
  })

  it('holds for orders that come at once', async () => {
    const { deps, totals } = await shop({ A: 0 }, { cap: 3 })
    const wanted = Array.from({ length: 8 }, (_, index) => ({
      ...hold(`o${index}`, { A: 1 }),
      backorder: { placedAt: minutes(index) },
    }))
    await Promise.all(wanted.map((each) => reserveBatch(deps, [each])))
    expect(await totals('A')).toMatchObject({ waiting: 3 })
  })
})

describe('an order that is closed while it waits', () => {
  it('waits no more, and what has come goes to the next one', async () => {
    const { order, close, arrives, settle, statuses, totals, store } = await shop({ A: 0, B: 0 })
    await order('first', 1, { A: 1, B: 1 })
    await order('second', 2, { A: 1 })
    await arrives('A', 1)
    expect(await statuses('first', 'second')).toEqual(['waiting', 'waiting'])
    expect(await close('first')).toBe('released')
    await settle()
    expect(await statuses('first', 'second')).toEqual(['released', 'held'])
    expect(await totals('B')).not.toHaveProperty('waiting')
    expect((await queuePage(store, 'A', { limit: 10 })).waiters).toEqual([])
  })

  it('is not filled any more', async () => {
    const { order, close, request, receive, statusOf, totals } = await shop({ A: 0 })
    await order('first', 1, { A: 1 })
    await receive('A', 1)
    await close('first')
    await request({ move: 'fill', id: 'first', orderId: 'first', cause: 'late' })
    expect(await statusOf('first')).toBe('released')
    expect(await totals('A')).toMatchObject({ available: 1, reserved: 0 })
  })

  it('gives back what it was filled with, never to itself', async () => {
    const { order, close, arrives, settle, statuses, totals } = await shop({ A: 0 })
    await order('first', 1, { A: 1 })
    await order('second', 2, { A: 1 })
    await arrives('A', 1)
    expect(await close('first')).toBe('released')
    await settle()
    expect(await statuses('first', 'second')).toEqual(['released', 'held'])
    expect(await totals('A')).toMatchObject({ onHand: 1, reserved: 1, available: 0 })
  })

  it('ends once, filled or not, when both come at once', async () => {
    for (const closesFirst of [true, false]) {
      const { order, close, receive, settle, deps, totals } = await shop({ A: 0 })
      await order('first', 1, { A: 1 })
      await receive('A', 1)
      const both = [() => close('first'), () => fill(deps, { sku: 'A' }, 'test')]
      await Promise.all((closesFirst ? both : both.toReversed()).map((act) => act()))
      await settle()
      expect(await totals('A')).toEqual({
        sku: 'A',
        onHand: 1,
        available: 1,
        reserved: 0,
        allocated: 0,
        unavailable: 0,
      })
    }
  })
})

describe('what others are shown', () => {
  it('stock is replenished once there is more than waiting orders are due', async () => {
    const { order, arrives, names } = await shop({ A: 0 })
    await order('first', 1, { A: 3 })
    await arrives('A', 3)
    expect(names()).not.toContain('stock.replenished')
    await arrives('A', 1)
    expect(names().filter((name) => name === 'stock.replenished')).toHaveLength(1)
  })

  it('a product that is waited for cannot be retired', async () => {
    const { order, close, stock } = await shop({ A: 0 })
    await order('first', 1, { A: 1 })
    expect(retirable(await stock('A'))).toBe(false)
    await close('first')
    expect(retirable(await stock('A'))).toBe(true)
  })

  it('a unique item that is due to a waiting order is reserved', async () => {
    const { order, receive, stock } = await shop({ A: 0 })
    await order('first', 1, { A: 1 })
    await receive('A', 1)
    expect(totalsOf({ ...(await stock('A')), unique: true }, ['main'])).toMatchObject({
      available: 0,
      state: 'reserved',
    })
  })
})
