import { MemoryImportFiles } from '../memory-import-files.ts'
import { MemoryPhotoBucket } from '../memory-photo-bucket.ts'
import { byClaims, headerOf } from '../claims.ts'
import { localRates } from '../../lib/rates.ts'
import { consumer as catalogConsumer } from '../../functions/catalog/events.ts'
import { handlers as catalogHandlers } from '../../functions/catalog/http.ts'
import { toEvent as catalogEvents } from '../../functions/catalog/outbox-events.ts'
import { consumer as inventoryConsumer } from '../../functions/inventory/events.ts'
import { expire } from '../../functions/inventory/on/due.ts'
import { handlers as inventoryHandlers } from '../../functions/inventory/http.ts'
import { toEvent as inventoryEvents } from '../../functions/inventory/outbox-events.ts'
import { consumer as consumeOrders } from '../../functions/orders/events.ts'
import { handlers as ordersHandlers } from '../../functions/orders/http.ts'
import { sweepOrders } from '../../functions/orders/on/due.ts'
import { orderEvents } from '../../functions/orders/outbox-events.ts'
import { consumer as consumePayments } from '../../functions/payments/events.ts'
import { handlers as paymentsHandlers } from '../../functions/payments/http.ts'
import { sandboxProvider } from '../../functions/payments/adapters/provider.sandbox.ts'
import { sweepPayments } from '../../functions/payments/on/due.ts'
import { toEvent as paymentEvents } from '../../functions/payments/outbox-events.ts'
import { orderPartsBehind, reservationsBehind, shipmentsBehind } from '../../functions/runtime/api.http.ts'
import type { Clock } from '../../functions/runtime/clock.ts'
import type { Refuse } from '../../functions/runtime/errors.ts'
import { type Consumer, type Received } from '../../functions/runtime/events.ts'
import { type GatewayEvent, type Handlers, dispatch, problemOf } from '../../functions/runtime/http.ts'
import type { BusEntry } from '../../functions/runtime/bus.ts'
import { type ToEvent, entryOf } from '../../functions/runtime/relay.ts'
import { silentMailer } from '../../functions/runtime/mail.ts'
import { memoryStore } from '../../functions/runtime/store.memory.ts'
import type { Item } from '../../functions/runtime/store.ts'
import { consumer as shippingConsumer } from '../../functions/shipping/events.ts'
import { handlers as shippingHandlers } from '../../functions/shipping/http.ts'
import { toEvent as shippingEvents } from '../../functions/shipping/outbox-events.ts'
import { type Account, type Directory, emailTaken, wrongCredentials } from '../../functions/users/adapters/directory.ts'
import { handlers as usersHandlers } from '../../functions/users/http.ts'
import { toEvent as userEvents } from '../../functions/users/outbox-events.ts'
import * as catalog from '../../schemas/catalog.ts'
import { type RouteContract, type Routes, routeKeyOf, type Service } from '../../schemas/contract.ts'
import * as inventory from '../../schemas/inventory.ts'
import * as orders from '../../schemas/orders.ts'
import * as payments from '../../schemas/payments.ts'
import * as shipping from '../../schemas/shipping.ts'
import { type ServiceContract, topology } from '../../schemas/topology.ts'
import * as users from '../../schemas/users.ts'

type AnswerRequest = ReturnType<typeof dispatch>

/** OutboxEvent of everything that is written, published and answered. */
export interface Seen {
  readonly item?: (item: Item) => void
  readonly event?: (entry: BusEntry) => void
  readonly answer?: (route: string, body: string) => void
}

/** Everything that the tables hold: what a system can be made of again. */
export type Snapshot = Readonly<Record<Simulated, readonly Item[]>>

type Simulated = 'catalog' | 'inventory' | 'orders' | 'payments' | 'shipping' | 'users'

export interface System {
  readonly fetch: typeof fetch
  /** Runs each sweeper once. */
  readonly sweep: () => Promise<void>
  /** Waits until every event is delivered. Throws what a consumer threw. */
  readonly settle: () => Promise<void>
  readonly snapshot: () => Snapshot
}

export interface SystemSettings {
  readonly seen?: Seen
  readonly from?: Snapshot | undefined
  /** Writes in one transaction of inventory; by default as many as the store takes. */
  readonly maxWrites?: number
}

