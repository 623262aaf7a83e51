import type { AskOrders } from '../runtime/order-access.ts'
import type { UpdateDeps } from '../runtime/update.ts'

export type ShippingDeps = UpdateDeps

/** What the routes of shipping need beyond that. */
export interface ShippingRouteDeps extends ShippingDeps {
  readonly askOrders: AskOrders
}
