import { guest as guestId } from '../../../schemas/guest.ts'
import type { routes } from '../../../schemas/orders.ts'
import { timeOf } from '../../runtime/clock.ts'
import type { HttpProblem } from '../../runtime/errors.ts'
import type { Handler, Request } from '../../runtime/http.ts'
import { labelsIn } from '../../runtime/labels.ts'
import { logger } from '../../runtime/log.ts'
import type { Store } from '../../runtime/store.ts'
import type { Contents, Order } from '../core/order.ts'
import { phase, status } from '../core/status.ts'
import type { PlacingDeps } from '../deps.ts'
import { changeOrder } from '../store/change-order.ts'
import { findGuest, orderBehind } from '../store/guest-item.ts'
import { type Stored, complete, findOrder } from '../store/order-item.ts'
import { findLabels } from '../store/labels-item.ts'
import { type Beside, bodyOf } from './order-body.ts'

type PlaceRequest = Request<typeof routes.placeOrder>

/** The order whole, with the guest who it is for and its labels; one read more for each of them that it has. */
export async function completeWithBeside(
  store: Store,
  stored: Stored,
  known?: Contents,
): Promise<{ readonly order: Order; readonly contents: Contents; readonly beside: Beside }> {
  const [whole, guest, labels] = await Promise.all([
    complete(store, stored, known),
    findGuest(store, stored),
    findLabels(store, stored),
  ])
  const beside = {
    ...(guest && { guest: { name: guest.name, email: guest.email } }),
    ...(labels && { labels: labelsIn(labels) }),
  }
  return { ...whole, beside }
}

/** The order that a mailed link opens; a token that opens none is named in no answer and no log. */
export function getGuestOrder(deps: PlacingDeps): Handler<typeof routes.getGuestOrder> {
  return async (request) => {
    const stored = await opened(deps, request)
    const { order, contents, beside } = await completeWithBeside(deps.store, stored)
    return { body: bodyOf(order, contents, beside) }
  }
}

async function opened(
  deps: PlacingDeps,
  { params: { token }, refuse }: Request<typeof routes.getGuestOrder> | Request<typeof routes.eraseGuestOrder>,
): Promise<Stored> {
  const id = await orderBehind(deps, token)
  const stored = id === undefined ? undefined : await findOrder(deps.store, id, { consistent: true })
  if (stored === undefined) throw refuse('order_not_found', 'The link opens no order.')
  logger.appendKeys({ correlationId: stored.state.id })
  return stored
}

/** Lets an order forget its guest: at once, or when its parcels have arrived and its money is where it belongs. Once more changes nothing. */
export function eraseGuestOrder(deps: PlacingDeps): Handler<typeof routes.eraseGuestOrder> {
  return async (request) => {
    const { requestId: cause, refuse } = request
    const { state } = await opened(deps, request)
    const is = status(state.facts)
    if (phase[is] === 'open') throw refuse('orders_open', `The order is ${is}.`)
    if (state.facts.payment === 'refund_due') throw refuse('refunds_due', 'Money of the order is still to go back.')
    const at = deps.clock.now()
    const order = await changeOrder(
      deps,
      state.id,
      ({ placedAt }) => ({ name: 'left', since: at, addressUntil: placedAt + deps.keepInvoiceMs }),
      { cause, at, by: guestId },
    )
    return { body: { erasesAt: timeOf(order.forgetting?.since ?? at) } }
  }
}

/** The refusal of a guest who cannot be one of this order, or who was to pay from a wallet: guests have none. */
export function noGuest({
  body: { guest, customerId, payment },
  caller,
  refuse,
}: PlaceRequest): HttpProblem | undefined {
  if (customerId === guestId && payment.method === 'wallet')
    return refuse('validation_failed', 'The request has invalid fields.', {
      errors: [{ path: 'payment.method', message: 'a guest has no wallet: card or manual' }],
    })
  if (guest === undefined || (caller.privileged && customerId === guestId)) return undefined
  if (!caller.privileged)
    return refuse('customer_not_allowed', 'Only operators place orders for others.', {
      errors: [{ path: 'guest', message: 'for operators only' }],
    })
  return refuse('validation_failed', 'The request has invalid fields.', {
    errors: [{ path: 'guest', message: `only with the customerId ${guestId}` }],
  })
}
