import { describe, expect, it } from 'vitest'
import { itemSize, writeUnitBytes } from '../../functions/runtime/item-size.ts'
import { derivedId } from '../../functions/runtime/ids.ts'
import * as inventory from '../../schemas/inventory.ts'
import type { HeldLine } from '../../schemas/held-lines.ts'
import { address, shippingWorld } from './shipping-world.ts'

type World = ReturnType<typeof shippingWorld>

const order = derivedId('ord', 'user-1', 'key')
const shipmentId = (part: number) => `shp_${order.slice(4)}_${part}`
const royalMail = { carrier: 'Royal Mail', trackingNumber: 'RM123456789GB' }

/** An order for 3 A and 2 B in east, and 1 A in west, ready to be sent. */
async function ready(around?: Parameters<typeof shippingWorld>[0]) {
  const world = shippingWorld(around)
  await world.committed(order, [
    ['A', 'east', 3],
    ['B', 'east', 2],
    ['A', 'west', 1],
  ])
  await world.confirmed(order)
  return world
}

describe('the shipments of an order', () => {
  it('are shown to its owner and to operators', async () => {
    const world = await ready()
    const { body } = await world.list(order)
    expect(body.items).toMatchObject([
      {
        id: shipmentId(1),
        orderId: order,
        warehouseId: 'east',
        status: 'created',
        shippingAddress: address,
        lines: [
          { sku: 'A', quantity: 3, returned: 0 },
          { sku: 'B', quantity: 2, returned: 0 },
        ],
      },
      { id: shipmentId(2), warehouseId: 'west' },
    ])
    expect((await world.list(order, 'operator')).body).toEqual(body)
  })

  it('wait for an address that travels apart, whatever comes first and twice', async () => {
    const steps = {
      allocated: (world: World) => world.committed(order, [['A', 'east', 3]]),
      confirmed: (world: World) => world.confirmedApart(order),
      addressed: (world: World) => world.addressed(order),
    }
    const names = ['allocated', 'confirmed', 'addressed'] as const
    const orderings = names.flatMap((first) =>
      names.flatMap((second) => names.map((third) => [first, second, third] as const)),
    )
    for (const ordering of orderings) {
      const world = shippingWorld()
      const seen = new Set<string>()
      for (const name of [...ordering, ...ordering]) {
        await steps[name](world)
        seen.add(name)
        const { items } = (await world.list(order, 'operator')).body
        const isPacked = seen.has('allocated') && seen.has('addressed')
        expect(items ?? [], [...seen].join()).toMatchObject(isPacked ? [{ shippingAddress: address }] : [])
      }
    }
  })

  it("are nobody else's business", async () => {
    const world = await ready()
    await world.deliver(inventory.events.stockCommitted, 'e1', { orderId: 'ord_2', lines: [['A', 'east', 1]] })
    await world.store.write({
      put: { pk: 'ord_3', sk: 'shipping', version: 1, orderId: 'ord_3', customerId: 'user-2', parcels: [], asked: {} },
      if: 'absent',
    })
    expect(await world.list('ord_3')).toMatchObject({ status: 404, body: { code: 'order_not_found' } })
    expect((await world.list('ord_3', 'operator')).body).toEqual({ items: [] })
  })

  it('are none before the order is confirmed, for those who may see it', async () => {
    const world = shippingWorld()
    const refused = { status: 404, body: { code: 'order_not_found' } }
    for (const known of ['nothing', 'stock']) {
      if (known === 'stock') await world.committed(order, [['A', 'east', 3]])
      world.answers.status = async (id, authorization) => (id === order && authorization.includes('user-1') ? 200 : 404)
      expect(await world.list(order), known).toMatchObject({ status: 200, body: { items: [] } })
      world.answers.status = async () => 404
      expect(await world.list(order), known).toMatchObject(refused)
    }
    for (const as of ['customer', 'operator']) expect(await world.list('ord_none', as)).toMatchObject(refused)
  })

  it('can be changed no more where the order was cancelled before there were any', async () => {
    const world = shippingWorld()
    world.answers.status = async () => 200
    await world.confirmed(order)
    const asked = { as: 'customer', params: { id: order } }
    const cancel = () =>
      world.call('POST /orders/{id}/shipments/cancellations', {
        ...asked,
        body: { sku: 'A' },
        headers: { 'idempotency-key': 'line' },
      })
    const move = () =>
      world.call('PUT /orders/{id}/shipments/address', {
        ...asked,
        body: { changeId: 'change', address: { ...address, city: 'York' } },
      })
    for (const answer of [await cancel(), await move()])
      expect(answer).toMatchObject({ status: 503, body: { code: 'unavailable' } })
    await world.cancelled(order)
    await world.committed(order, [['A', 'east', 3]])
    expect(await cancel()).toMatchObject({ status: 409, body: { code: 'line_cancelled' } })
    expect(await move()).toMatchObject({ status: 409, body: { code: 'order_closed' } })
  })

  it('are cancelled whole while none has left: by the owner and by operators, once', async () => {
    for (const as of ['customer', 'operator'] as const) {
      const world = await ready()
      const cancel = () => world.call('DELETE /orders/{id}/shipments', { as, params: { id: order } })
      for (let times = 2; times > 0; times -= 1) expect(await cancel()).toMatchObject({ status: 204 })
      expect((await world.list(order)).body.items).toMatchObject([{ status: 'cancelled' }, { status: 'cancelled' }])
      expect(await world.move('dispatch', shipmentId(1), royalMail)).toMatchObject({
        status: 409,
        body: { code: 'shipment_cancelled' },
      })
      const by = { by: 'user-1', as }
      const cancelled = (await world.published()).slice(2)
      expect(cancelled).toMatchObject([{ name: 'shipment.order_cancelled', data: { orderId: order, ...by } }])
      await world.cancelled(order)
      expect((await world.published()).at(-1)).toMatchObject({
        name: 'shipment.cancelled',
        data: { leftWarehouseIds: [] },
      })
    }
  })

  it('are not cancelled once one has left, whatever became of it', async () => {
    const world = await ready()
    const cancel = () => world.call('DELETE /orders/{id}/shipments', { as: 'customer', params: { id: order } })
    await world.move('dispatch', shipmentId(2), royalMail)
    const before = world.items.length
    for (const what of ['track', 'deliver', 'return'] as const) {
      expect(await cancel()).toMatchObject({ status: 409, body: { code: 'order_closed' } })
      await world.move(what, shipmentId(2), undefined, what)
    }
    expect(await cancel()).toMatchObject({ status: 409, body: { code: 'order_closed' } })
    expect(world.items.slice(before).filter(({ cancelledBy }) => cancelledBy !== undefined)).toEqual([])
  })

  it('are never made of an order that is cancelled here before anything is known of it', async () => {
    const world = shippingWorld()
    world.answers.status = async () => 200
    const cancel = () => world.call('DELETE /orders/{id}/shipments', { as: 'customer', params: { id: order } })
    for (let times = 2; times > 0; times -= 1) expect(await cancel()).toMatchObject({ status: 204 })
    await world.confirmed(order)
    await world.committed(order, [['A', 'east', 3]])
    await world.cancelled(order)
    expect((await world.list(order, 'operator')).body).toEqual({ items: [] })
    const names = (await world.published()).map(({ name }) => name)
    expect(names).toEqual(['shipment.order_cancelled', 'shipment.cancelled'])
  })

  it('are cancelled by nobody else, also while the owner is not known', async () => {
    const cancel = (world: World, as: string) =>
      world.call('DELETE /orders/{id}/shipments', { as, params: { id: order } })
    const known = shippingWorld()
    await known.store.write({
      put: { pk: order, sk: 'shipping', version: 1, orderId: order, customerId: 'user-2', parcels: [], asked: {} },
      if: 'absent',
    })
    known.answers.status = async () => 200
    expect(await cancel(known, 'customer')).toMatchObject({ status: 404, body: { code: 'order_not_found' } })
    expect(await cancel(known, 'read-only')).toMatchObject({ status: 404, body: { code: 'order_not_found' } })
    const unknown = shippingWorld()
    for (const as of ['customer', 'operator'])
      expect(await cancel(unknown, as)).toMatchObject({ status: 404, body: { code: 'order_not_found' } })
    unknown.answers.status = async () => 200
    // Reads all orders, and may not change those of others: whether this is one is known later.
    expect(await cancel(unknown, 'read-only')).toMatchObject({ status: 503, body: { code: 'unavailable' } })
    unknown.answers.status = async () => 503
    expect(await cancel(unknown, 'customer')).toMatchObject({ status: 503, body: { code: 'unavailable' } })
    expect([...unknown.items, ...known.items.slice(1)]).toEqual([])
  })

  it('of a guest are cancelled by an account that has proven the address, which orders knows', async () => {
    const world = await ready()
    const stored = (await world.store.get({ pk: order, sk: 'shipping' }, { consistent: true }))!
    await world.store.write({ put: { ...stored, customerId: 'guest', version: 9 }, if: 'any' })
    const cancel = (as: string) => world.call('DELETE /orders/{id}/shipments', { as, params: { id: order } })
    expect(await cancel('customer')).toMatchObject({ status: 404, body: { code: 'order_not_found' } })
    world.answers.status = async () => 200
    expect(await cancel('read-only')).toMatchObject({ status: 404, body: { code: 'order_not_found' } })
    expect(await cancel('customer')).toMatchObject({ status: 204 })
  })

  it('name who has cancelled the last of their lines in the event that ends the order, and show it to nobody', async () => {
    const world = shippingWorld()
    await world.committed(order, [['A', 'east', 3]])
    await world.confirmed(order)
    const asked = { as: 'customer', params: { id: order }, body: { sku: 'A' }, headers: { 'idempotency-key': 'line' } }
    await world.call('POST /orders/{id}/shipments/cancellations', asked)
    expect((await world.published()).at(-1)).toMatchObject({
      name: 'shipment.withdrawn',
      data: { nothingSent: true, cancelledBy: { by: 'user-1', as: 'customer' } },
    })
    expect(Object.keys((await world.list(order)).body.items[0])).not.toContain('emptiedBy')
  })

  it('answer 503 when orders do not name their owner', async () => {
    const world = shippingWorld()
    for (const answer of [async () => 503, async () => 401, async () => Promise.reject(new Error('no answer'))]) {
      world.answers.status = answer
      expect(await world.list(order)).toMatchObject({
        status: 503,
        body: { code: 'unavailable' },
        headers: { 'retry-after': '1' },
      })
    }
  })

  it('are not made for reservations without an order', async () => {
    const world = shippingWorld()
    await world.deliver(inventory.events.stockCommitted, 'e1', { reservationId: 'rsv_1', lines: [['A', 'east', 1]] })
    expect(world.items).toEqual([])
  })
})

