import { byClaims } from '../../claims.ts'
import { consumer as consumeCatalog } from '../../../functions/catalog/events.ts'
import { handlers as catalogHandlers } from '../../../functions/catalog/http.ts'
import { toEvent as catalogEvents } from '../../../functions/catalog/outbox-events.ts'
import { consumer as consumeInventory } from '../../../functions/inventory/events.ts'
import { expire } from '../../../functions/inventory/on/due.ts'
import { handlers as inventoryHandlers } from '../../../functions/inventory/http.ts'
import { toEvent as inventoryEvents } from '../../../functions/inventory/outbox-events.ts'
import { consumer as consumeOrders } from '../../../functions/orders/events.ts'
import { handlers as ordersHandlers } from '../../../functions/orders/http.ts'
import { sweepOrders } from '../../../functions/orders/on/due.ts'
import { orderEvents } from '../../../functions/orders/outbox-events.ts'
import { consumer as consumePayments } from '../../../functions/payments/events.ts'
import { handlers as paymentsHandlers } from '../../../functions/payments/http.ts'
import type { CardProvider } from '../../../functions/payments/adapters/provider.ts'
import { sweepPayments } from '../../../functions/payments/on/due.ts'
import { toEvent as paymentEvents } from '../../../functions/payments/outbox-events.ts'
import type { Ask } from '../../../functions/runtime/api.http.ts'
import type { Clock } from '../../../functions/runtime/clock.ts'
import type { Consumer } from '../../../functions/runtime/events.ts'
import type { AskOrders } from '../../../functions/runtime/order-access.ts'
import { dispatch } from '../../../functions/runtime/http.ts'
import type { ToEvent } from '../../../functions/runtime/relay.ts'
import type { Store } from '../../../functions/runtime/store.ts'
import type { Timers } from '../../../functions/runtime/timers.ts'
import { consumer as consumeShipping } from '../../../functions/shipping/events.ts'
import { handlers as shippingHandlers } from '../../../functions/shipping/http.ts'
import { toEvent as shippingEvents } from '../../../functions/shipping/outbox-events.ts'
import type { Limits } from '../../../schemas/limits.ts'
import { topology } from '../../../schemas/topology.ts'

/** What a process of a service can reach. */
export interface Reach {
  readonly store: Store
  readonly clock: Clock
  readonly random: () => number
  readonly newId: () => string
  readonly timers: Timers
  readonly provider: CardProvider
  readonly askOrders: AskOrders
  readonly askStock: Ask
  readonly holdSeconds: number
  readonly limits: Limits
  readonly customersChooseManual: boolean
  readonly maxWrites: number
}

/** The functions of a service, as its entries make them. */
interface Functions {
  readonly http: (reach: Reach) => ReturnType<typeof dispatch>
  readonly events: (reach: Reach) => Consumer
  readonly toEvent: (reach: Reach) => ToEvent
  readonly sweep?: (reach: Reach) => Promise<unknown>
}

const currency = 'GBP'

/** The services of the simulation, with the code that runs in production. */
export const functions = {
  catalog: {
    http: (reach) => dispatch(topology.catalog.routes, catalogHandlers(reach), byClaims),
    events: consumeCatalog,
    toEvent: () => catalogEvents,
  },
  inventory: {
    http: (reach) => dispatch(topology.inventory.routes, inventoryHandlers(reach), byClaims),
    events: consumeInventory,
    toEvent: () => inventoryEvents,
    sweep: expire,
  },
  orders: {
    http: (reach) => dispatch(topology.orders.routes, ordersHandlers(reach), byClaims),
    events: consumeOrders,
    toEvent: ({ store }) => orderEvents(store),
    sweep: sweepOrders,
  },
  payments: {
    http: (reach) => dispatch(topology.payments.routes, paymentsHandlers({ ...reach, currency }), byClaims),
    events: consumePayments,
    toEvent: () => paymentEvents,
    sweep: sweepPayments,
  },
  shipping: {
    http: (reach) => dispatch(topology.shipping.routes, shippingHandlers(reach), byClaims),
    events: consumeShipping,
    toEvent: () => shippingEvents,
  },
} as const satisfies Record<string, Functions>

export type Simulated = keyof typeof functions
export const services = Object.keys(functions) as Simulated[]
export const functionsOf = (service: Simulated): Functions => functions[service]
