import { describe, expect, it } from 'vitest'
import { keepProduct } from '../../functions/inventory/on/product.ts'
import { reserveBatch } from '../../functions/inventory/store/reserve-batch.ts'
import type { Store } from '../../functions/runtime/store.ts'
import { maxUnits } from '../../schemas/shared.ts'
import { maxOpenSupplies } from '../../schemas/supply.ts'
import { productCreated } from './depot.ts'
import { shop } from './supply-shop.ts'

describe('an inbound', () => {
  it('is incoming until it has come, in as many receipts as it takes', async () => {
    const { expects, receives, totals, listed, moved } = await shop()
    const { status, body: inbound } = await expects(10)
    expect(status).toBe(201)
    expect(inbound).toMatchObject({
      quantity: 10,
      received: 0,
      refused: 0,
      status: 'expected',
      expectedAt: '2026-01-02T00:00:00.000Z',
    })
    expect(await totals()).toMatchObject({ onHand: 0, available: 0, incoming: 10 })
    expect((await receives(inbound.id, { quantity: 4 })).body).toMatchObject({
      inbound: { received: 4, status: 'expected' },
      level: { available: 4, incoming: 6 },
    })
    expect(await listed('GET /inventory/{sku}/inbound')).toEqual([inbound.id])
    expect((await receives(inbound.id, { quantity: 6 })).body.inbound).toMatchObject({
      received: 10,
      status: 'received',
    })
    expect(await totals()).not.toHaveProperty('incoming')
    expect(await listed('GET /inventory/{sku}/inbound')).toEqual([])
    expect(await moved()).toEqual([
      ['main', 'receive', 6, 'received', inbound.id],
      ['main', 'receive', 4, 'received', inbound.id],
    ])
    expect(await receives(inbound.id, { quantity: 1, reason: 'more' })).toMatchObject({
      status: 409,
      body: { code: 'inbound_over' },
    })
  })

  it('is received once by one key', async () => {
    const { expects, receives, totals } = await shop()
    const { id } = (await expects(10)).body
    const first = await receives(id, { quantity: 4 }, 'k')
    expect(await receives(id, { quantity: 4 }, 'k')).toMatchObject({
      body: first.body,
      headers: { 'idempotent-replayed': 'true' },
    })
    expect(await totals()).toMatchObject({ onHand: 4, incoming: 6 })
  })

  it('counts two receipts at once once each, and takes no more than is left without a reason', async () => {
    const { expects, receives, totals } = await shop()
    const { id } = (await expects(5)).body
    const answers = await Promise.all([2, 2, 2].map((quantity) => receives(id, { quantity })))
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(2)
    expect(answers.find(({ status }) => status === 409)?.body).toMatchObject({
      code: 'delivery_differs',
      detail: '1 units are still expected.',
    })
    expect(await totals()).toMatchObject({ onHand: 4, incoming: 1 })
  })

  it('takes more, or closes short, for a reason', async () => {
    const { expects, receives, totals, moved } = await shop()
    const more = (await expects(5)).body.id
    expect((await receives(more, { quantity: 7 })).body.code).toBe('delivery_differs')
    expect((await receives(more, { quantity: 7, reason: 'two for free' })).body.inbound).toMatchObject({
      quantity: 5,
      received: 7,
      status: 'received',
    })
    const less = (await expects(5)).body.id
    expect((await receives(less, { quantity: 3, final: true })).body.code).toBe('delivery_differs')
    expect((await receives(less, { quantity: 3, final: true, reason: 'sold out' })).body.inbound).toMatchObject({
      received: 3,
      status: 'closed',
    })
    expect(await totals()).toMatchObject({ onHand: 10 })
    expect(await totals()).not.toHaveProperty('incoming')
    expect(await moved()).toEqual([
      ['main', 'receive', 3, 'sold out', less],
      ['main', 'receive', 7, 'two for free', more],
    ])
  })

  it('expects no more of what is refused, and has it on no books', async () => {
    const { expects, receives, totals, moved } = await shop()
    const { id } = (await expects(5)).body
    expect((await receives(id, { quantity: 0, refused: 2 })).body).toMatchObject({
      inbound: { received: 0, refused: 2, status: 'expected' },
      level: { onHand: 0, incoming: 3 },
    })
    expect((await receives(id, { quantity: 3 })).body.inbound).toMatchObject({
      received: 3,
      refused: 2,
      status: 'received',
    })
    expect(await totals()).toMatchObject({ onHand: 3 })
    expect(await moved()).toHaveLength(1)
  })

  it('is amended, never below what has come', async () => {
    const { expects, receives, amends, totals, listed } = await shop()
    const { id } = (await expects(10)).body
    const other = (await expects(1, '2026-01-03T00:00:00Z')).body.id
    await receives(id, { quantity: 3, refused: 1 })
    expect(await amends(id, { quantity: 3 })).toMatchObject({
      status: 409,
      body: { code: 'below_received', detail: '4 units have come.' },
    })
    const changes = { quantity: 6, expectedAt: '2026-01-04T00:00:00Z', reference: 'PO-9' }
    expect((await amends(id, changes)).body).toMatchObject({
      ...changes,
      expectedAt: '2026-01-04T00:00:00.000Z',
      received: 3,
    })
    expect(await totals()).toMatchObject({ incoming: 3 })
    expect(await listed('GET /inventory/{sku}/inbound')).toEqual([other, id])
    expect((await amends(id, { reference: null })).body).not.toHaveProperty('reference')
    expect((await amends(id, { quantity: 4 })).body.status).toBe('received')
    expect((await amends(id, { quantity: 9 })).body.code).toBe('inbound_over')
    expect(await listed('GET /inventory/{sku}/inbound')).toEqual([other])
  })

  it('is cancelled, as often as anybody likes, until all of it has come', async () => {
    const { expects, receives, cancels, totals, call } = await shop()
    const { id } = (await expects(5)).body
    await receives(id, { quantity: 2 })
    expect((await cancels(id)).status).toBe(204)
    expect((await cancels(id)).status).toBe(204)
    expect((await call('GET /inbound/{id}', { as: 'operator', params: { id } })).body).toMatchObject({
      received: 2,
      status: 'cancelled',
    })
    expect(await totals()).toMatchObject({ onHand: 2 })
    expect(await totals()).not.toHaveProperty('incoming')
    expect((await receives(id, { quantity: 1 })).body.code).toBe('inbound_over')
    const whole = (await expects(1)).body.id
    await receives(whole, { quantity: 1 })
    expect((await cancels(whole)).body.code).toBe('inbound_over')
  })

  it.each([
    ['GET /inbound/{id}', undefined],
    ['PATCH /inbound/{id}', { quantity: 1 }],
    ['DELETE /inbound/{id}', undefined],
    ['POST /inbound/{id}/receipts', { quantity: 1 }],
  ])('has to be there: %s', async (route, body) => {
    const { call } = await shop()
    const asked = { as: 'operator', params: { id: 'inb_x' }, headers: { 'idempotency-key': 'k' }, body }
    expect((await call(route, asked)).body.code).toBe('inbound_not_found')
  })

  it('is one of at most a hundred, and of no more units than a warehouse holds', async () => {
    const { expects, sends, cancels } = await shop(1)
    const { id } = (await expects(1_000_000)).body
    for (let open = 1; open < maxOpenSupplies; open += 1) await expects(1)
    expect((await expects(1)).body.code).toBe('too_many_supplies')
    expect((await sends(1)).body.code).toBe('too_many_supplies')
    await cancels(id)
    expect((await sends(1)).status).toBe(201)
    const full = await shop(maxUnits - 5)
    expect((await full.expects(6)).body.code).toBe('too_many_units')
    const five = (await full.expects(5)).body.id
    expect((await full.amends(five, { quantity: 6 })).body.code).toBe('too_many_units')
  })

  it('is received and cancelled also once its product is deleted', async () => {
    const { expects, receives, cancels, call, listed } = await shop()
    const { id } = (await expects(5)).body
    await call('DELETE /products/{sku}', { as: 'operator', params: { sku: 'A' } })
    expect(await listed('GET /inventory/{sku}/inbound')).toEqual([id])
    expect((await receives(id, { quantity: 2 })).body).toMatchObject({ level: { onHand: 2 } })
    expect((await cancels(id)).status).toBe(204)
    expect((await expects(1)).body.code).toBe('product_not_found')
  })

  it('brings no second unit of a unique product, whose receipt refuses it', async () => {
    const { expects, receives } = await shop(1, { unique: true })
    const { id } = (await expects(1)).body
    expect((await receives(id, { quantity: 1 })).body.code).toBe('unique_exceeded')
    expect((await receives(id, { quantity: 0, refused: 1 })).body.inbound.status).toBe('received')
  })

  it('keeps what is under way when its product changes', async () => {
    const { expects, deps, totals } = await shop()
    await expects(5)
    await keepProduct(deps, 'updated')(productCreated('A'))
    expect(await totals()).toMatchObject({ incoming: 5 })
  })
})