describe('the events of shipping', () => {
  it('are one for each parcel, each under its own id', async () => {
    const world = await ready()
    const published = await world.published()
    expect(published.map(({ id, data }) => [id, data])).toEqual([
      [
        `${order}/shipping@2/shipment.created#1`,
        {
          orderId: order,
          customerId: 'user-1',
          shipmentId: shipmentId(1),
          warehouseId: 'east',
          fulfilment: 'created',
          lines: [
            ['A', 'east', 3],
            ['B', 'east', 2],
          ],
        },
      ],
      [
        `${order}/shipping@2/shipment.created#2`,
        {
          orderId: order,
          customerId: 'user-1',
          shipmentId: shipmentId(2),
          warehouseId: 'west',
          fulfilment: 'created',
          lines: [['A', 'west', 1]],
        },
      ],
    ])
  })

  it('follow a parcel to its return', async () => {
    const world = await ready()
    await world.move('dispatch', shipmentId(2), royalMail)
    await world.move('track', shipmentId(2))
    await world.move('fail', shipmentId(2), { reason: 'nobody in' })
    await world.move('deliver', shipmentId(2))
    await world.move('return', shipmentId(2), { lines: [{ sku: 'A', quantity: 1, condition: 'damaged' }] })
    const published = await world.published()
    expect(published.slice(2).map(({ name, data }) => [name, data])).toMatchObject([
      ['shipment.dispatched', { fulfilment: 'partially_shipped', ...royalMail, lines: [['A', 'west', 1]] }],
      ['shipment.failed', { shipmentId: shipmentId(2) }],
      ['shipment.delivered', { shipmentId: shipmentId(2), fulfilment: 'partially_shipped' }],
      ['shipment.returned', { returnId: `${shipmentId(2)}_r1`, lines: [['A', 'west', 1, 'damaged']] }],
    ])
    expect(JSON.stringify(published)).not.toContain('nobody in')
  })

  it.each(['cancelled', 'paymentFailed'] as const)(
    'is, once a confirmed order has closed (%s), what will not leave and what had left',
    async (closing) => {
      const world = await ready()
      await world.move('dispatch', shipmentId(2), royalMail)
      await world[closing](order)
      expect((await world.published()).at(-1)).toMatchObject({
        id: `${order}/shipping@4/shipment.cancelled`,
        data: { orderId: order, shipmentIds: [shipmentId(1)], leftWarehouseIds: ['west'], fulfilment: 'shipped' },
      })
      expect(await world.move('dispatch', shipmentId(1), royalMail)).toMatchObject({
        status: 409,
        body: { code: 'shipment_cancelled' },
      })
      expect((await world.list(order)).body.items[1]).toMatchObject({ status: 'dispatched', recalled: true })
    },
  )

  it('are the cancellation alone when that comes first', async () => {
    const world = shippingWorld()
    await world.cancelled(order)
    await world.committed(order, [['A', 'east', 3]])
    await world.confirmed(order)
    expect((await world.published()).map(({ name, data }) => [name, data])).toEqual([
      ['shipment.cancelled', { orderId: order, fulfilment: 'none', shipmentIds: [], leftWarehouseIds: [] }],
    ])
  })

  it('are none when an order closes that was never confirmed', async () => {
    const world = shippingWorld()
    for (const before of ['placed', 'reserved', 'backordered'] as const) await world.cancelled(order, before)
    expect(world.items).toEqual([])
  })

  it('are published again when another event asks for them, and not for the same one', async () => {
    const world = await ready()
    const before = world.items.length
    await world.confirmed(order)
    await world.committed(order, [['A', 'east', 3]], 'again')
    expect(world.items).toHaveLength(before)
    await world.confirmed(order, 'reminder')
    expect((await world.published()).slice(2).map(({ id }) => id)).toEqual([
      `${order}/shipping@3/shipment.created#1`,
      `${order}/shipping@3/shipment.created#2`,
    ])
  })
})

