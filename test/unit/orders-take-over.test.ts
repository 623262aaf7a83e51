import { describe, expect, it } from 'vitest'
import { reserveBatch } from '../../functions/inventory/store/reserve-batch.ts'
import type { HoldRequest } from '../../functions/inventory/core/reservation-request.ts'
import { api as client } from '../../schemas/client.ts'
import { depot } from './depot.ts'
import { systemOf } from './whole-system.ts'

const now = Date.parse('2026-11-28T10:00:00.000Z')
const minute = 60_000
let keys = 0
const newKey = (): string => `key-${(keys += 1)}`

/** A shop with five mugs, of which another system holds two. */
async function shop() {
  let time = now
  const clock = { now: () => time, sleep: async (milliseconds: number) => void (time += milliseconds) }
  const system = systemOf(clock)
  const world = { ...system, advance: (milliseconds: number) => void (time += milliseconds) }
  const api = client({ baseUrl: 'http://memory', fetch: system.fetch })
  await api.createWarehouse({ body: { name: 'main' } })
  await api.createProduct({ body: { sku: 'MUG', name: 'Mug', price: { amount: 255, currency: 'GBP' } } })
  await world.settle()
  const received = { warehouseId: 'main', delta: 5, reason: 'received' }
  await api.adjustStock({ params: { sku: 'MUG' }, body: received, idempotencyKey: newKey() })
  const hold = await api.createReservation({
    body: { lines: [{ sku: 'MUG', quantity: 2 }], holdSeconds: 600, reference: 'basket 7' },
    idempotencyKey: 'hold',
  })
  await world.settle()
  const take = (more: object = {}, idempotencyKey = newKey()) =>
    api.placeOrder({ body: { reservationId: hold.id, payment: { method: 'manual' }, ...more }, idempotencyKey })
  const level = async () => (await api.getLevels({ params: { sku: 'MUG' } })).items[0]
  const order = (id: string) => api.getOrder({ params: { id } })
  const reservation = (id: string) => api.getReservation({ params: { id } })
  return { world, api, hold, take, level, order, reservation }
}

describe('an order that takes a hold over', () => {
  it('has the lines of the hold, at the prices of the catalogue, and is held at once', async () => {
    const { world, hold, take, level, order, reservation } = await shop()
    const placed = await take()
    expect(placed).toMatchObject({
      status: 'placed',
      reservationId: hold.id,
      lines: [{ sku: 'MUG', quantity: 2, unitPrice: { amount: 255 } }],
      total: { amount: 510, currency: 'GBP' },
    })
    await world.settle()
    expect(await order(placed.id)).toMatchObject({ status: 'reserved', facts: { stock: 'held' } })
    expect(await level()).toMatchObject({ available: 3, reserved: 2 })
    expect(await reservation(placed.id)).toMatchObject({ status: 'held', takenFrom: hold.id, lines: hold.lines })
    expect(await reservation(hold.id)).toMatchObject({ status: 'taken', orderId: placed.id, reference: 'basket 7' })
  })

  it('has the end of the order, and goes on as any other', async () => {
    const { world, api, take, level, order } = await shop()
    const { id } = await take({ holdSeconds: 7_200 })
    await world.settle()
    expect((await order(id)).expiresAt).toBe(new Date(now + 120 * minute).toISOString())
    world.advance(60 * minute)
    await world.sweep()
    await world.settle()
    expect(await level()).toMatchObject({ reserved: 2 })
    await api.approveOrder({ params: { id } })
    await world.settle()
    expect(await level()).toMatchObject({ reserved: 0, allocated: 2 })
    await api.cancelOrder({ params: { id } })
    await world.settle()
    expect(await level()).toMatchObject({ available: 5, allocated: 0 })
  })

  it('gives its units back when it expires', async () => {
    const { world, take, level, order } = await shop()
    const { id } = await take({ holdSeconds: 600 })
    await world.settle()
    world.advance(20 * minute)
    await world.sweep()
    await world.settle()
    expect((await order(id)).status).toBe('expired')
    expect(await level()).toMatchObject({ available: 5, reserved: 0 })
  })

  it('is answered again under its key, whatever became of the hold', async () => {
    const { world, take } = await shop()
    const first = await take({}, 'once')
    await world.settle()
    expect(await take({}, 'once')).toEqual(first)
  })

  it('leaves the first answer of the hold as it was', async () => {
    const { world, api, hold, take } = await shop()
    await api.extendReservation({ params: { id: hold.id }, body: { holdSeconds: 1_200 } })
    await take()
    await world.settle()
    const body = { lines: [{ sku: 'MUG', quantity: 2 }], holdSeconds: 600, reference: 'basket 7' }
    expect(await api.createReservation({ body, idempotencyKey: 'hold' })).toEqual(hold)
  })

  it.each(['commit', 'release', 'extend', 'ship'] as const)(
    'decides alone about the hold: no %s by hand',
    async (does) => {
      const { world, api, hold, take } = await shop()
      await take()
      await world.settle()
      const about = { params: { id: hold.id } }
      const ask = {
        commit: () => api.commitReservation(about),
        release: () => api.releaseReservation(about),
        extend: () => api.extendReservation({ ...about, body: { holdSeconds: 1_200 } }),
        ship: () => api.shipReservation({ ...about, idempotencyKey: newKey() }),
      }[does]
      await expect(ask()).rejects.toMatchObject({ status: 409, code: 'reservation_of_order' })
    },
  )
})

