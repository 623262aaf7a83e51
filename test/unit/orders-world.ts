import type { OrderPartsApi, ShipmentsApi, ReadReservation } from '../../functions/runtime/api.http.ts'
import { headerOf, identifyBy } from '../claims.ts'
import { events as catalog } from '../../schemas/catalog.ts'
import type { DataOf, EventContract } from '../../schemas/contract.ts'
import { events as inventory } from '../../schemas/inventory.ts'
import type { OrderInput } from '../../schemas/order-input.ts'
import { type Order } from '../../schemas/order.ts'
import { routes, timers as contracts } from '../../schemas/orders.ts'
import type { Limits } from '../../schemas/limits.ts'
import { events as payments } from '../../schemas/payments.ts'
import { type Fulfilment, events as shipping } from '../../schemas/shipping.ts'
import { consumer } from '../../functions/orders/events.ts'
import { handlers } from '../../functions/orders/http.ts'
import { sweepOrders } from '../../functions/orders/on/due.ts'
import type { OrderLists } from '../../functions/orders/store/order-lists.ts'
import { orderEvents } from '../../functions/orders/outbox-events.ts'
import { timeOf } from '../../functions/runtime/clock.ts'
import { emailHash } from '../../functions/runtime/email-hash.ts'
import type { Failure } from '../../functions/runtime/events.ts'
import { type GatewayEvent, dispatch, problemOf } from '../../functions/runtime/http.ts'
import { learnUser } from '../../functions/runtime/known-users.ts'
import type { Mail } from '../../functions/runtime/mail.ts'
import { principalKey } from '../../functions/runtime/principals.ts'
import { entryOf } from '../../functions/runtime/relay.ts'
import { memoryStore } from '../../functions/runtime/store.memory.ts'
import type { Item, Store, Write } from '../../functions/runtime/store.ts'
import type { TimerMessage } from '../../functions/runtime/timers.ts'

export const customer = { sub: 'b4d8c2e1-1111-4222-8333-444455556666' }
export const other = { sub: '0d0d0d0d-1111-4222-8333-444455556666' }
export const operator = {
  sub: 'aaaaaaaa-1111-4222-8333-444455556666',
  roles: 'operator',
}

export interface Reply {
  readonly status: number
  readonly headers: Record<string, unknown>
  readonly body: Record<string, unknown>
}

export const start = Date.parse('2026-11-21T10:00:00.000Z')
export const day = 86_400_000