describe('moving a shipment', () => {
  it('by the same request twice is one effect and the same answer', async () => {
    const world = await ready()
    const first = await world.move('dispatch', shipmentId(1), royalMail)
    expect(first).toMatchObject({ status: 200, body: { status: 'dispatched', ...royalMail } })
    expect((await world.move('dispatch', shipmentId(1), royalMail)).body).toEqual(first.body)
    expect(await world.move('dispatch', shipmentId(1), { carrier: 'DHL' })).toMatchObject({
      status: 409,
      body: { code: 'shipment_state' },
    })
    expect(world.items.filter(({ sk }) => sk === 'shipping')).toHaveLength(3)
  })

  it('with an idempotency key gives the first answer again, also for returns', async () => {
    const world = await ready()
    await world.move('dispatch', shipmentId(1), royalMail)
    const body = { lines: [{ sku: 'A', quantity: 1 }] }
    const first = await world.move('return', shipmentId(1), body, 'k1')
    const again = await world.move('return', shipmentId(1), body, 'k1')
    expect(again.body).toEqual(first.body)
    expect(again.headers['idempotent-replayed']).toBe('true')
    expect((await world.list(order)).body.items[0].lines[0]).toMatchObject({ returned: 1 })
  })

  it('names each line of a return that is more than was sent', async () => {
    const world = await ready()
    await world.move('dispatch', shipmentId(2), royalMail)
    const lines = [
      { sku: 'A', quantity: 2 },
      { sku: 'B', quantity: 1 },
    ]
    expect(await world.move('return', shipmentId(2), { lines })).toMatchObject({
      status: 422,
      body: {
        code: 'return_exceeds_shipment',
        errors: [
          { path: 'lines[0].quantity', message: 'of this sku 1 can come back' },
          { path: 'lines[1].quantity', message: 'of this sku 0 can come back' },
        ],
      },
    })
  })

  it.each(['deliver', 'track', 'return'] as const)('by %s is refused before it has left', async (what) => {
    const world = await ready()
    expect(await world.move(what, shipmentId(1))).toMatchObject({ status: 409, body: { code: 'shipment_state' } })
  })

  it('that cannot leave is cancelled, once, and the other one still leaves', async () => {
    const world = await ready()
    const reason = { reason: 'broken in the warehouse' }
    const failed = { status: 200, body: { status: 'cancelled', failure: reason.reason } }
    expect(await world.move('fail', shipmentId(2), reason)).toMatchObject(failed)
    expect(await world.move('fail', shipmentId(2), reason)).toMatchObject(failed)
    expect(await world.move('dispatch', shipmentId(2), { carrier: 'DHL' })).toMatchObject({
      status: 409,
      body: { code: 'shipment_cancelled' },
    })
    expect(await world.move('dispatch', shipmentId(1), { carrier: 'DHL' })).toMatchObject({ status: 200 })
  })

  it.each([shipmentId(3), shipmentId(0), 'shp_nothing_1', 'ord_1', order])('finds none called %s', async (id) => {
    const world = await ready()
    expect(await world.move('deliver', id)).toMatchObject({ status: 404, body: { code: 'shipment_not_found' } })
  })

  it('is decided between dispatch and cancellation by one write', async () => {
    let race: (() => Promise<void>) | undefined
    const world = await ready((store) => ({
      ...store,
      write: async (...writes) => {
        const first = race
        race = undefined
        await first?.()
        return store.write(...writes)
      },
    }))
    race = () => world.cancelled(order)
    expect(await world.move('dispatch', shipmentId(1), royalMail)).toMatchObject({
      status: 409,
      body: { code: 'shipment_cancelled' },
    })
    expect((await world.published()).at(-1)).toMatchObject({ data: { leftWarehouseIds: [] } })
  })
})

