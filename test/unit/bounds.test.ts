import { beforeAll, describe, expect, it } from 'vitest'
import { itemSize } from '../../functions/runtime/item-size.ts'
import { maxReductions } from '../../functions/shipping/core/cancel-line.ts'
import { type BusEntry, maxCallBytes } from '../../functions/runtime/bus.ts'
import { type Api, api } from '../../schemas/client.ts'
import type { DataOf } from '../../schemas/contract.ts'
import { events as contracts } from '../../schemas/shipping.ts'
import { releaseUnsent } from '../../functions/inventory/on/shipment.ts'
import { entryOf } from '../../functions/runtime/relay.ts'
import type { Parcel } from '../../functions/shipping/core/parcel.ts'
import type { Shipments } from '../../functions/shipping/core/shipments.ts'
import { leftInAll } from '../../functions/shipping/core/split.ts'
import { toEvent } from '../../functions/shipping/outbox-events.ts'
import { shipmentsItem } from '../../functions/shipping/store/shipments-item.ts'
import { none } from '../../functions/inventory/core/level.ts'
import type { Reservation } from '../../functions/inventory/core/reservation.ts'
import { handlers as inventoryHandlers } from '../../functions/inventory/http.ts'
import { putReservation } from '../../functions/inventory/store/reservation-item.ts'
import { putStock } from '../../functions/inventory/store/stock-item.ts'
import { memoryStore } from '../../functions/runtime/store.memory.ts'
import * as inventory from '../../schemas/inventory.ts'
import { MemoryImportFiles } from '../memory-import-files.ts'
import { caller } from './call-route.ts'
import { stockOf } from './stock-of.ts'
import { type HeldLine, maxHeldLines, maxHeldWarehouses } from '../../schemas/held-lines.ts'
import { maxQuantity } from '../../schemas/shared.ts'
import { type Snapshot, systemOf } from './whole-system.ts'

// What DynamoDB, Lambda and the smallest bus take, in bytes.
const maxItem = 409_600
const maxAnswer = 6 * 1_048_576
/** What EventBridge puts around a detail before it becomes a message of SQS. */
const envelope = 600

/** The largest of everything that the system made, by what it is. */
class Largest {
  readonly items = new Map<string, number>()
  readonly events = new Map<string, number>()
  readonly answers = new Map<string, number>()

