import type { HttpProblem, Refuse } from '../../runtime/errors.ts'
import type { Caller } from '../../runtime/http.ts'
import { maySeeOrder } from '../../runtime/order-access.ts'
import { type Loaded, load } from '../../runtime/update.ts'
import type { Shipments } from '../core/shipments.ts'
import type { ShippingRouteDeps } from '../deps.ts'
import { shipmentsItem } from '../store/shipments-item.ts'

interface OfOrder {
  readonly params: { readonly id: string }
  readonly caller: Caller
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly refuse: Refuse<'order_not_found' | 'unavailable'>
}

/**
 * The parcels of an order that the caller may change: the owner, and others who may write orders. Throws 404 `order_not_found`, and 503
 * `unavailable` where the order is there and its parcels are not yet. One that closed before there were any has none, and never will.
 */
export async function ownShipments(deps: ShippingRouteDeps, request: OfOrder): Promise<Loaded<Shipments>> {
  const { params, caller, headers, refuse } = request
  const found = await load(deps.store, shipmentsItem, params.id)
  const unknown = (): HttpProblem => refuse('order_not_found', `There is no order ${params.id}.`)
  if (found === undefined || (found.state.parcels.length === 0 && !found.state.cancelled)) {
    if (!(await maySeeOrder(deps.askOrders, params.id, headers))) throw unknown()
    throw refuse('unavailable', 'The shipments of the order are not there yet. Try again.', {
      headers: { 'retry-after': '1' },
    })
  }
  // Who may read an order may not change it.
  if (!caller.privileged && found.state.customerId !== caller.id) throw unknown()
  return found
}