describe('the item of an order', () => {
  it('costs one write unit for a small order, whatever happens to it', async () => {
    const world = shippingWorld()
    const uuid = '0b2f6c1e-8f53-4d8e-9a58-5b4c4b0f2d11'
    await world.committed(order, [
      ['85123A', 'main', 6],
      ['71053', 'main', 6],
      ['22752', 'main', 2],
    ])
    await world.confirmed(order)
    await world.move('dispatch', shipmentId(1), royalMail)
    await world.cancelled(order)
    await world.move('return', shipmentId(1))
    const sizes = world.items.map((item) => itemSize({ ...item, customerId: uuid, cause: uuid }))
    expect(sizes).toHaveLength(5)
    expect(Math.max(...sizes)).toBeLessThanOrEqual(writeUnitBytes)
  })

  it('and its events stay within the limits of DynamoDB and EventBridge for 1,000 lines with the longest names', async () => {
    const world = shippingWorld()
    const sku = (index: number) => `${String(index).padStart(4, '0')}${'s'.repeat(60)}`
    const warehouse = (index: number) => `${'w'.repeat(62)}${String(index).padStart(2, '0')}`
    const line = (index: number, of: number): HeldLine => [sku(index), warehouse(of), 999_999]
    // Each sku in two warehouses: a thousand lines in each of two parcels.
    await world.committed(order, Array.from({ length: 1_000 }, (_, index) => [line(index, 1), line(index, 2)]).flat())
    await world.confirmed(order)
    const conditions = ['restock', 'damaged'] as const
    const lines = Array.from({ length: 500 }, (_, index) =>
      conditions.map((condition) => ({ sku: sku(index), quantity: 1, condition })),
    ).flat()
    for (const part of [1, 2]) {
      await world.move('dispatch', shipmentId(part), royalMail)
      expect((await world.move('return', shipmentId(part), { lines })).status).toBe(200)
    }
    expect(Math.max(...world.items.map((item) => itemSize(item)))).toBeLessThan(400 * 1_024)
    const entries = (await world.published()).map(({ detail }) => Buffer.byteLength(detail))
    expect(Math.max(...entries)).toBeLessThan(256 * 1_024)
    expect((await world.list(order)).body.items[1].lines).toHaveLength(1_000)
  })
})
