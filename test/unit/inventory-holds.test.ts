import { describe, expect, it } from 'vitest'
import { expire } from '../../functions/inventory/on/due.ts'
import { decideBatch } from '../../functions/inventory/core/decide-batch.ts'
import type { Reservation } from '../../functions/inventory/core/reservation.ts'
import type { ReservationRequest } from '../../functions/inventory/core/reservation-request.ts'
import type { Stock } from '../../functions/inventory/core/stock.ts'
import { levelOf } from '../../functions/inventory/core/stock.ts'
import { StoreUnavailable } from '../../functions/runtime/store.ts'
import type { Store } from '../../functions/runtime/store.ts'
import { depot } from './depot.ts'
import { stockOf } from './stock-of.ts'

const dayMs = 86_400_000
const start = Date.parse('2026-01-01T00:00:00.000Z')
const at = (ms: number): string => new Date(start + ms).toISOString()

async function shop(units: Record<string, number>, around?: (store: Store) => Store) {
  const stock = await depot(units, around)
  const to = (what: 'extend' | 'ship', id: string, body?: object, key = 'key') =>
    stock.call(`POST /reservations/{id}/${what}`, {
      as: 'operator',
      params: { id },
      body,
      headers: { 'idempotency-key': key },
    })
  return {
    ...stock,
    extend: (id: string, body: object, key?: string) => to('extend', id, body, key),
    ship: (id: string, body?: object, key?: string) => to('ship', id, body, key),
    hold: async (lines: Record<string, number>, key = 'hold'): Promise<string> =>
      (await stock.reserve(key, lines)).body.id,
    commit: async (lines: Record<string, number>): Promise<string> => {
      const { id } = (await stock.reserve('hold', lines)).body
      await stock.move('commit', id)
      return id
    },
    level: async (sku: string) => (await stock.call('GET /inventory/{sku}', { params: { sku } })).body,
  }
}

