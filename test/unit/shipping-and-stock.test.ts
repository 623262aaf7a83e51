import fc from 'fast-check'
import { expect, it } from 'vitest'
import { consumer as inventoryConsumer } from '../../functions/inventory/events.ts'
import { type ReservationItem, reservationKey } from '../../functions/inventory/store/reservation-item.ts'
import { type StockItem, putStock, readStock, stockKey } from '../../functions/inventory/store/stock-item.ts'
import { putWarehouse } from '../../functions/inventory/store/warehouse-item.ts'
import { toEvent as inventoryEvents } from '../../functions/inventory/outbox-events.ts'
import { levelOf } from '../../functions/inventory/core/stock.ts'
import type { Received } from '../../functions/runtime/events.ts'
import { type ToEvent, entryOf } from '../../functions/runtime/relay.ts'
import { memoryStore } from '../../functions/runtime/store.memory.ts'
import type { Item, Store } from '../../functions/runtime/store.ts'
import { consumer as shippingConsumer } from '../../functions/shipping/events.ts'
import { handlers } from '../../functions/shipping/http.ts'
import { toEvent as shippingEvents } from '../../functions/shipping/outbox-events.ts'
import { routes } from '../../schemas/shipping.ts'
import { topology } from '../../schemas/topology.ts'
import * as orders from '../../schemas/orders.ts'
import type { EventContract } from '../../schemas/contract.ts'
import type { Shipment } from '../../schemas/shipment.ts'
import { caller } from './call-route.ts'
import { stockOf } from './stock-of.ts'

const at = '2026-01-01T00:00:00.000Z'
const clock = { now: () => Date.parse(at), sleep: async () => {} }
const order = 'ord_1'
const opened = { A: { east: 6, west: 4 }, B: { east: 5, west: 0 }, C: { east: 1, west: 9 } } as const
const wanted = [
  ['A', 8],
  ['B', 2],
  ['C', 9],
] as const

const comesBack = {
  return: [
    { sku: 'A', quantity: 1 },
    { sku: 'C', quantity: 1 },
  ],
  damage: [
    { sku: 'A', quantity: 1, condition: 'damaged' },
    { sku: 'C', quantity: 1 },
    { sku: 'A', quantity: 1 },
  ],
}

class Died extends Error {}

/** Inventory and shipping with their real handlers, and every event that they or the order ever emitted, to be delivered in any order. */
async function depot(maxWrites: number) {
  const messages: Received[] = []
  const publish = async (item: Item, toEvent: ToEvent) => {
    for (const name of item.outbox ?? []) {
      const event = await toEvent(item, name)
      messages.push({
        ...JSON.parse(entryOf(item, event).detail),
        contract: event.contract,
        messageId: 'm',
      } as Received)
    }
  }
  const unpublished: [Item, ToEvent][] = []
  const storeOf = (toEvent: ToEvent) =>
    memoryStore({ onChange: (_, after) => after && void unpublished.push([after, toEvent]) })
  let writesLeft = Infinity
  const mortal = (store: Store): Store => ({
    ...store,
    write: async (...writes) => {
      if ((writesLeft -= 1) < 0) throw new Died()
      return store.write(...writes)
    },
  })
  const stores = { inventory: storeOf(inventoryEvents), shipping: storeOf(shippingEvents) }
  const deps = {
    inventory: {
      store: mortal(stores.inventory),
      clock,
      random: () => 0.5,
      maxWrites,
      sourcing: 'fewest-parcels' as const,
    },
  }
  const shippingDeps = { store: mortal(stores.shipping), clock, random: () => 0.5 }
  const consumers = [
    [topology.inventory.consumes, inventoryConsumer(deps.inventory)],
    [topology.shipping.consumes, shippingConsumer(shippingDeps)],
  ] as const
  const call = caller(
    routes,
    handlers({ store: stores.shipping, clock, random: () => 0.5, askOrders: async () => 200 }),
  )

  for (const [index, id] of ['east', 'west'].entries())
    await stores.inventory.write(
      putWarehouse(undefined, { id, name: id, priority: index, active: true, createdAt: at, updatedAt: at }),
    )
  for (const [sku, levels] of Object.entries(opened)) {
    await stores.inventory.write(
      await putStock(stores.inventory, undefined, stockOf(sku, levels), { cause: 'test', at: 0, by: 'test' }),
    )
  }

  return {
    messages,
    ofOrder: (contract: EventContract, id: string, data: object = {}) =>
      void messages.push({
        contract,
        id,
        messageId: 'm',
        time: at,
        correlationId: order,
        causationId: 'r',
        data: { orderId: order, customerId: 'user-1', ...data },
      }),
    /** Brings a message to its consumers; each consumer dies at its write of that number. Whether all took it. */
    deliver: async (message: Received, writes = Infinity): Promise<boolean> => {
      let taken = true
      for (const [consumes, consumer] of consumers) {
        if (!(consumes as readonly EventContract[]).includes(message.contract)) continue
        writesLeft = writes
        if ((await consumer([message])).length > 0) taken = false
      }
      writesLeft = Infinity
      for (const [item, toEvent] of unpublished.splice(0)) await publish(item, toEvent)
      return taken
    },
    shipments: async (): Promise<Shipment[]> =>
      (await call('GET /orders/{id}/shipments', { as: 'operator', params: { id: order } })).body.items,
    move: async (what: string, id: string, body?: object) => {
      const { status } = await call(`POST /shipments/{id}/${what}`, {
        as: 'operator',
        params: { id },
        ...(body && { body }),
      })
      for (const [item, toEvent] of unpublished.splice(0)) await publish(item, toEvent)
      return status
    },
    level: async (sku: string, warehouseId: string) =>
      levelOf(readStock((await stores.inventory.get(stockKey(sku))) as StockItem), warehouseId),
    reservation: async () => (await stores.inventory.get(reservationKey(order))) as ReservationItem | undefined,
  }
}

