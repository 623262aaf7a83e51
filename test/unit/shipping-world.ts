import type { OrderStatus } from '../../schemas/order-status.ts'
import type { Received } from '../../functions/runtime/events.ts'
import type { BusEntry } from '../../functions/runtime/bus.ts'
import { entryOf } from '../../functions/runtime/relay.ts'
import { memoryStore } from '../../functions/runtime/store.memory.ts'
import type { Item, Store } from '../../functions/runtime/store.ts'
import { consumer as consumerOf } from '../../functions/shipping/events.ts'
import { handlers } from '../../functions/shipping/http.ts'
import { toEvent } from '../../functions/shipping/outbox-events.ts'
import type { EventContract } from '../../schemas/contract.ts'
import * as inventory from '../../schemas/inventory.ts'
import * as orders from '../../schemas/orders.ts'
import type { HeldLine } from '../../schemas/held-lines.ts'
import type { Address } from '../../schemas/shared.ts'
import { routes } from '../../schemas/shipping.ts'
import { addressStandIn } from '../../schemas/stand-ins.ts'
import { caller } from './call-route.ts'

export const address: Address = {
  name: 'Ada King',
  line1: '1 High Street',
  city: 'Leeds',
  postalCode: 'LS1 4AP',
  country: 'GB',
}

/** Shipping on a store in memory, which `around` stands before; its events are kept as they go on the bus. */
export function shippingWorld(around: (store: Store) => Store = (store) => store) {
  const items: Item[] = []
  const store = memoryStore({ onChange: (_, after) => after && void items.push(after) })
  let now = Date.parse('2026-01-01T00:00:00.000Z')
  const clock = { now: () => (now += 1_000), sleep: async () => {} }
  const deps = { store: around(store), clock, random: () => 0.5 }
  const answers = { status: async (_: string, __: string): Promise<number> => 404 }
  const askOrders = (orderId: string, authorization: string) => answers.status(orderId, authorization)
  const call = caller(routes, handlers({ ...deps, askOrders }))
  const consumer = consumerOf(deps)

  const deliver = async (contract: EventContract, id: string, data: object): Promise<void> => {
    const received: Received = { contract, messageId: 'm', id, time: '', correlationId: '', causationId: '', data }
    const [failure] = await consumer([received])
    if (failure) throw failure.error
  }
  const ofOrder = (orderId: string) => ({ orderId, customerId: 'user-1' })

  return {
    store,
    call,
    /** What orders answer to `GET /orders/{id}`. */
    answers,
    items,
    published: async (): Promise<(BusEntry & { name: string; id: string; data: Record<string, unknown> })[]> => {
      const entries = await Promise.all(
        items.flatMap((item) => (item.outbox ?? []).map(async (name) => entryOf(item, await toEvent(item, name)))),
      )
      return entries.map((entry) => {
        const { id, data } = JSON.parse(entry.detail) as { id: string; data: Record<string, unknown> }
        return { ...entry, name: entry.detailType.replace('.v1', ''), id, data }
      })
    },
    committed: (orderId: string, lines: readonly HeldLine[], id = `${orderId}/reservation@2/stock.committed`) =>
      deliver(inventory.events.stockCommitted, id, { reservationId: orderId, orderId, lines }),
    confirmed: (orderId: string, id = `${orderId}/order@3/order.confirmed`) =>
      deliver(orders.events.orderConfirmed, id, { ...ofOrder(orderId), shippingAddress: address }),
    /** The confirmation of an order whose address travels apart, and that address. */
    confirmedApart: (orderId: string) =>
      deliver(orders.events.orderConfirmed, `${orderId}/order@3/order.confirmed`, {
        ...ofOrder(orderId),
        shippingAddress: addressStandIn,
        addressApart: true,
      }),
    addressed: (orderId: string, id = `${orderId}/order@3/order.address`) =>
      deliver(orders.events.orderAddress, id, { ...ofOrder(orderId), address }),
    cancelled: (
      orderId: string,
      previousStatus: OrderStatus | undefined = 'confirmed',
      id = `${orderId}/order@4/order.cancelled`,
    ) => deliver(orders.events.orderCancelled, id, { ...ofOrder(orderId), previousStatus }),
    paymentFailed: (orderId: string) =>
      deliver(orders.events.orderPaymentFailed, `${orderId}/order@4/order.payment_failed`, {
        ...ofOrder(orderId),
        previousStatus: 'confirmed',
      }),
    deliver,
    list: (orderId: string, as = 'customer') => call('GET /orders/{id}/shipments', { as, params: { id: orderId } }),
    move: (what: 'dispatch' | 'track' | 'deliver' | 'fail' | 'return', id: string, body?: object, key?: string) =>
      call(`POST /shipments/{id}/${what}`, {
        as: 'operator',
        params: { id },
        ...(body && { body }),
        ...(key !== undefined && { headers: { 'idempotency-key': key } }),
      }),
  }
}