describe('a hold without an order', () => {
  it('names who made it, and its reference', async () => {
    const { call } = await depot({ A: 5 })
    const body = { lines: [{ sku: 'A', quantity: 1 }], reference: 'basket 7' }
    const { body: held } = await call('POST /reservations', {
      as: 'operator',
      headers: { 'idempotency-key': 'k' },
      body,
    })
    expect(held).toMatchObject({ createdBy: 'user-1', reference: 'basket 7' })
    const { body: read } = await call('GET /reservations/{id}', { as: 'operator', params: { id: held.id } })
    expect(read).toEqual(held)
  })

  it('names a warehouse that is not there, and may name one that is closed', async () => {
    const { call } = await depot({ A: 5 })
    const ask = (shipFrom: readonly string[]) =>
      call('POST /reservations', {
        as: 'operator',
        headers: { 'idempotency-key': shipFrom.join('_') },
        body: { lines: [{ sku: 'A', quantity: 1 }], shipFrom },
      })
    expect(await ask(['main', 'nowhere'])).toMatchObject({
      status: 422,
      body: { code: 'unknown_warehouse', errors: [{ path: 'shipFrom[1]', message: 'there is no warehouse nowhere' }] },
    })
    expect(await ask(['main'])).toMatchObject({ status: 201 })
  })

  it('is extended by seconds from now on, or until a time, which is rounded up to a second', async () => {
    const { hold, extend, advance } = await shop({ A: 5 })
    const id = await hold({ A: 1 })
    advance(3_600_000)
    expect(await extend(id, { holdSeconds: 90_000 }, '1')).toMatchObject({
      status: 200,
      body: { expiresAt: at(93_600_000) },
    })
    const { body } = await extend(id, { expiresAt: at(2 * dayMs + 1) }, '2')
    expect(body).toMatchObject({ status: 'held', expiresAt: at(2 * dayMs + 1_000) })
  })

  it('ends at its new end, and not before', async () => {
    const { hold, extend, advance, deps, level } = await shop({ A: 5 })
    const id = await hold({ A: 2 })
    await extend(id, { expiresAt: at(2 * dayMs) })
    advance(dayMs + 60_000)
    expect(await expire(deps)).toEqual({ due: 0, failed: 0 })
    expect(await level('A')).toMatchObject({ reserved: 2 })
    advance(dayMs)
    expect(await expire(deps)).toEqual({ due: 1, failed: 0 })
    expect(await level('A')).toMatchObject({ reserved: 0, available: 5 })
  })

  it('publishes its new end', async () => {
    const { hold, extend, published } = await shop({ A: 5 })
    const id = await hold({ A: 1 })
    await extend(id, { expiresAt: at(2 * dayMs) })
    expect(published.at(-1)).toMatchObject({
      name: 'stock.reserved',
      data: { reservationId: id, expiresAt: at(2 * dayMs) },
    })
  })

  it('lasts until 30 days after it was made at most', async () => {
    const { hold, extend, advance } = await shop({ A: 5 })
    const id = await hold({ A: 1 })
    expect(await extend(id, { expiresAt: at(30 * dayMs) }, '1')).toMatchObject({ status: 200 })
    expect(await extend(id, { expiresAt: at(30 * dayMs + 1) }, '2')).toMatchObject({
      status: 422,
      body: { code: 'hold_too_long', errors: [{ path: 'expiresAt', message: `until ${at(30 * dayMs)} at most` }] },
    })
    advance(29 * dayMs)
    expect(await extend(id, { holdSeconds: 86_401 }, '3')).toMatchObject({
      status: 422,
      body: { code: 'hold_too_long', errors: [{ path: 'holdSeconds' }] },
    })
  })

  it('is never made shorter', async () => {
    const { hold, extend } = await shop({ A: 5 })
    const id = await hold({ A: 1 })
    const refused = { status: 409, body: { code: 'hold_shorter', errors: [{ message: `not before ${at(dayMs)}` }] } }
    expect(await extend(id, { expiresAt: at(dayMs - 1_000) }, '1')).toMatchObject(refused)
    expect(await extend(id, { holdSeconds: 60 }, '2')).toMatchObject(refused)
    expect(await extend(id, { expiresAt: at(dayMs) }, '3')).toMatchObject({
      status: 200,
      body: { expiresAt: at(dayMs) },
    })
  })

  it('is not extended once it is over, committed or released', async () => {
    const { reserve, move, extend, advance } = await shop({ A: 5 })
    const [over, committed, released] = await Promise.all(
      ['1', '2', '3'].map(async (key) => (await reserve(key, { A: 1 })).body.id as string),
    )
    await move('commit', committed!)
    await move('release', released!)
    const later = { expiresAt: at(3 * dayMs) }
    const refused = (detail: RegExp) => ({
      status: 409,
      body: { code: 'reservation_not_held', detail: expect.stringMatching(detail) as string },
    })
    expect(await extend(committed!, later, '4')).toMatchObject(refused(/committed/))
    expect(await extend(released!, later, '5')).toMatchObject(refused(/released/))
    advance(dayMs)
    expect(await extend(over!, later, '6')).toMatchObject(refused(/was over at/))
    expect(await extend('rsv_nobody', later, '7')).toMatchObject({
      status: 404,
      body: { code: 'reservation_not_found' },
    })
  })

  it('is not extended where it ends in that very moment', async () => {
    let meanwhile: () => Promise<unknown> = async () => {}
    const racing = (store: Store): Store => ({
      ...store,
      getMany: async (keys, options) => {
        await meanwhile()
        return store.getMany(keys, options)
      },
    })
    const { hold, extend, move, level } = await shop({ A: 5 }, racing)
    const id = await hold({ A: 2 })
    meanwhile = async () => {
      meanwhile = async () => {}
      await move('release', id)
    }
    expect(await extend(id, { expiresAt: at(2 * dayMs) })).toMatchObject({
      status: 409,
      body: { code: 'reservation_not_held' },
    })
    expect(await level('A')).toMatchObject({ reserved: 0, available: 5 })
  })

  it.each([[{}], [{ holdSeconds: 60, expiresAt: at(dayMs) }], [{ holdSeconds: 59 }], [{ expiresAt: 'soon' }]])(
    'is not extended by %j',
    async (body) => {
      const { hold, extend } = await shop({ A: 5 })
      expect(await extend(await hold({ A: 1 }), body)).toMatchObject({
        status: 400,
        body: { code: 'validation_failed' },
      })
    },
  )
})