/** What happens next: any message that was ever published comes (again), an operator moves a parcel, or the order is closed. */
const step = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      name: fc.constant('deliver' as const),
      which: fc.oneof(fc.nat(3), fc.nat()),
      writes: fc.constantFrom(0, 1, 2, 99, 99),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      name: fc.constantFrom('dispatch', 'deliver parcel', 'fail', 'return', 'damage'),
      which: fc.nat(1),
    }),
  },
  { weight: 1, arbitrary: fc.record({ name: fc.constantFrom('close' as const, 'remind' as const), which: fc.nat() }) },
)

it('units of an order are kept, sent, sent back and freed once, in whatever order the events arrive', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 5, maxLength: 60 }),
      fc.constantFrom(2, 3, 100),
      fc.boolean(),
      fc.boolean(),
      async (steps, maxWrites, packed, backwards) => {
        const { messages, ofOrder, deliver, shipments, move, level, reservation } = await depot(maxWrites)
        ofOrder(orders.events.orderPlaced, 'placed', { lines: wanted, holdSeconds: 60 })
        while (!(await deliver(messages[0]!)));
        ofOrder(orders.events.orderConfirmed, 'confirmed')
        if (packed) for (let index = 1; index < messages.length; index += 1) await deliver(messages[index]!)
        let closed = false
        for (const [index, { name, which, ...more }] of steps.entries()) {
          const id = `shp_1_${which + 1}`
          if (name === 'deliver' && 'writes' in more)
            await deliver(messages.at(-1 - (which % messages.length))!, more.writes)
          if (name === 'close' && !closed) {
            closed = true
            ofOrder(orders.events.orderCancelled, `closed ${index}`, { previousStatus: 'confirmed' })
          }
          if (name === 'remind')
            ofOrder(
              closed ? orders.events.orderCancelled : orders.events.orderConfirmed,
              `reminder ${index}`,
              closed ? { previousStatus: 'confirmed' } : {},
            )
          if (name === 'dispatch') await move('dispatch', id, { carrier: 'DHL' })
          if (name === 'deliver parcel') await move('deliver', id)
          if (name === 'fail') await move('fail', id)
          if (name === 'return' || name === 'damage') await move('return', id, { lines: comesBack[name] })
        }
        // Faults are over: everything comes once more, the oldest or the newest first.
        const come = new Set<Received>()
        for (;;) {
          const left = messages.filter((message) => !come.has(message))
          const message = backwards ? left.at(-1) : left[0]
          if (message === undefined) break
          expect(await deliver(message)).toBe(true)
          come.add(message)
        }

        const parcels = await shipments()
        const held = (await reservation())?.lines ?? []
        for (const [sku, levels] of Object.entries(opened))
          for (const [warehouseId, had] of Object.entries(levels)) {
            const units = held.find((line) => line[0] === sku && line[1] === warehouseId)?.[2] ?? 0
            const parcel = parcels.find((each) => each.warehouseId === warehouseId)
            const returned = parcel?.lines.find((line) => line.sku === sku)?.returned ?? 0
            const left = parcel !== undefined && parcel.status !== 'created' && parcel.status !== 'cancelled'
            const stays = closed || parcel?.status === 'cancelled'
            const { available, reserved, allocated, unavailable } = await level(sku, warehouseId)
            expect([reserved, allocated], `${sku} ${warehouseId}`).toEqual([0, left || stays ? 0 : units])
            expect(available + unavailable, `${sku} ${warehouseId}`).toBe(
              had - units + (left ? returned : stays ? units : 0),
            )
          }
      },
    ),
    { numRuns: 200 },
  )
})
