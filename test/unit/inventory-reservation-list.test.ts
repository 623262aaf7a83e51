import { describe, expect, it } from 'vitest'
import { reserveBatch } from '../../functions/inventory/store/reserve-batch.ts'
import type { ReservationRequest } from '../../functions/inventory/core/reservation-request.ts'
import { reservationKey } from '../../functions/inventory/store/reservation-item.ts'
import { depot } from './depot.ts'

type Depot = Awaited<ReturnType<typeof depot>>

const page = ({ call }: Depot, query: Record<string, string> = {}, as = 'operator') =>
  call('GET /reservations', { as, query })
const ids = async (world: Depot, query?: Record<string, string>): Promise<string[]> =>
  (await page(world, query)).body.items.map(({ id }: { id: string }) => id)

/** What an order requests of inventory. */
const request = ({ deps }: Depot, orderId: string, move: 'commit' | 'close' | 'hold', more: object = {}) =>
  reserveBatch(deps, [{ move, id: orderId, orderId, cause: `${move} ${orderId}`, ...more } as ReservationRequest])
const hold = (world: Depot, orderId: string, holdSeconds: number) =>
  request(world, orderId, 'hold', { lines: [['A', 1]], holdSeconds })

const inSeconds = (seconds: number): string => new Date(Date.parse('2026-01-01') + seconds * 1_000).toISOString()

describe('the list of reservations', () => {
  it('has what is held for orders and for others, the first to end first', async () => {
    const world = await depot({ A: 50 })
    await hold(world, 'ord_late', 9_000)
    await hold(world, 'ord_soon', 60)
    const { body } = await world.reserve('k', { A: 1 })
    expect(await ids(world)).toEqual(['ord_soon', 'ord_late', body.id])
    expect(await ids(world, { status: 'held', expiresBefore: inSeconds(9_000) })).toEqual(['ord_soon'])
    expect(await ids(world, { expiresBefore: inSeconds(9_001) })).toEqual(['ord_soon', 'ord_late'])
    expect(await ids(world, { expiresBefore: '1969-01-01T00:00:00Z' })).toEqual([])
    expect(await ids(world, { expiresBefore: '9999-12-31T23:59:59Z' })).toHaveLength(3)
    expect((await page(world)).body.items[2]).toEqual(body)
  })

  it('is left by what is committed, released or over', async () => {
    const world = await depot({ A: 50 })
    for (const orderId of ['ord_a', 'ord_b']) await hold(world, orderId, 9_000)
    await request(world, 'ord_a', 'commit')
    await request(world, 'ord_b', 'close')
    const { body } = await world.reserve('k', { A: 1 })
    await world.move('commit', body.id)
    expect(await ids(world)).toEqual([])
    expect(await ids(world, { status: 'committed' })).toEqual([body.id])
    await world.move('release', body.id)
    expect(await ids(world, { status: 'committed' })).toEqual([])
    for (const id of ['ord_a', 'ord_b', body.id])
      expect(await world.store.get(reservationKey(id))).not.toHaveProperty('listPk')
  })

  it('has the orders that wait for stock', async () => {
    const world = await depot({ A: 1 }, undefined, { backorder: {} })
    const waits = { lines: [['A', 2]], holdSeconds: 600, backorder: { placedAt: inSeconds(0) } }
    await request(world, 'ord_w', 'hold', waits)
    expect([await ids(world), await ids(world, { status: 'waiting' })]).toEqual([[], ['ord_w']])
    await request(world, 'ord_w', 'close')
    expect(await ids(world, { status: 'waiting' })).toEqual([])
  })

  it('finds the reservation of an order in whatever status', async () => {
    const world = await depot({ A: 5 })
    await hold(world, 'ord_a', 600)
    const { body } = await world.reserve('k', { A: 1 })
    expect(await ids(world, { orderId: 'ord_a', status: 'held', expiresBefore: inSeconds(601) })).toEqual(['ord_a'])
    expect(await ids(world, { orderId: 'ord_a', status: 'waiting' })).toEqual([])
    expect(await ids(world, { orderId: 'ord_a', expiresBefore: inSeconds(600) })).toEqual([])
    await request(world, 'ord_a', 'close')
    const { items } = (await page(world, { orderId: 'ord_a' })).body
    expect(items).toMatchObject([{ id: 'ord_a', orderId: 'ord_a', status: 'released' }])
    expect(await ids(world, { orderId: 'ord_a', expiresBefore: inSeconds(9_000) })).toEqual([])
    for (const orderId of ['ord_none', body.id]) expect(await ids(world, { orderId })).toEqual([])
  })

  it('goes on page by page, each once', async () => {
    const world = await depot({ A: 50 })
    const orders = Array.from({ length: 25 }, (_, index) => `ord_${100 + index}`)
    for (const [index, orderId] of orders.entries()) await hold(world, orderId, 600 + index)
    const seen: string[] = []
    let cursor: string | undefined
    do {
      const query = { limit: '7', expiresBefore: inSeconds(700), ...(cursor !== undefined && { cursor }) }
      const { body } = await page(world, query)
      expect(body.items.length).toBeLessThanOrEqual(7)
      seen.push(...body.items.map(({ id }: { id: string }) => id))
      cursor = body.cursor
    } while (cursor !== undefined)
    expect(seen).toEqual(orders)
  })

  it('is for those who may see reservations, by filters that go together', async () => {
    const world = await depot({ A: 5 })
    expect(await page(world, {}, 'customer')).toMatchObject({ status: 403 })
    for (const [query, path] of [
      [{ status: 'released' }, 'status'],
      [{ status: 'waiting', expiresBefore: inSeconds(1) }, 'expiresBefore'],
      [{ expiresBefore: 'tomorrow' }, 'expiresBefore'],
      [{ orderId: 'a b' }, 'orderId'],
      [{ limit: '101' }, 'limit'],
    ] as const)
      expect(await page(world, query)).toMatchObject({ status: 400, body: { errors: [{ path }] } })
    expect(await page(world, { cursor: 'x' })).toMatchObject({ status: 400, body: { code: 'invalid_cursor' } })
  })
})
