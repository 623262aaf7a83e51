import type { Clock } from '../runtime/clock.ts'
import type { AskOrders } from '../runtime/order-access.ts'
import type { Store } from '../runtime/store.ts'

export interface ShippingDeps {
  readonly store: Store
  readonly clock: Clock
}

/** What the routes of shipping need beyond that. */
export interface ShippingRouteDeps extends ShippingDeps {
  readonly askOrders: AskOrders
}
