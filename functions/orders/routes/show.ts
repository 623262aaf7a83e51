import type { routes } from '../../../schemas/orders.ts'
import type { Request } from '../../runtime/http.ts'
import { logger } from '../../runtime/log.ts'
import type { Store } from '../../runtime/store.ts'
import { isForEmail } from '../store/guest-item.ts'
import { type Stored, findOrder } from '../store/order-item.ts'
import { completeWithBeside } from './guest-orders.ts'
import { bodyOf } from './order-body.ts'

type OfOrder = Request<
  | typeof routes.getOrder
  | typeof routes.getOrderHistory
  | typeof routes.cancelOrder
  | typeof routes.cancelOrderLine
  | typeof routes.updateOrder
  | typeof routes.approveOrder
  | typeof routes.mailGuestLink
>

/**
 * The order, if the caller may see it: the own one, or one that was placed for the address that the caller has proven. An order of another
 * customer is refused as one that is not there.
 */
export async function visibleOrder(store: Store, { params: { id }, caller, refuse }: OfOrder): Promise<Stored> {
  logger.appendKeys({ correlationId: id })
  const stored = await findOrder(store, id, { consistent: true })
  const isOwn = stored && (caller.privileged || stored.state.customerId === caller.id)
  if (!stored || !(isOwn || (await isForEmail(store, stored, caller.provenEmail))))
    throw refuse('order_not_found', `There is no order ${id}.`)
  return stored
}

/** The order as the caller sees it, and up to which event that reaches. */
export async function shownTo(store: Store, request: OfOrder) {
  const stored = await visibleOrder(store, request)
  const { order, contents, beside } = await completeWithBeside(store, stored)
  return { stored, order, contents, body: { ...bodyOf(order, contents, beside), sequence: stored.item.version } }
}