describe('a committed reservation without an order', () => {
  it('leaves whole', async () => {
    const { commit, ship, level, call } = await shop({ A: 5, B: 2 })
    const id = await commit({ A: 3, B: 1 })
    expect(await ship(id)).toMatchObject({
      status: 200,
      body: {
        status: 'shipped',
        shippedLines: [
          { sku: 'A', warehouseId: 'main', quantity: 3 },
          { sku: 'B', warehouseId: 'main', quantity: 1 },
        ],
      },
    })
    expect(await level('A')).toMatchObject({ onHand: 2, available: 2, allocated: 0 })
    expect(await level('B')).toMatchObject({ onHand: 1, allocated: 0 })
    const { body } = await call('GET /inventory/{sku}/movements', { as: 'operator', params: { sku: 'A' } })
    expect(body.items[0]).toMatchObject({ kind: 'ship', reference: id, delta: { allocated: -3 }, after: { onHand: 2 } })
  })

  it('leaves in parts, and what is left can leave or be given back', async () => {
    const { commit, ship, move, level } = await shop({ A: 5, B: 2 })
    const id = await commit({ A: 3, B: 2 })
    expect(await ship(id, { lines: [{ sku: 'A', quantity: 1 }] }, '1')).toMatchObject({
      body: { status: 'committed', shippedLines: [{ sku: 'A', quantity: 1 }] },
    })
    await ship(
      id,
      {
        lines: [
          { sku: 'A', quantity: 1, warehouseId: 'main' },
          { sku: 'B', quantity: 1 },
        ],
      },
      '2',
    )
    expect(await level('A')).toMatchObject({ onHand: 3, allocated: 1 })
    expect(await move('release', id)).toMatchObject({ status: 200, body: { status: 'released' } })
    expect(await level('A')).toMatchObject({ onHand: 3, available: 3, allocated: 0 })
    expect(await level('B')).toMatchObject({ onHand: 1, available: 1, allocated: 0 })
    expect(await ship(id, undefined, '3')).toMatchObject({ status: 409, body: { code: 'reservation_ended' } })
  })

  it('leaves once for one key, and the first answer comes again', async () => {
    const { commit, ship, level } = await shop({ A: 5 })
    const id = await commit({ A: 3 })
    const first = await ship(id, { lines: [{ sku: 'A', quantity: 2 }] })
    const again = await ship(id, { lines: [{ sku: 'A', quantity: 2 }] })
    expect(again).toMatchObject({ status: 200, body: first.body, headers: { 'idempotent-replayed': 'true' } })
    expect(await ship(id)).toMatchObject({ status: 422, body: { code: 'idempotency_key_reused' } })
    expect(await level('A')).toMatchObject({ onHand: 3, allocated: 1 })
  })

  it('leaves once when the answer was lost, also where less is left than was asked for', async () => {
    let writes = 0
    const dying = (store: Store): Store => ({
      ...store,
      write: async (...all) => {
        const outcome = await store.write(...all)
        if (all.some((each) => 'put' in each && (each.put as { departed?: unknown }).departed) && (writes += 1) === 1)
          throw new StoreUnavailable('gone')
        return outcome
      },
    })
    const { commit, ship, level } = await shop({ A: 5 }, dying)
    const id = await commit({ A: 3 })
    expect(await ship(id, { lines: [{ sku: 'A', quantity: 2 }] })).toMatchObject({ status: 503 })
    expect(await ship(id, { lines: [{ sku: 'A', quantity: 2 }] })).toMatchObject({ status: 200 })
    expect(await level('A')).toMatchObject({ onHand: 3, allocated: 1 })
  })

  it.each([
    [{ lines: [{ sku: 'A', quantity: 4 }] }, 'lines[0].quantity', '3 of A are left'],
    [{ lines: [{ sku: 'B', quantity: 1 }] }, 'lines[0].quantity', '0 of B are left'],
    [{ lines: [{ sku: 'A', quantity: 1, warehouseId: 'north' }] }, 'lines[0].quantity', '0 of A are left in north'],
    [
      {
        lines: [
          { sku: 'A', quantity: 2 },
          { sku: 'A', quantity: 2 },
        ],
      },
      'lines[1].quantity',
      '1 of A are left',
    ],
  ])('leaves with no more than is left: %j', async (body, path, message) => {
    const { commit, ship, level } = await shop({ A: 5, B: 5 })
    const id = await commit({ A: 3 })
    expect(await ship(id, body)).toMatchObject({
      status: 409,
      body: { code: 'reservation_exceeded', errors: [{ path, message }] },
    })
    expect(await level('A')).toMatchObject({ onHand: 5, allocated: 3 })
    expect(await ship(id, { lines: [{ sku: 'A', quantity: 1 }] })).toMatchObject({ status: 200 })
  })

  it('does not leave before it is committed, nor after it has left or was released', async () => {
    const { hold, ship, move } = await shop({ A: 5 })
    const [held, gone, released] = [await hold({ A: 1 }, '1'), await hold({ A: 1 }, '2'), await hold({ A: 1 }, '3')]
    expect(await ship(held)).toMatchObject({ status: 409, body: { code: 'reservation_not_committed' } })
    await move('commit', gone)
    await ship(gone, undefined, '4')
    expect(await ship(gone, undefined, '5')).toMatchObject({ status: 409, body: { code: 'reservation_ended' } })
    expect(await move('release', gone)).toMatchObject({ status: 409, body: { code: 'reservation_ended' } })
    await move('release', released)
    expect(await ship(released, undefined, '6')).toMatchObject({ status: 409, body: { code: 'reservation_ended' } })
    expect(await ship('rsv_nobody')).toMatchObject({ status: 404, body: { code: 'reservation_not_found' } })
  })

  it('leaves in no more than 1,000 parts, and then whole', async () => {
    const { commit, ship, store } = await shop({ A: 5 })
    const id = await commit({ A: 3 })
    const item = (await store.get({ pk: id, sk: 'reservation' }))!
    const departed = Array.from({ length: 1_000 }, (_, index) => `part ${index}`)
    await store.write({
      put: { ...item, version: item.version + 1, departed, sent: [1] },
      if: { version: item.version },
    })
    expect(await ship(id, { lines: [{ sku: 'A', quantity: 1 }] }, '1')).toMatchObject({
      status: 409,
      body: { code: 'too_many_departures' },
    })
    expect(await ship(id, undefined, '2')).toMatchObject({ status: 200, body: { status: 'shipped' } })
  })
})

