import { byClaims } from '../../claims.ts'
import { handlers as catalogHandlers } from '../../../functions/catalog/http.ts'
import { handlers as inventoryHandlers } from '../../../functions/inventory/http.ts'
import { handlers as ordersHandlers } from '../../../functions/orders/http.ts'
import { handlers as paymentsHandlers } from '../../../functions/payments/http.ts'
import type { CardProvider } from '../../../functions/payments/adapters/provider.ts'
import type { Ask } from '../../../functions/runtime/api.http.ts'
import type { Clock } from '../../../functions/runtime/clock.ts'
import type { AskOrders } from '../../../functions/runtime/order-access.ts'
import { dispatch } from '../../../functions/runtime/http.ts'
import type { Store } from '../../../functions/runtime/store.ts'
import type { Timers } from '../../../functions/runtime/timers.ts'
import { handlers as shippingHandlers } from '../../../functions/shipping/http.ts'
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

const currency = 'GBP'

/** The routes of the services that are simulated, with the code that runs in production. */
export const apis = {
  catalog: (reach: Reach) => dispatch(topology.catalog.routes, catalogHandlers(reach), byClaims),
  inventory: (reach: Reach) => dispatch(topology.inventory.routes, inventoryHandlers(reach), byClaims),
  orders: (reach: Reach) => dispatch(topology.orders.routes, ordersHandlers(reach), byClaims),
  payments: (reach: Reach) => dispatch(topology.payments.routes, paymentsHandlers({ ...reach, currency }), byClaims),
  shipping: (reach: Reach) => dispatch(topology.shipping.routes, shippingHandlers(reach), byClaims),
} as const

export type Simulated = keyof typeof apis
export const services = Object.keys(apis) as Simulated[]