/** The orders service alone, on a table in memory and a clock that only moves by hand or by sleeping. */
export function ordersWorld() {
  const changed: Item[] = []
  const table = memoryStore({ onChange: (_, after) => after && changed.push(after) })
  let tokens = 0
  const world = {
    mails: [] as Mail[],
    /** Addresses that users have proven, by their ids. */
    proven: new Map<string, string>(),
    /** Users whose accounts are to be erased. */
    leaving: new Set<string>(),
    now: start,
    timers: new Map<string, { at: number; message: TimerMessage }>(),
    /** What shipping answers. */
    shipments: {
      cancelLine: async () => ({ status: 503, body: {} }),
      readdress: async () => ({ status: 503, body: {} }),
      cancel: async () => ({ status: 204, body: undefined }),
    } as ShipmentsApi,
    /** What payments and shipping have of an order. */
    parts: {
      payments: async () => ({ status: 503, body: {} }),
      shipments: async () => ({ status: 503, body: {} }),
    } as OrderPartsApi,
    /** What inventory answers. */
    readReservation: (async () => ({ status: 503, body: {} })) as ReadReservation,
    /** Called before each write, to let somebody be faster or something fail. */
    beforeWrite: async (_: readonly Write[]): Promise<void> => {},
    onSleep: async (): Promise<void> => {},
    terms: {
      holdSeconds: 86_400,
      waitSeconds: 7_776_000,
      keepInvoiceMs: 86_400_000,
      limits: { openHolds: 1_000, unitsPerSku: 'unlimited' } as Limits,
      customersChooseManual: true,
      lists: 'all' as OrderLists,
      guests: {
        mailer: { send: async (mail: Mail) => void world.mails.push(mail) },
        apiUrl: 'https://api.test',
        newToken: () => String((tokens += 1)).padStart(43, 'a'),
      },
    },
    writes: [] as (readonly Write[])[],
    table,
  }
  const store: Store = {
    ...table,
    write: async (...writes) => {
      await world.beforeWrite(writes)
      world.writes.push(writes)
      return table.write(...writes)
    },
  }
  const clock = {
    now: () => world.now,
    sleep: async (milliseconds: number) => {
      world.now += milliseconds
      await world.onSleep()
    },
  }
  const timer = {
    set: async (name: string, at: number, message: TimerMessage) => {
      if (!world.timers.has(name)) world.timers.set(name, { at, message })
    },
    clear: async (name: string) => void world.timers.delete(name),
  }
  const deps = { store, clock, random: () => 0.5 }
  // At once, because the table is in memory.
  for (const { sub } of [customer, other])
    void learnUser(
      { ...deps, store: table },
      { userId: sub },
      { cause: `${sub}/user@1/user.registered`, at: start, by: 'users' },
    )
  const recordOf = async (sub: string) => {
    const address = world.proven.get(sub)
    const leaving = world.leaving.has(sub) && { leaving: true as const }
    return address === undefined && !leaving
      ? undefined
      : { ...principalKey(sub), version: 1, ...leaving, ...(address && { provenEmail: emailHash(address) }) }
  }
  const serve = dispatch(
    routes,
    handlers(
      Object.assign(world.terms, deps, {
        shipments: {
          cancelLine: (...asked: Parameters<ShipmentsApi['cancelLine']>) => world.shipments.cancelLine(...asked),
          readdress: (...asked: Parameters<ShipmentsApi['readdress']>) => world.shipments.readdress(...asked),
          cancel: (...asked: Parameters<ShipmentsApi['cancel']>) => world.shipments.cancel(...asked),
        },
        parts: {
          payments: (...asked: Parameters<ReadReservation>) => world.parts.payments(...asked),
          shipments: (...asked: Parameters<ReadReservation>) => world.parts.shipments(...asked),
        },
        readReservation: (...asked: Parameters<ReadReservation>) => world.readReservation(...asked),
      }),
    ),
    identifyBy(recordOf),
  )
  const consume = consumer({ ...deps, timers: timer })
  let requests = 0

  async function call(
    claims: Record<string, string>,
    routeKey: string,
    given: {
      id?: string | undefined
      sku?: string
      token?: string
      query?: Record<string, string>
      body?: unknown
      key?: string
      prefer?: string
      requestId?: string
    } = {},
  ): Promise<Reply> {
    requests += 1
    const headers = {
      authorization: headerOf(claims),
      ...(given.body !== undefined && { 'content-type': 'application/json' }),
      ...(given.key !== undefined && { 'idempotency-key': given.key }),
      ...(given.prefer !== undefined && { prefer: given.prefer }),
    }
    const event = {
      routeKey,
      headers,
      ...(given.id !== undefined && { pathParameters: { id: given.id, ...(given.sku && { sku: given.sku }) } }),
      ...(given.token !== undefined && { pathParameters: { token: given.token } }),
      ...(given.query && { queryStringParameters: given.query }),
      ...(given.body !== undefined && { body: JSON.stringify(given.body) }),
      requestContext: {
        requestId: given.requestId ?? `request-${requests}`,
      },
    }
    try {
      const answer = await serve(event as unknown as GatewayEvent)
      return {
        status: answer.statusCode ?? 0,
        headers: answer.headers ?? {},
        body: JSON.parse(answer.body ?? '{}') as Record<string, unknown>,
      }
    } catch (error) {
      const problem = problemOf(error)
      if (problem.status === 500) throw error
      return { status: problem.status, headers: problem.headers, body: problem.body('request') }
    }
  }

  let received = 0
  async function receive<Contract extends EventContract>(
    contract: Contract,
    data: DataOf<Contract>,
    id?: string,
  ): Promise<readonly Failure[]> {
    received += 1
    const unique = id ?? `event-${received}`
    return consume([
      { contract, data, id: unique, messageId: unique, time: timeOf(world.now), correlationId: 'c', causationId: 'c' },
    ])
  }

  let keys = 0
  return Object.assign(world, {
    store,
    timer,
    call,
    receive,
    sweep: () => sweepOrders({ ...deps, keepInvoiceMs: 86_400_000 }),
    sells: (sku: string, more: Partial<DataOf<typeof catalog.productCreated>> = {}) =>
      receive(catalog.productCreated, {
        sku,
        name: `Product ${sku}`,
        price: { amount: 250, currency: 'GBP' },
        active: true,
        unique: false,
        version: 1,
        ...more,
      }),
    place: async (input: Partial<OrderInput> = {}, claims: Record<string, string> = customer): Promise<Order> => {
      keys += 1
      const body = { lines: [{ sku: 'mug', quantity: 2 }], payment: { method: 'manual' }, ...input }
      const reply = await call(claims, 'POST /orders', { body, key: `key-${keys}` })
      if (reply.status !== 201) throw new Error(JSON.stringify(reply.body))
      return reply.body as unknown as Order
    },
    reserve: (orderId: string, expiresAt = world.now + day, id = `${orderId}/reservation@1/stock.reserved`) =>
      receive(
        inventory.stockReserved,
        { reservationId: orderId, orderId, lines: [['mug', 'main', 2]], expiresAt: timeOf(expiresAt) },
        id,
      ),
    refuse: (orderId: string, shortages: DataOf<typeof inventory.stockRefused>['shortages'] = []) =>
      receive(inventory.stockRefused, { reservationId: orderId, orderId, shortages }),
    commit: (orderId: string) => receive(inventory.stockCommitted, { reservationId: orderId, orderId, lines: [] }),
    release: (orderId: string) => receive(inventory.stockReleased, { reservationId: orderId, orderId }),
    /** An event of payments about an order of 5.00 in that version. */
    pay: (
      orderId: string,
      version: number,
      status: DataOf<typeof payments.paymentCompleted>['status'],
      more: Partial<DataOf<typeof payments.paymentFailed>> & { at?: string } = {},
    ) => {
      const none = { amount: 0, currency: 'GBP' }
      const amount = { amount: 500, currency: 'GBP' }
      const captured = status === 'captured' ? amount : none
      const payment = {
        paymentId: `pay${orderId.slice(3)}`,
        orderId,
        customerId: 'c',
        method: 'card' as const,
        version,
      }
      const data = { ...payment, status, amount, captured, refunded: none, refundedForReturns: 0, ...more }
      return receive(payments.paymentCompleted, data, `${orderId}/payment@${version}/payment.completed`)
    },
    /** A refund of an order of 5.00 comes back to payments. */
    failRefund: (orderId: string, version: number, status: DataOf<typeof payments.paymentRefundFailed>['status']) => {
      const money = (amount: number) => ({ amount, currency: 'GBP' })
      const paymentId = `pay${orderId.slice(3)}`
      const failed = [{ id: `ref${orderId.slice(3)}_1`, amount: money(500), reason: 'it came back' }]
      const sums = { amount: money(500), captured: money(500), refunded: money(0), refundedForReturns: 0 }
      const data = { paymentId, orderId, customerId: 'c', method: 'card' as const, version, status, ...sums, failed }
      return receive(payments.paymentRefundFailed, data, `${orderId}/payment@${version}/payment.refund_failed`)
    },
    /** An event of shipping about the parcels of an order. */
    ship: (orderId: string, fulfilment: Fulfilment, version = 1) =>
      receive(
        shipping.shipmentDispatched,
        { orderId, fulfilment, shipmentId: `shp${orderId.slice(3)}_1`, warehouseId: 'main', lines: [] },
        `${orderId}/shipping@${version}/shipment.dispatched#1`,
      ),
    takeBack: (orderId: string, returnId: string, lines: DataOf<typeof shipping.shipmentReturned>['lines']) =>
      receive(shipping.shipmentReturned, {
        orderId,
        fulfilment: 'delivered',
        shipmentId: `shp${orderId.slice(3)}_1`,
        warehouseId: 'main',
        returnId,
        lines,
      }),
    fire: (orderId: string) => receive(contracts.holdEnded, { orderId }, `${orderId}/order/timer.hold_ended`),
    get: async (id: string) => (await call(operator, 'GET /orders/{id}', { id })).body as unknown as Order,
    header: (id: string): Item => table.items().find(({ pk, sk }) => pk === id && sk === 'order')!,
    /** Names of all events that the stream of the table has carried, in their order. */
    emitted: () => changed.flatMap(({ outbox }) => outbox ?? []),
    /** Those events as they go on the bus, checked by their contracts. */
    publish: async () => {
      const toEvent = orderEvents(store)
      const named = changed.flatMap((item) => (item.outbox ?? []).map((name) => ({ item, name })))
      return Promise.all(named.map(async ({ item, name }) => entryOf(item, await toEvent(item, name))))
    },
  })
}

export type OrdersWorld = ReturnType<typeof ordersWorld>
