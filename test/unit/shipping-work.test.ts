import { describe, expect, it } from 'vitest'
import { listItem } from '../../bin/list-again/list-again.ts'
import type { ShipmentStatus } from '../../schemas/shipment.ts'
import { shippingWorld } from './shipping-world.ts'

type World = ReturnType<typeof shippingWorld>

const carrier = { carrier: 'Royal Mail' }
const partOf = (orderId: string, part = 1) => `shp_${orderId.slice(4)}_${part}`

async function confirmed(world: World, orderId: string, warehouses: readonly string[]) {
  await world.committed(
    orderId,
    warehouses.map((warehouseId) => ['A', warehouseId, 2] as const),
  )
  await world.confirmed(orderId)
}

const page = (world: World, query: Record<string, string>, as = 'operator') =>
  world.call('GET /shipments', { as, query })

/** The ids of a whole list, read by pages of this size. */
async function all(world: World, warehouseId: string, status?: ShipmentStatus, limit = '100') {
  const ids: string[] = []
  let cursor: string | undefined
  do {
    const query = { warehouseId, limit, ...(status && { status }), ...(cursor !== undefined && { cursor }) }
    const { body } = await page(world, query)
    expect(body.items.length).toBeLessThanOrEqual(Number(limit))
    ids.push(...body.items.map(({ id }: { id: string }) => id))
    cursor = body.cursor
  } while (cursor !== undefined)
  return ids
}

describe('the work of a warehouse', () => {
  it('is its parcels that have not left, the oldest first, and no parcel of another warehouse', async () => {
    const world = shippingWorld()
    await confirmed(world, 'ord_b', ['east'])
    await confirmed(world, 'ord_a', ['east', 'west'])
    await confirmed(world, 'ord_c', ['west', 'east'])
    expect(await all(world, 'east')).toEqual([partOf('ord_b'), partOf('ord_a'), partOf('ord_c', 2)])
    expect(await all(world, 'west')).toEqual([partOf('ord_a', 2), partOf('ord_c')])
    expect(await all(world, 'north')).toEqual([])
    const { body } = await page(world, { warehouseId: 'west' })
    expect(body.items[0]).toEqual((await world.list('ord_a', 'operator')).body.items[1])
  })

  it.each([
    ['dispatched', 'dispatch', carrier],
    ['cancelled', 'fail', {}],
  ] as const)('leaves its list when it is %s, whichever part of an order it is', async (status, what, body) => {
    const world = shippingWorld()
    await confirmed(world, 'ord_a', ['east', 'west'])
    await world.move(what, partOf('ord_a', 2), body)
    expect(await all(world, 'west')).toEqual([])
    expect(await all(world, 'west', status)).toEqual([partOf('ord_a', 2)])
    expect(await all(world, 'east')).toEqual([partOf('ord_a')])
    await world.move(what, partOf('ord_a'), body)
    expect(await all(world, 'east')).toEqual([])
    expect(await all(world, 'east', status)).toEqual([partOf('ord_a')])
  })

  it('has those that a carrier could not deliver, until another try', async () => {
    const world = shippingWorld()
    await confirmed(world, 'ord_a', ['east'])
    await world.move('dispatch', partOf('ord_a'), carrier)
    await world.move('fail', partOf('ord_a'), {})
    expect([await all(world, 'east', 'failed'), await all(world, 'east', 'dispatched')]).toEqual([
      [partOf('ord_a')],
      [],
    ])
    await world.move('deliver', partOf('ord_a'))
    expect([await all(world, 'east', 'failed'), await all(world, 'east', 'delivered')]).toEqual([[], [partOf('ord_a')]])
  })

  it('is what its order leaves of it', async () => {
    const world = shippingWorld()
    await confirmed(world, 'ord_a', ['east', 'west'])
    await world.cancelled('ord_a')
    for (const warehouseId of ['east', 'west']) {
      expect(await all(world, warehouseId)).toEqual([])
      expect(await all(world, warehouseId, 'cancelled')).toHaveLength(1)
    }
  })

  it('shows those that are over the newest first, page by page, each once', async () => {
    const world = shippingWorld()
    const orders = Array.from({ length: 30 }, (_, index) => `ord_${100 + index}`)
    for (const orderId of orders) {
      await confirmed(world, orderId, ['east'])
      await world.move('dispatch', partOf(orderId), carrier)
    }
    for (const orderId of orders.slice(0, 20)) await world.move('deliver', partOf(orderId))
    const newest = orders.toReversed().map((orderId) => partOf(orderId))
    for (const limit of ['1', '7', '100']) {
      expect(await all(world, 'east', 'dispatched', limit)).toEqual(newest.slice(0, 10))
      expect(await all(world, 'east', 'delivered', limit)).toEqual(newest.slice(10))
    }
  })

  it('costs no write beside the shipments while an order has one parcel', async () => {
    const writes: number[] = []
    const world = shippingWorld((store) => ({
      ...store,
      write: (...each) => {
        writes.push(each.length)
        return store.write(...each)
      },
    }))
    await confirmed(world, 'ord_a', ['east'])
    await world.move('dispatch', partOf('ord_a'), carrier)
    await world.move('deliver', partOf('ord_a'))
    expect(writes).toEqual([1, 1, 1, 1])
    const places = world.items.map(({ workPk, workSk }) => [workPk, workSk])
    expect(new Set(places.slice(2).map(String)).size).toBe(1)
  })

  it('is for those who may see all orders', async () => {
    const world = shippingWorld()
    expect(await page(world, { warehouseId: 'east' }, 'customer')).toMatchObject({ status: 403 })
    for (const [query, path] of [
      [{}, 'warehouseId'],
      [{ warehouseId: 'a b' }, 'warehouseId'],
      [{ warehouseId: 'east', status: 'open' }, 'status'],
      [{ warehouseId: 'east', limit: '0' }, 'limit'],
    ] as const)
      expect(await page(world, query)).toMatchObject({ status: 400, body: { errors: [{ path }] } })
    expect(await page(world, { warehouseId: 'east', cursor: 'x' })).toMatchObject({
      status: 400,
      body: { code: 'invalid_cursor' },
    })
  })
})