/** A directory without passwords. */
function trustingDirectory(): Directory {
  const accounts = new Map<string, Account>()
  const signedIn = (account: Account | undefined, refuse: Refuse<'wrong_credentials'>) => {
    if (account === undefined) throw wrongCredentials(refuse)
    const session = { id: `session of ${account.id}`, beganAt: 0 }
    return { accessToken: account.id, refreshToken: account.email, expiresIn: 3_600, account, session }
  }
  return {
    find: async () => undefined,
    setEmail: async () => 'set',
    remove: async (id) => {
      for (const [email, account] of accounts) if (account.id === id) accounts.delete(email)
    },
    isPassword: async () => true,
    setPassword: async () => {},
    setRoles: async () => {},
    setEnabled: async () => {},
    register: async (email, _, __, refuse) => {
      if (accounts.has(email)) throw emailTaken(refuse)
      const account: Account = { id: `user-${accounts.size + 2}`, email, roles: ['customer'] }
      accounts.set(email, account)
      return account
    },
    signIn: async (email, _, refuse) => signedIn(accounts.get(email), refuse),
    refresh: async (token, refuse) => signedIn(accounts.get(token), refuse),
    codeKey: async () => 'key',
  }
}

/**
 * All services with their real handlers on stores in memory, joined as the topology says; cards are the sandbox's. Events are
 * delivered one at a time, once and in order; nobody redelivers. Everybody is an operator. Answers to what `fetch` is asked.
 */
export const wholeSystem = (clock: Clock, seen: Seen = {}): typeof fetch => systemOf(clock, { seen }).fetch