describe('a departure in steps', () => {
  const skus = Array.from({ length: 5 }, (_, index) => `S${index}`)
  const now = at(0)

  function stepwise(maxWrites: number) {
    const stocks = new Map<string, Stock>(skus.map((sku) => [sku, stockOf(sku, { main: 3 })]))
    let reservation: Reservation | undefined
    const step = (request: ReservationRequest): boolean => {
      const decided = decideBatch(
        [request],
        {
          reservationOf: () => reservation,
          queueOf: () => [],
          stockOf: (sku) => stocks.get(sku),
          sites: [{ id: 'main' }],
          rule: 'priority',
          now,
          after: () => at(60_000),
        },
        maxWrites,
      )
      for (const stock of decided.stocks) stocks.set(stock.sku, stock)
      for (const each of decided.reservations) ({ reservation } = each)
      return decided.finished.length > 0
    }
    const all = (request: ReservationRequest): void => {
      while (!step(request));
    }
    all({ move: 'hold', id: 'r', cause: 'hold', holdSeconds: 60, lines: skus.map((sku) => [sku, 2]) })
    all({ move: 'commit', id: 'r', cause: 'commit' })
    const allocated = () => skus.map((sku) => levelOf(stocks.get(sku)!, 'main').allocated)
    return { step, all, allocated, reservation: () => reservation! }
  }

  const leave = (departureId: string, ...lines: (readonly [string, number])[]): ReservationRequest => ({
    move: 'depart',
    id: 'r',
    cause: departureId,
    departureId,
    ...(lines.length > 0 && { lines: lines.map(([sku, quantity]) => ({ sku, quantity })) }),
  })

  it('goes on after a crash, and another one comes behind it', () => {
    const { step, all, allocated, reservation } = stepwise(3)
    const first = leave('1', ['S0', 1], ['S1', 2], ['S2', 1])
    expect(step(first)).toBe(false)
    expect(allocated()).toEqual([1, 0, 2, 2, 2])
    all(leave('2', ['S2', 1], ['S3', 2]))
    expect(allocated()).toEqual([1, 0, 0, 0, 2])
    expect(reservation()).toMatchObject({ status: 'committed', departed: ['1', '2'], sent: [1, 2, 2, 2, 0] })
    all({ move: 'release', id: 'r', cause: 'release' })
    expect(allocated()).toEqual([0, 0, 0, 0, 0])
    expect(reservation().status).toBe('released')
  })

  it('leaves nothing for one that comes behind it', () => {
    const { step, all, allocated, reservation } = stepwise(3)
    step(leave('1'))
    all(leave('2', ['S4', 1]))
    expect(allocated()).toEqual([0, 0, 0, 0, 0])
    expect(reservation()).toMatchObject({ status: 'shipped', departed: ['1'], sent: [2, 2, 2, 2, 2] })
  })
})