  readonly seen = {
    item: (item: { sk: string }) => grow(this.items, item.sk.replace(/[#_].*/, ''), itemSize({ ...item })),
    event: ({ detailType, detail }: BusEntry) => grow(this.events, detailType, Buffer.byteLength(detail) + envelope),
    answer: (route: string, body: string) => grow(this.answers, route, Buffer.byteLength(body)),
  }
}

function grow(sizes: Map<string, number>, name: string, size: number): void {
  sizes.set(name, Math.max(sizes.get(name) ?? 0, size))
}

const filled = (start: string, length: number): string => start.padEnd(length, 'x')
/** Of a product, and what it is called by a release that took control characters: JSON makes six characters of each. */
const name = filled('product', 200)
const longest = '\u0001'.repeat(200)
const renamed = (system: Snapshot): Snapshot =>
  JSON.parse(JSON.stringify(system).replaceAll(`"${name}"`, JSON.stringify(longest))) as Snapshot
const address = {
  name: filled('n', 100),
  line1: filled('l', 200),
  line2: filled('l', 200),
  city: filled('c', 100),
  region: filled('r', 100),
  postalCode: filled('p', 20),
  country: 'GB',
  phone: filled('t', 30),
}

/** Every sku in `spread` of the warehouses, with the longest names that there are. */
async function shop(skuCount: number, spread: number, warehouseCount: number) {
  const largest = new Largest()
  const pause = () => new Promise<void>((resolve) => setImmediate(resolve))
  const clock = { now: () => Date.now(), sleep: pause }
  const earlier = systemOf(clock, { seen: largest.seen })
  let shop: Api = api({ baseUrl: 'http://memory', fetch: earlier.fetch })
  const warehouses: string[] = []
  for (let index = 0; index < warehouseCount; index += 1)
    warehouses.push((await shop.createWarehouse({ body: { name: filled(`hall-${index}-`, 60) } })).id)
  const skus = Array.from({ length: skuCount }, (_, index) => filled(`sku-${index}-`, 64))
  const each = Math.ceil(maxQuantity / spread)
  for (const sku of skus) await shop.createProduct({ body: { sku, name, price: { amount: 1_000, currency: 'GBP' } } })
  await earlier.settle()
  const later = systemOf(clock, { seen: largest.seen, from: renamed(earlier.snapshot()) })
  shop = api({ baseUrl: 'http://memory', fetch: later.fetch })
  expect((await shop.getProduct({ params: { sku: skus[0]! } })).name).toBe(longest)
  for (const [index, sku] of skus.entries())
    for (let nth = 0; nth < spread; nth += 1) {
      const warehouseId = warehouses[(index + nth) % warehouses.length]!
      const body = { warehouseId, delta: each, reason: filled('r', 200), reference: filled('f', 100) }
      await shop.adjustStock({ params: { sku }, idempotencyKey: `${sku} ${nth}`, body })
    }

  async function until(holds: () => Promise<boolean>): Promise<void> {
    for (let tries = 0; tries < 2_000; tries += 1) {
      if (await holds()) return
      await pause()
    }
    throw new Error(`it never came to ${String(holds)}`)
  }

  let keys = 0
  const place = async (quantity: number, status: string) => {
    const lines = skus.map((sku) => ({ sku, quantity }))
    const { id } = await shop.placeOrder({
      idempotencyKey: filled(`key-${(keys += 1)}-`, 255),
      body: {
        lines,
        payment: { method: 'manual' },
        shippingAddress: address,
        billingAddress: address,
        notes: filled('n', 2_000),
        customerId: 'guest',
      },
    })
    await until(async () => (await shop.getOrder({ params: { id } })).status === status)
    return id
  }
  return { shop, place, until, largest, skus, each }
}

describe.each([
  ['of 1,000 skus, each in 2 of 10 warehouses', 1_000, 2, maxHeldWarehouses],
  ['of 200 skus, each in 10 warehouses', 200, 10, maxHeldWarehouses],
  ['of 1,000 skus in one parcel', 1_000, 1, 1],
])('an order %s', (_, skuCount, spread, warehouseCount) => {
  let world: Awaited<ReturnType<typeof shop>>
  beforeAll(async () => {
    world = await shop(skuCount, spread, warehouseCount)
  }, 60_000)

  it('is held, sent, and comes back in two conditions', async () => {
    const { shop, place, until, skus } = world
    const id = await place(maxQuantity, 'reserved')
    await shop.approveOrder({ params: { id } })
    const shipments = async () => (await shop.listShipments({ params: { id } })).items
    await until(async () => (await shipments()).length === warehouseCount)
    const parcels = await shipments()
    expect(parcels.flatMap(({ lines }) => lines)).toHaveLength(skuCount * spread)
    const leaving = parcels.length > 1 ? parcels.slice(1) : parcels
    for (const parcel of leaving) {
      const body = { carrier: filled('c', 60), trackingNumber: filled('t', 60) }
      await shop.dispatchShipment({ params: { id: parcel.id }, body })
      await shop.deliverShipment({ params: { id: parcel.id } })
    }
    for (const { id: kept } of parcels.filter((parcel) => !leaving.includes(parcel)))
      await shop.failShipment({ params: { id: kept }, body: { reason: filled('r', 200) } })
    for (const { id: parcel, lines } of leaving)
      for (const condition of ['restock', 'damaged'] as const) {
        const back = lines.map(({ sku, quantity }) => ({ sku, quantity: Math.floor(quantity / 2), condition }))
        await shop.returnShipment({
          params: { id: parcel },
          idempotencyKey: `${parcel} ${condition}`,
          body: { lines: back },
        })
      }
    const last = await shop.getLevels({ params: { sku: skus.at(-1)! } })
    await until(async () => (await shop.getOrder({ params: { id } })).status === 'completed')
    await until(async () =>
      (await shop.getLevels({ params: { sku: skus.at(-1)! } })).items.every(({ allocated }) => allocated === 0),
    )
    expect(last.items).toHaveLength(spread)
  }, 120_000)

  it('is sent in part, comes back in part, and the rest never leaves', async () => {
    const { shop, place, until, skus } = world
    const [first, last] = [skus[0]!, skus.at(-1)!]
    const id = await place(1_000, 'reserved')
    await shop.approveOrder({ params: { id } })
    const shipments = async () => (await shop.listShipments({ params: { id } })).items
    await until(async () => (await shipments()).length > 0)
    const allocated = async (sku: string) => (await shop.getStock({ params: { sku } })).allocated
    for (const { id: parcel, lines } of await shipments()) {
      const leaving = lines.slice(1).map(({ sku, quantity }) => ({ sku, quantity }))
      const body = { carrier: filled('c', 60), trackingNumber: filled('t', 60), lines: leaving }
      await shop.dispatchShipment({ params: { id: parcel }, body })
      const back = leaving.map(({ sku }) => ({ sku, quantity: 1, condition: 'damaged' as const }))
      await shop.returnShipment({ params: { id: parcel }, idempotencyKey: parcel, body: { lines: back } })
    }
    await until(async () => (await allocated(last)) === 0)
    expect(await allocated(first)).toBe(1_000)
    for (const { id: parcel, status } of await shipments())
      if (status === 'created') await shop.failShipment({ params: { id: parcel } })
    await until(async () => (await allocated(first)) === 0)
  }, 120_000)

  it('is cancelled, and all of it is free again', async () => {
    const { shop, place, until, skus } = world
    const id = await place(10, 'reserved')
    await shop.approveOrder({ params: { id } })
    await until(async () => (await shop.listShipments({ params: { id } })).items.length > 0)
    const cancelled = await shop.cancelOrder({ params: { id }, body: { reason: filled('r', 500) } })
    expect(cancelled.status).toBe('cancelled')
    for (const sku of [skus[0]!, skus.at(-1)!])
      await until(async () => {
        const { reserved, allocated } = await shop.getStock({ params: { sku } })
        return reserved + allocated === 0
      })
  }, 120_000)

  it('is cancelled by units as many times as it can be, paid back each time, and then whole', async () => {
    const { shop, place, until, skus } = world
    const id = await place(1_000, 'reserved')
    await shop.approveOrder({ params: { id } })
    await until(async () => (await shop.listShipments({ params: { id } })).items.length > 0)
    const cancel = (sku: string, nth: number, quantity?: number) =>
      shop.cancelOrderLine({
        params: { id, sku },
        idempotencyKey: filled(`line-${nth}-`, 255),
        body: { reason: filled('r', 500), ...(quantity && { quantity }) },
      })
    for (let nth = 1; nth < maxReductions; nth += 1) await cancel(skus[nth % skus.length]!, nth, 1)
    // The last one takes from all parcels that have the line.
    await cancel(skus[0]!, 0)
    await expect(cancel(skus[1]!, maxReductions, 1)).rejects.toMatchObject({ code: 'too_many_cancellations' })
    const refunded = async () => (await shop.listPayments({ params: { id } })).items.flatMap(({ refunds }) => refunds)
    const due = (maxReductions - 1 + 1_000) * 1_000
    await until(async () => (await refunded()).reduce((sum, { amount }) => sum + amount.amount, 0) === due)
    expect((await refunded()).length).toBeGreaterThanOrEqual(maxReductions)
    expect((await shop.cancelOrder({ params: { id } })).status).toBe('cancelled')
    for (const sku of [skus[1]!, skus.at(-1)!])
      await until(async () => {
        const { reserved, allocated } = await shop.getStock({ params: { sku } })
        return reserved + allocated === 0
      })
  }, 120_000)

  it('is rejected with every line that is short', async () => {
    const { shop, place } = world
    const id = await place(maxQuantity, 'rejected')
    const { reason } = await shop.getOrder({ params: { id } })
    expect(reason).toMatchObject({ code: 'insufficient_stock' })
    expect(reason?.shortages).toHaveLength(skuCount)
  }, 120_000)

  it('fits every item, event, message and answer that it makes', () => {
    const { items, events, answers } = world.largest
    const over = (sizes: Map<string, number>, most: number) => [...sizes].filter(([, size]) => size > most)
    expect([over(items, maxItem), over(events, maxCallBytes), over(answers, maxAnswer)]).toEqual([[], [], []])
    // The test itself is at the bound: these are the largest ones.
    expect(Math.max(...events.values())).toBeGreaterThan(100_000)
    expect([...events.keys()]).toEqual(
      expect.arrayContaining([
        'order.placed.v1',
        'order.rejected.v1',
        'shipment.created.v1',
        'shipment.part_dispatched.v1',
        'shipment.part_returned.v1',
        'shipment.returned.v1',
        'stock.committed.v1',
        'stock.refused.v1',
        'stock.reserved.v1',
      ]),
    )
  })
})

it('a reservation without an order that is at its bounds is held, extended, committed, sent and released, and answered again', async () => {
  const largest = new Largest()
  const clock = { now: () => 0, sleep: async () => {} }
  const noProduct = async () => ({ status: 404, body: {} })
  const store = memoryStore({ onChange: (_, after) => after && largest.seen.item(after) })
  const deps = { store, clock, random: () => 0.5, sourcing: 'fewest-parcels' as const, newImportId: () => 'imp_1' }
  const call = caller(
    inventory.routes,
    inventoryHandlers({ ...deps, files: new MemoryImportFiles(), readProduct: noProduct }),
  )
  const sku = (index: number) => filled(`sku-${index}-`, 64)
  const [createdAt, id] = [new Date(0).toISOString(), filled('rsv_', 60)]
  const lines = Array.from({ length: maxHeldLines }, (_, index): HeldLine => [
    sku(Math.floor(index / 2)),
    filled(`hall-${index % 10}-`, 60),
    1_000,
  ])
  const held: Reservation = {
    id,
    status: 'held',
    wanted: [],
    lines,
    done: 0,
    asked: {},
    createdAt,
    expiresAt: new Date(1_000_000).toISOString(),
    reference: filled('r', 100),
    madeBy: filled('u', 60),
  }
  const stocks = Map.groupBy(lines, ([of]) => of)
  for (const [of, all] of stocks) {
    const levels = Object.fromEntries(all.map(([, from]) => [from, { ...none, reserved: 1_000 }]))
    const stock = { ...stockOf(of, {}), levels: new Map(Object.entries(levels)) }
    await store.write(await putStock(store, undefined, stock, { cause: 'c', at: 0, by: 't' }))
  }
  await store.write(putReservation(undefined, held, { cause: 'c', at: 0, by: 't' }, []))
  const moves: readonly [string, object | undefined][] = [
    ['extend', { holdSeconds: 2_000 }],
    ['commit', undefined],
    ['ship', { lines: [...stocks.keys()].map((of) => ({ sku: of, quantity: 1_001 })) }],
    ['ship', { lines: [...stocks.keys()].map((of) => ({ sku: of, quantity: 998 })) }],
    ['release', undefined],
  ]
  for (const [nth, [move, body]] of moves.entries()) {
    const headers = { 'idempotency-key': `key-${nth}` }
    const send = () => call(`POST /reservations/{id}/${move}`, { as: 'operator', params: { id }, body, headers })
    const answer = await send()
    expect(answer, JSON.stringify([move, answer.body]).slice(0, 600)).toMatchObject({ status: 200 })
    expect(await send(), move).toMatchObject({ status: 200, body: answer.body })
    largest.seen.answer(move, JSON.stringify(answer.body))
  }
  expect([...largest.items].filter(([, size]) => size > maxItem)).toEqual([])
  expect(Math.max(...largest.answers.values())).toBeGreaterThan(maxItem)
}, 60_000)

it('an order that has left in part closes with all that its warehouses have sent', async () => {
  const ids = Array.from({ length: maxHeldWarehouses }, (_, index) => filled(`hall-${index}-`, 60))
  const parcelOf = (warehouseId: string, status: Parcel['status'], lines: Parcel['lines']): Parcel => ({
    warehouseId,
    status,
    lines,
    returns: 0,
    createdAt: '',
    updatedAt: '',
  })
  const sku = (index: number) => filled(`sku-${index}-`, 64)
  const parcels = ids.flatMap((id, nth) => [
    ...Array.from({ length: 4 }, (_, part) =>
      parcelOf(
        id,
        'dispatched',
        Array.from({ length: 50 }, (_, index) => [sku(nth * 200 + part * 50 + index), maxQuantity, 0] as const),
      ),
    ),
    parcelOf(id, 'cancelled', [[sku(nth * 200), 1, 0]]),
  ])
  const orderId = filled('ord_', 30)
  const shipments: Shipments = { orderId, parcels, asked: {}, cancelled: true }
  const item = { ...shipmentsItem.key(orderId), ...shipments, version: 1, at: new Date(0).toISOString(), cause: 'c' }
  const made = await toEvent(item, 'shipment.rest_cancelled')
  const entry = entryOf(item, made)
  expect(Buffer.byteLength(entry.detail) + envelope).toBeLessThan(maxCallBytes)
  expect(Buffer.byteLength(entry.detail)).toBeGreaterThan(100_000)
  const { data } = JSON.parse(entry.detail) as { data: DataOf<typeof contracts.shipmentRestCancelled> }
  expect(releaseUnsent(data)).toMatchObject({ sent: leftInAll(parcels) })
})