/** The same, with its stores at hand. */
export function systemOf(clock: Clock, { seen = {}, from, maxWrites }: SystemSettings = {}): System {
  const queue: { readonly from: Service; readonly item: Item }[] = []
  const storeOf = (service: Simulated) => {
    const store = memoryStore({
      onChange: (_, after) => {
        if (after) seen.item?.(after)
        if (after?.outbox) queue.push({ from: service, item: after })
      },
    })
    for (const item of from?.[service] ?? []) store.follow(undefined, item)
    return store
  }
  const stores = {
    catalog: storeOf('catalog'),
    inventory: storeOf('inventory'),
    orders: storeOf('orders'),
    payments: storeOf('payments'),
    shipping: storeOf('shipping'),
    users: storeOf('users'),
  }
  const provider = sandboxProvider({ clock, webhookSecrets: async () => ['secret'] })
  const timers = { set: async () => {}, clear: async () => {} }
  let categories = 0

  const handling = new Map<string, { readonly route: RouteContract; readonly answer: AnswerRequest }>()
  const serveAll = <Contract extends Routes>(routes: Contract, handlers: Handlers<Contract>): void => {
    const answer = dispatch(routes, handlers, byClaims)
    for (const route of Object.values<RouteContract>(routes)) handling.set(routeKeyOf(route), { route, answer })
  }
  const random = () => 0.5
  const inventoryDeps = {
    store: stores.inventory,
    clock,
    random,
    sourcing: 'fewest-parcels' as const,
    ...(maxWrites !== undefined && { maxWrites }),
  }
  const newId = (): string => `cat_${(categories += 1)}`
  const files = new MemoryImportFiles()
  serveAll(
    catalog.routes,
    catalogHandlers({
      store: stores.catalog,
      clock,
      random,
      newId,
      newImportId: newId,
      files,
      newPhotoId: newId,
      bucket: new MemoryPhotoBucket(),
      photosUrl: 'https://photos.test',
      askStock: async () => 200,
      readPrice: async () => ({ status: 200, body: { productVersion: Infinity } }),
    }),
  )
  serveAll(
    inventory.routes,
    inventoryHandlers({
      ...inventoryDeps,
      newImportId: newId,
      files: new MemoryImportFiles(),
      readProduct: async () => ({ status: 404, body: {} }),
    }),
  )
  const rates = localRates.payments
  const guests = { mailer: silentMailer, apiUrl: 'https://api.test', newToken: () => '' }
  const terms = {
    holdSeconds: 86_400,
    waitSeconds: 7_776_000,
    keepInvoiceMs: 86_400_000,
    limits: { openHolds: 1_000, unitsPerSku: 1_000 },
    customersChooseManual: true,
    lists: 'all' as const,
    guests,
  }
  const shipments = shipmentsBehind('https://api.test', (url, init) => answering(url, init))
  const readReservation = reservationsBehind('https://api.test', (url, init) => answering(url, init))
  const parts = orderPartsBehind('https://api.test', (url, init) => answering(url, init))
  const asking = { shipments, parts, readReservation }
  serveAll(orders.routes, ordersHandlers({ store: stores.orders, clock, random, ...terms, ...asking }))
  const askOrders = async (id: string) =>
    (await stores.orders.get({ pk: id, sk: 'order' }, { consistent: true })) === undefined ? 404 : 200
  serveAll(
    payments.routes,
    paymentsHandlers({
      store: stores.payments,
      clock,
      random,
      provider,
      askOrders,
      currency: 'GBP',
      principals: memoryStore(),
      rates,
    }),
  )
  serveAll(shipping.routes, shippingHandlers({ store: stores.shipping, clock, random, askOrders }))
  serveAll(
    users.routes,
    usersHandlers({
      eraseAfterMs: 86_400_000,
      readPath: async () => ({ status: 404, body: {} }),
      mailer: silentMailer,
      newCode: () => '00000000',
      newSalt: () => 'salt',
      verifiesFirst: false,
      store: stores.users,
      principals: memoryStore(),
      directory: trustingDirectory(),
      rates: localRates.users,
      clock,
      random,
      newId,
      newKeyId: newId,
      newSecret: () => new Uint8Array(32),
    }),
  )

  const outboxes: Partial<Record<Service, ToEvent>> = {
    catalog: catalogEvents,
    inventory: inventoryEvents,
    orders: orderEvents(stores.orders),
    payments: paymentEvents,
    shipping: shippingEvents,
    users: userEvents,
  }
  const consumers: Partial<Record<Service, Consumer>> = {
    catalog: catalogConsumer({ store: stores.catalog, clock, random }),
    inventory: inventoryConsumer(inventoryDeps),
    orders: consumeOrders({ store: stores.orders, clock, random, timers }),
    payments: consumePayments({ store: stores.payments, clock, random, provider, rates }),
    shipping: shippingConsumer({ store: stores.shipping, clock, random }),
  }

  const deliver = async ({ from, item }: (typeof queue)[number]): Promise<void> => {
    for (const name of item.outbox ?? []) {
      const event = await outboxes[from]?.(item, name)
      if (event === undefined) continue
      const entry = entryOf(item, event)
      seen.event?.(entry)
      const received = {
        ...JSON.parse(entry.detail),
        contract: event.contract,
        messageId: 'm',
      } as Received
      for (const [service, consumer] of Object.entries(consumers)) {
        const { consumes }: ServiceContract = topology[service as Service]
        const failures = consumes.includes(event.contract) ? await consumer([received]) : []
        if (failures[0]) throw failures[0].error
      }
    }
  }
  let delivering = Promise.resolve()
  const pump = (): void => {
    for (const each of queue.splice(0)) delivering = delivering.then(() => deliver(each)).then(pump)
  }

  let requests = 0
  const answering = (async (url: string, init: RequestInit) => {
    const { pathname, searchParams } = new URL(url)
    const found = matching(handling, init.method ?? 'GET', pathname)
    if (found === undefined) return new Response(null, { status: 404 })
    const requestId = `request-${(requests += 1)}`
    const event = {
      routeKey: routeKeyOf(found.route),
      headers: {
        ...Object.fromEntries(new Headers(init.headers)),
        authorization: headerOf({ sub: 'user-1', roles: 'operator' }),
      },
      pathParameters: found.params,
      queryStringParameters: Object.fromEntries(searchParams),
      body: init.body ?? undefined,
      isBase64Encoded: false,
      requestContext: {
        requestId,
      },
    } as unknown as GatewayEvent
    const answer = await found.answer(event).catch((error: unknown) => {
      const problem = problemOf(error)
      if (problem.status === 500) throw error
      return { statusCode: problem.status, body: JSON.stringify(problem.body(requestId)) }
    })
    pump()
    seen.answer?.(routeKeyOf(found.route), answer.body ?? '')
    const headers = { 'content-type': 'application/json' }
    return new Response(answer.body ?? null, { status: answer.statusCode ?? 200, headers })
  }) as typeof fetch

  const settle = async (): Promise<void> => {
    for (let seen: unknown; seen !== delivering;) await (seen = delivering)
  }
  return {
    fetch: answering,
    settle,
    sweep: async () => {
      await expire(inventoryDeps)
      await sweepOrders({ store: stores.orders, clock, random, keepInvoiceMs: 86_400_000 })
      await sweepPayments({ store: stores.payments, clock, random, provider, rates })
      pump()
      await settle()
    },
    snapshot: () =>
      Object.fromEntries(Object.entries(stores).map(([service, store]) => [service, store.items()])) as Snapshot,
  }
}

function matching(
  handling: ReadonlyMap<string, { readonly route: RouteContract; readonly answer: AnswerRequest }>,
  method: string,
  path: string,
) {
  // What stands in the path itself goes before a parameter.
  const candidates = [...handling.values()].toSorted((a, b) => a.route.path.localeCompare(b.route.path))
  for (const { route, answer } of candidates.toReversed()) {
    const pattern = new RegExp(`^${route.path.replaceAll(/\{(\w+)\}/g, '(?<$1>[^/]+)')}$`)
    const match = route.method === method ? pattern.exec(path) : null
    if (match) return { route, answer, params: { ...match.groups } }
  }
  return undefined
}
