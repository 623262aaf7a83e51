import { marshall } from '@aws-sdk/util-dynamodb'
import { beforeEach, describe, expect, it } from 'vitest'
import { itemSize, writeUnitBytes } from '../../functions/runtime/item-size.ts'
import type { OrderInput } from '../../schemas/order-input.ts'
import { type OrdersWorld, day, operator, ordersWorld } from './orders-world.ts'

let world: OrdersWorld
beforeEach(async () => {
  world = ordersWorld()
  await world.sells('mug')
})

const skus = (count: number, length = 6) =>
  Array.from({ length: count }, (_, index) => String(index).padStart(length, 'x').replace('xx', 'ab'))

describe('the header of an order', () => {
  const address = {
    name: 'Jane Doe',
    line1: '1 High Street',
    city: 'London',
    postalCode: 'N1 1AA',
    country: 'GB',
  }
  const requestId = '11111111-2222-4333-8444-555566667777'
  const second = { ...operator, sub: operator.sub.replace('a', 'c') }
  type Life = readonly ((id: string) => Promise<unknown>)[]
  /** Everything by different users. */
  const cancelled: Life = [
    (id) => world.reserve(id),
    (id) => world.call(operator, 'POST /orders/{id}/approve', { id, requestId }),
    (id) => world.commit(id),
    (id) => world.pay(id, 2, 'captured'),
    (id) => world.call(second, 'POST /orders/{id}/cancel', { id, requestId }),
    (id) => world.release(id),
    (id) => world.pay(id, 3, 'refunded'),
  ]
  /** By two parcels, of which one comes back. */
  const completed: Life = [
    (id) => world.reserve(id),
    (id) => world.pay(id, 1, 'in_flight'),
    (id) => world.pay(id, 2, 'authorized'),
    (id) => world.commit(id),
    (id) => world.pay(id, 3, 'captured'),
    (id) => world.ship(id, 'created', 1),
    (id) => world.ship(id, 'partially_shipped', 2),
    (id) => world.ship(id, 'shipped', 3),
    (id) => world.ship(id, 'delivered', 4),
    (id) => world.takeBack(id, `shp${id.slice(3)}_1_r1`, [['mug', 'main', 1, 'damaged']]),
  ]
  /** The largest size of the header through a whole life. */
  async function largest(order: Partial<OrderInput>, life: Life, end: string): Promise<number> {
    const { id } = await world.place(order)
    const sizes = [itemSize(world.header(id))]
    for (const step of life) {
      world.now += 3_600_000
      await step(id)
      sizes.push(itemSize(world.header(id)))
    }
    expect((await world.get(id)).status).toBe(end)
    return Math.max(...sizes)
  }
  it.each([
    ['with an address', { shippingAddress: address }],
    ['with long notes', { notes: '\u{1F3FA}'.repeat(1_000) }],
    ['with both', { shippingAddress: address, notes: 'n'.repeat(200) }],
    ['with nothing else', {}],
  ])('fits one write unit through its whole life, %s, with 1 to 12 lines', async (_, more) => {
    for (const sku of skus(12)) await world.sells(sku, { name: 'WHITE HANGING HEART T-LIGHT HOLDER' })
    for (let count = 1; count <= 12; count += 1) {
      const lines = skus(count).map((sku) => ({ sku, quantity: 12 }))
      expect(await largest({ ...more, lines }, cancelled, 'cancelled')).toBeLessThanOrEqual(writeUnitBytes)
      const payment = { method: 'card', token: 'pm_1OaBcDeFgHiJkLmNoPqRsTuV' } as const
      expect(await largest({ ...more, lines, payment }, completed, 'completed')).toBeLessThanOrEqual(writeUnitBytes)
    }
  })
  it('fits one write unit through its whole life with 1,000 lines', async () => {
    for (const sku of skus(1_000)) await world.sells(sku)
    const lines = skus(1_000).map((sku) => ({ sku, quantity: 1 }))
    expect(await largest({ lines, notes: 'n'.repeat(2_000) }, cancelled, 'cancelled')).toBeLessThanOrEqual(
      writeUnitBytes,
    )
  })
  it('is the only item of a small order', async () => {
    const { id } = await world.place({ shippingAddress: address })
    expect(world.table.items().filter(({ pk }) => pk === id)).toHaveLength(1)
  })
  it('is the only item that an update of a large order writes', async () => {
    for (const sku of skus(100)) await world.sells(sku)
    const { id } = await world.place({ lines: skus(100).map((sku) => ({ sku, quantity: 1 })) })
    world.writes.length = 0
    await world.reserve(id)
    expect(world.writes).toHaveLength(1)
    expect(world.writes[0]).toHaveLength(1)
  })
  it('stays small when every one of many lines is short; the shortages stand beside it', async () => {
    for (const sku of skus(1_000)) await world.sells(sku)
    const { id } = await world.place({ lines: skus(1_000).map((sku) => ({ sku, quantity: 9 })) })
    const shortages = skus(1_000).map((sku) => ({ sku, requested: 9, available: 1 }))
    await world.refuse(id, shortages)
    expect(itemSize(world.header(id))).toBeLessThanOrEqual(writeUnitBytes)
    expect((await world.get(id)).reason).toEqual({ code: 'insufficient_stock', shortages })
    expect((await world.get(id)).reason).not.toHaveProperty('aside')
  })
})

describe('an order of 1,000 lines', () => {
  it('comes back whole, with the longest skus and names', async () => {
    const lines = skus(1_000, 64).map((sku) => ({ sku, quantity: 1_000_000 }))
    for (const { sku } of lines) await world.sells(sku, { name: '\u{1F3FA}'.repeat(100) })
    const placed = await world.place({ lines, notes: 'Mind the step' })
    expect(placed.lines.map(({ sku }) => sku)).toEqual(lines.map(({ sku }) => sku))
    expect(await world.get(placed.id)).toEqual({ ...placed, sequence: 1 })
    const [event] = await world.publish()
    expect(JSON.parse(event!.detail)).toMatchObject({ data: { lines: lines.map(({ sku }) => [sku, 1_000_000]) } })
    expect(Buffer.byteLength(event!.detail)).toBeLessThan(262_144)
  })
})

describe('the header of an order', () => {
  it('finds every attribute of a header storable', async () => {
    const { id } = await world.place()
    expect(() => marshall(world.header(id))).not.toThrow()
  })
})

describe('the index of what is due', () => {
  it('spreads orders over its shards', async () => {
    const orders = await Promise.all(Array.from({ length: 100 }, () => world.place()))
    expect(new Set(orders.map(({ id }) => world.header(id)['duePk'])).size).toBe(8)
  })
  it('has a reserved order at the end of its hold', async () => {
    const { id } = await world.place()
    await world.reserve(id, world.now + day)
    expect(Number(world.header(id)['dueSk'])).toBe(world.now + day + 60_000)
  })
})