describe('a hold is not taken over', () => {
  it('twice', async () => {
    const { world, take, hold } = await shop()
    const { id } = await take()
    await world.settle()
    await expect(take()).rejects.toMatchObject({
      status: 409,
      code: 'reservation_of_order',
      errors: [{ path: 'reservationId', message: `order ${id} has it` }],
    })
    expect(hold.status).toBe('held')
  })

  it('twice, also where two ask at once: one of them is rejected, and says why', async () => {
    const { world, take, order, level } = await shop()
    const orders = await Promise.all([take(), take(), take()])
    await world.settle()
    const found = await Promise.all(orders.map(({ id }) => order(id)))
    expect(found.map(({ status }) => status).toSorted()).toEqual(['rejected', 'rejected', 'reserved'])
    expect(found.flatMap(({ reason }) => reason?.code ?? [])).toEqual(['hold_gone', 'hold_gone'])
    expect(await level()).toMatchObject({ available: 3, reserved: 2 })
  })

  it('once it has ended, been committed or released', async () => {
    const { world, api, take, hold } = await shop()
    const { id: committed } = await api.createReservation({
      body: { lines: [{ sku: 'MUG', quantity: 1 }] },
      idempotencyKey: newKey(),
    })
    await api.commitReservation({ params: { id: committed } })
    const refused = { status: 409, code: 'reservation_not_held' }
    await expect(take({ reservationId: committed })).rejects.toMatchObject(refused)
    world.advance(10 * minute)
    await expect(take()).rejects.toMatchObject(refused)
    await world.sweep()
    await expect(take()).rejects.toMatchObject(refused)
    await expect(take({ reservationId: `${hold.id}X` })).rejects.toMatchObject({
      status: 422,
      code: 'unknown_reservation',
      errors: [{ path: 'reservationId' }],
    })
  })
})

describe('inventory, which receives an order that names a hold', () => {
  const taking = (orderId: string, takes: string, cause = `${orderId} placed`): HoldRequest => ({
    move: 'hold',
    id: orderId,
    orderId,
    cause,
    takes,
    lines: [['A', 2]],
    holdSeconds: 3_600,
  })
  const held = async () => {
    const stock = await depot({ A: 5 })
    const { id } = (await stock.reserve('hold', { A: 2 })).body as { id: string }
    const level = async () => (await stock.call('GET /inventory/{sku}', { params: { sku: 'A' } })).body
    const statusOf = async (of: string) =>
      (await stock.call('GET /reservations/{id}', { as: 'operator', params: { id: of } })).body
    return { ...stock, id, level, statusOf }
  }

  it('takes it over for one of many that come in one delivery, and moves no unit', async () => {
    const { deps, id, level, statusOf, published } = await held()
    await reserveBatch(deps, [taking('ord_1', id), taking('ord_2', id), taking('ord_3', id)])
    expect(await statusOf('ord_1')).toMatchObject({
      status: 'held',
      takenFrom: id,
      expiresAt: '2026-01-01T01:00:00.000Z',
    })
    expect(await statusOf('ord_2')).toMatchObject({ status: 'refused' })
    expect(await statusOf('ord_3')).toMatchObject({ status: 'refused' })
    expect(await statusOf(id)).toMatchObject({ status: 'taken', orderId: 'ord_1' })
    expect(await level()).toMatchObject({ reserved: 2, available: 3 })
    expect(published.slice(-3)).toMatchObject([
      { name: 'stock.reserved', data: { reservationId: 'ord_1', orderId: 'ord_1', lines: [['A', 'main', 2]] } },
      { name: 'stock.refused', data: { orderId: 'ord_2', shortages: [], reason: 'hold_gone' } },
      { name: 'stock.refused', data: { orderId: 'ord_3', shortages: [], reason: 'hold_gone' } },
    ])
  })

  it('takes it over once, however often the order comes', async () => {
    const { deps, id, level, statusOf } = await held()
    await reserveBatch(deps, [taking('ord_1', id), taking('ord_1', id)])
    await reserveBatch(deps, [taking('ord_1', id, 'placed again')])
    expect(await statusOf('ord_1')).toMatchObject({ status: 'held', takenFrom: id })
    expect(await level()).toMatchObject({ reserved: 2 })
  })

  it('refuses it where the hold has ended, or was never there', async () => {
    const { deps, id, level, move, statusOf } = await held()
    await move('release', id)
    await reserveBatch(deps, [taking('ord_1', id), taking('ord_2', 'rsv_nobody')])
    expect(await statusOf('ord_1')).toMatchObject({ status: 'refused' })
    expect(await statusOf('ord_2')).toMatchObject({ status: 'refused' })
    expect(await level()).toMatchObject({ reserved: 0, available: 5 })
  })

  it('refuses it where another order has the reservation', async () => {
    const { deps, id, level, statusOf } = await held()
    await reserveBatch(deps, [taking('ord_1', id)])
    await reserveBatch(deps, [taking('ord_2', 'ord_1')])
    expect(await statusOf('ord_2')).toMatchObject({ status: 'refused' })
    expect(await level()).toMatchObject({ reserved: 2 })
  })

  it('leaves it with its maker where the order has closed before', async () => {
    const { deps, id, level, statusOf } = await held()
    await reserveBatch(deps, [{ move: 'close', id: 'ord_1', orderId: 'ord_1', cause: 'cancelled' }])
    await reserveBatch(deps, [taking('ord_1', id)])
    expect(await statusOf('ord_1')).toMatchObject({ status: 'released' })
    expect(await statusOf(id)).toMatchObject({ status: 'held' })
    expect(await level()).toMatchObject({ reserved: 2 })
  })

  it('gives it back with the order that took it over and closes in the same delivery', async () => {
    const { deps, id, level } = await held()
    await reserveBatch(deps, [
      taking('ord_1', id),
      { move: 'close', id: 'ord_1', orderId: 'ord_1', cause: 'cancelled' },
    ])
    expect(await level()).toMatchObject({ reserved: 0, available: 5 })
  })
})