describe('one shipment', () => {
  it('is shown to the owner of its order and to operators, and is unknown to others', async () => {
    const world = shippingWorld()
    await confirmed(world, 'ord_a', ['east', 'west'])
    const show = (id: string, as = 'customer') => world.call('GET /shipments/{id}', { as, params: { id } })
    const { items } = (await world.list('ord_a')).body
    for (const as of ['customer', 'operator'])
      expect(await show(partOf('ord_a', 2), as)).toMatchObject({ status: 200, body: items[1] })
    await world.store.write({
      put: { ...world.items.findLast(({ sk }) => sk === 'shipping')!, pk: 'ord_x', customerId: 'user-2', version: 1 },
      if: 'absent',
    })
    const refused = { status: 404, body: { code: 'shipment_not_found' } }
    expect(await show(partOf('ord_x'))).toMatchObject(refused)
    for (const id of [partOf('ord_a', 3), partOf('ord_none'), 'x'])
      for (const as of ['customer', 'operator']) expect(await show(id, as)).toMatchObject(refused)
  })
})

describe('shipments that the last release wrote', () => {
  it('are brought into the lists of their warehouses once', async () => {
    const world = shippingWorld()
    await confirmed(world, 'ord_a', ['east', 'west'])
    const stored = async () => (await world.store.get({ pk: 'ord_a', sk: 'shipping' }))!
    const { workPk: _, workSk: __, ...old } = await stored()
    await world.store.write(
      { put: { ...old, version: 3 }, if: 'any' },
      { delete: { pk: 'ord_a', sk: 'place_2' }, if: 'any' },
    )
    const deps = { store: world.store, clock: { now: () => 1_000, sleep: async () => {} }, random: () => 0 }
    expect([await all(world, 'east'), await all(world, 'west')]).toEqual([[], []])
    expect(await listItem(deps, 'shipping', await stored())).toBe(true)
    expect([await all(world, 'east'), await all(world, 'west')]).toEqual([[partOf('ord_a')], [partOf('ord_a', 2)]])
    expect(await listItem(deps, 'shipping', await stored())).toBe(false)
    expect(await stored()).not.toHaveProperty('outbox')
  })

  it('stand in them with their next change', async () => {
    const world = shippingWorld()
    await confirmed(world, 'ord_a', ['east', 'west'])
    const { workPk: _, workSk: __, ...old } = (await world.store.get({ pk: 'ord_a', sk: 'shipping' }))!
    await world.store.write(
      { put: { ...old, version: 3 }, if: 'any' },
      { delete: { pk: 'ord_a', sk: 'place_2' }, if: 'any' },
    )
    await world.move('dispatch', partOf('ord_a'), carrier)
    expect(await all(world, 'west')).toEqual([partOf('ord_a', 2)])
  })
})
