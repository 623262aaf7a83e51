import { guest as guestId } from '../../../schemas/guest.ts'
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
  const { params, caller, headers } = request
  const found = await load(deps.store, shipmentsItem, params.id)
  const { parcels = [], cancelled, customerId } = found?.state ?? {}
  if (found === undefined || (parcels.length === 0 && !(cancelled && customerId))) {
    if (!(await maySeeOrder(deps.askOrders, params.id, headers))) throw unknownOrder(request)
    throw notYet(request)
  }
  // Who may read an order may not change it.
  if (!caller.privileged && customerId !== caller.id) throw unknownOrder(request)
  return found
}

/**
 * The shipments of an order that the caller may cancel, undefined while nothing is known of it: the owner, who has proven the address of its
 * guest, and others who may write orders. Throws 404 `order_not_found`, and 503 `unavailable` where that is not known yet.
 */
export async function shipmentsToCancel(
  deps: ShippingRouteDeps,
  request: OfOrder,
): Promise<Loaded<Shipments> | undefined> {
  const { params, caller, headers } = request
  const found = await load(deps.store, shipmentsItem, params.id)
  const customerId = found?.state.customerId
  const readsAll = caller.scopes.has('orders:read')
  if (found && (caller.privileged || customerId === caller.id)) return found
  // Of an order that nothing is known of yet, a key that may only write has no answer.
  if (caller.privileged && !readsAll) throw notYet(request)
  const isOfAnother = customerId !== undefined && customerId !== guestId
  if (isOfAnother || !(await maySeeOrder(deps.askOrders, params.id, headers))) throw unknownOrder(request)
  if (caller.privileged || !readsAll) return found
  // Who may read all orders sees this one whether it is their own or not.
  throw customerId === undefined ? notYet(request) : unknownOrder(request)
}

const unknownOrder = ({ params, refuse }: OfOrder): HttpProblem =>
  refuse('order_not_found', `There is no order ${params.id}.`)

const notYet = ({ refuse }: OfOrder): HttpProblem =>
  refuse('unavailable', 'The shipments of the order are not there yet. Try again.', {
    headers: { 'retry-after': '1' },
  })