describe('the estimate of an order that begins to wait', () => {
  const estimated = async (world: Awaited<ReturnType<typeof shop>>, id: string, units: number) => {
    const backorder = { placedAt: '2026-01-01T00:00:00.000Z' }
    const hold = { move: 'hold' as const, id, orderId: id, lines: [['A', units]] as const, holdSeconds: 60, cause: id }
    await reserveBatch(world.deps, [{ ...hold, backorder }])
    const emitted = world.published.findLast(({ name }) => name === 'stock.backordered')?.data
    return (emitted as { readonly estimatedAt?: string } | undefined)?.estimatedAt
  }

  it('is the day by which enough is expected for it and for those before it', async () => {
    const world = await shop(1, { backorder: { shipBy: '2026-03-01T00:00:00.000Z' } })
    await world.expects(3, '2026-01-05T00:00:00Z')
    await world.expects(4, '2026-01-03T00:00:00Z', 'side')
    expect(await estimated(world, 'first', 4)).toBe('2026-01-03T00:00:00.000Z')
    expect(await estimated(world, 'second', 3)).toBe('2026-01-05T00:00:00.000Z')
    expect(await estimated(world, 'third', 2)).toBe('2026-03-01T00:00:00.000Z')
  })

  it('counts what is in transit, and neither what is late nor what comes to a closed warehouse', async () => {
    const world = await shop(4, { backorder: {} })
    await world.expects(9, '2025-12-31T00:00:00Z')
    expect(await estimated(world, 'first', 5)).toBeUndefined()
    const sent = await world.sends(2, '2026-01-04T00:00:00Z')
    expect(sent.status).toBe(201)
    expect(await estimated(world, 'second', 1)).toBeUndefined()
    await world.expects(9, '2026-01-05T00:00:00Z', 'side')
    expect(await estimated(world, 'third', 1)).toBe('2026-01-05T00:00:00.000Z')
    await world.call('PATCH /warehouses/{id}', { as: 'operator', params: { id: 'side' }, body: { active: false } })
    expect(await estimated(world, 'fourth', 1)).toBeUndefined()
  })
})

describe('a receipt that loses a race', () => {
  it('is decided again when the inbound was received between its two reads', async () => {
    let race: (() => Promise<unknown>) | undefined
    const between = (store: Store): Store => ({
      ...store,
      get: async (key, options) => {
        const found = await store.get(key, options)
        const first = race
        if (key.sk === 'inbound' && first) {
          race = undefined
          await first()
        }
        return found
      },
    })
    const { expects, receives, totals } = await shop(0, {}, between)
    const { id } = (await expects(5)).body
    race = () => receives(id, { quantity: 5 })
    expect((await receives(id, { quantity: 5 })).body.code).toBe('inbound_over')
    expect(await totals()).toMatchObject({ onHand: 5 })
  })
})
