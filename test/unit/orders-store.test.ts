import { marshall } from '@aws-sdk/util-dynamodb'
import { beforeEach, describe, expect, it } from 'vitest'
import { itemSize, writeUnitBytes } from '../../functions/orders/item-size.ts'
import { type OrdersWorld, customer, day, operator, ordersWorld } from './orders-world.ts'

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
  it.each([
    ['of one line', 1, {}],
    ['of three lines with an address', 3, { shippingAddress: address }],
    ['with long notes', 1, { notes: '\u{1F3FA}'.repeat(1_000) }],
    ['of 1,000 lines', 1_000, { shippingAddress: address, notes: 'n'.repeat(2_000) }],
  ])('%s fits one write unit through its whole life', async (_, count, more) => {
    for (const sku of skus(count)) await world.sells(sku, { name: 'WHITE HANGING HEART T-LIGHT HOLDER' })
    const lines = skus(count).map((sku) => ({ sku, quantity: 1 }))
    const { id } = await world.place({ ...more, lines })
    const size = () => itemSize(world.header(id))
    const requestId = '11111111-2222-4333-8444-555566667777'
    const sizes = [size()]
    await world.reserve(id)
    sizes.push(size())
    await world.call(operator, 'POST /orders/{id}/approve', { id, requestId })
    sizes.push(size())
    await world.commit(id)
    sizes.push(size())
    await world.call({ ...operator, sub: customer.sub.replace('b', 'c') }, 'POST /orders/{id}/cancel', {
      id,
      requestId,
    })
    sizes.push(size())
    await world.release(id)
    sizes.push(size())
    for (const each of sizes) expect(each).toBeLessThanOrEqual(writeUnitBytes)
    expect((await world.get(id)).status).toBe('cancelled')
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
    expect(await world.get(placed.id)).toEqual(placed)
    const [told] = await world.tell()
    expect(JSON.parse(told!.detail)).toMatchObject({ data: { lines: lines.map(({ sku }) => [sku, 1_000_000]) } })
    expect(Buffer.byteLength(told!.detail)).toBeLessThan(262_144)
  })
})

describe('the size of an item', () => {
  it('counts names, text, numbers, lists and maps as DynamoDB does', () => {
    expect(itemSize({ pk: 'ab', sk: 'é' })).toBe(2 + 2 + 2 + 2)
    expect(itemSize({ n: 12_345 })).toBe(1 + 4)
    expect(itemSize({ l: ['a', 1] })).toBe(1 + 3 + (1 + 1) + (1 + 2))
    expect(itemSize({ m: { a: true } })).toBe(1 + 3 + 1 + 1 + 1)
  })
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
