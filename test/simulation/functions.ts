import { consumer as consumeCatalog } from '../../functions/catalog/events.ts'
import { handlers as catalogHandlers } from '../../functions/catalog/http.ts'
import { tell as tellCatalog } from '../../functions/catalog/relay.ts'
import { consume as consumeInventory } from '../../functions/inventory/consume.ts'
import { expire } from '../../functions/inventory/expire.ts'
import { handlers as inventoryHandlers } from '../../functions/inventory/http.ts'
import { tell as tellInventory } from '../../functions/inventory/tell.ts'
import { consume as consumeOrders } from '../../functions/orders/consume.ts'
import { handlers as ordersHandlers } from '../../functions/orders/http.ts'
import { sweepOrders } from '../../functions/orders/sweep-orders.ts'
import { tellOrder } from '../../functions/orders/tell.ts'
import { consume as consumePayments } from '../../functions/payments/consume.ts'
import { handlers as paymentsHandlers } from '../../functions/payments/http.ts'
import type { CardProvider } from '../../functions/payments/provider.ts'
import { sweepPayments } from '../../functions/payments/sweep-payments.ts'
import { tell as tellPayments } from '../../functions/payments/tell.ts'
import type { Clock } from '../../functions/runtime/clock.ts'
import type { Consumer } from '../../functions/runtime/events.ts'
import type { AskOrders } from '../../functions/runtime/order-access.ts'
import { dispatch } from '../../functions/runtime/http.ts'
import type { Tell } from '../../functions/runtime/relay.ts'
import type { Store } from '../../functions/runtime/store.ts'
import type { Timers } from '../../functions/runtime/timers.ts'
import { consume as consumeShipping } from '../../functions/shipping/consume.ts'
import { handlers as shippingHandlers } from '../../functions/shipping/http.ts'
import { tell as tellShipping } from '../../functions/shipping/tell.ts'
import { topology } from '../../schemas/topology.ts'

/** What a process of a service can reach. */
export interface Reach {
  readonly store: Store
  readonly clock: Clock
  readonly random: () => number
  readonly newId: () => string
  readonly timers: Timers
  readonly provider: CardProvider
  readonly askOrders: AskOrders
  readonly holdSeconds: number
  readonly maxWrites: number
}

/** The functions of a service, as its entries make them. */
interface Functions {
  readonly http: (reach: Reach) => ReturnType<typeof dispatch>
  readonly events: (reach: Reach) => Consumer
  readonly tell: (reach: Reach) => Tell
  readonly sweep?: (reach: Reach) => Promise<unknown>
}

const currency = 'GBP'

/** The services of the simulation, with the code that runs in production. */
export const functions = {
  catalog: {
    http: (reach) => dispatch(topology.catalog.routes, catalogHandlers(reach)),
    events: consumeCatalog,
    tell: () => tellCatalog,
  },
  inventory: {
    http: (reach) => dispatch(topology.inventory.routes, inventoryHandlers(reach)),
    events: consumeInventory,
    tell: () => tellInventory,
    sweep: expire,
  },
  orders: {
    http: (reach) => dispatch(topology.orders.routes, ordersHandlers(reach)),
    events: consumeOrders,
    tell: ({ store }) => tellOrder(store),
    sweep: sweepOrders,
  },
  payments: {
    http: (reach) => dispatch(topology.payments.routes, paymentsHandlers({ ...reach, currency })),
    events: consumePayments,
    tell: () => tellPayments,
    sweep: sweepPayments,
  },
  shipping: {
    http: (reach) => dispatch(topology.shipping.routes, shippingHandlers(reach)),
    events: consumeShipping,
    tell: () => tellShipping,
  },
} as const satisfies Record<string, Functions>

export type Simulated = keyof typeof functions
export const services = Object.keys(functions) as Simulated[]
export const functionsOf = (service: Simulated): Functions => functions[service]
