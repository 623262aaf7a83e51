import type { OrderSummary, routes } from '../../../schemas/orders.ts'
import type * as z from 'zod'
import { commit } from '../../runtime/commit.ts'
import { conflict } from '../../runtime/errors.ts'
import type { Handler, Request } from '../../runtime/http.ts'
import { changeOrder } from '../store/change-order.ts'
import { visibleOrder } from './show.ts'
import {
  type Change,
  type Contents,
  type Decision,
  type Order,
  type Origin,
  approve,
  cancel,
  change,
  expire,
} from '../core/order.ts'
import { changing, complete } from '../store/order-item.ts'
import type { OrderDeps } from '../deps.ts'
import { contentsBody, summaryOf } from './order-body.ts'

type MoveRequest = Request<typeof routes.cancelOrder | typeof routes.approveOrder>

/** Cancelling what is cancelled already changes nothing. Throws `HttpProblem` 409 `order_closed` for any other closed order. */
export function cancelOrder(deps: OrderDeps): Handler<typeof routes.cancelOrder> {
  return (request) =>
    moveOrder(deps, request, (order) =>
      cancel(order, request.caller.operator ? 'operator' : 'customer', request.body?.reason),
    )
}

/**
 * Approving what is approved already changes nothing. The time of the hold is the truth: an approval after it expires the order there and
 * then. Throws `HttpProblem` 409 `order_closed`, `payment_not_manual`.
 */
export function approveOrder(deps: OrderDeps): Handler<typeof routes.approveOrder> {
  return (request) => moveOrder(deps, request, (order) => approve(order, deps.clock.now()))
}

/** Answers are kept without the contents, which never change: a kept answer stays small however large the order. */
async function moveOrder(deps: OrderDeps, request: MoveRequest, decide: (order: Order) => Decision) {
  const { store } = deps
  const { id } = request.params
  let contents: Contents | undefined
  const answer = await commit<z.input<typeof OrderSummary>>(deps, request, async () => {
    const before = await visibleOrder(store, id, request.caller)
    const changed = await move(deps, request, before.order, decide(before.order))
    const known = await complete(store, before, contents)
    contents = known.contents
    return {
      writes: changed ? changing(before, changed.change, changed.origin) : [],
      answer: { body: summaryOf(changed?.change.order ?? known.order) },
    }
  })
  contents ??= (await complete(store, await visibleOrder(store, id, request.caller))).contents
  const { lineCount: _, ...summary } = answer.body as z.input<typeof OrderSummary>
  return { ...answer, body: { ...summary, ...contentsBody(contents, summary.total.currency) } }
}

/** The change that the decision makes, if any. Throws `HttpProblem` 409 when it is too late for one, or it is not theirs to make. */
async function move(
  { store, clock }: OrderDeps,
  { requestId, caller }: MoveRequest,
  order: Order,
  decision: Decision,
): Promise<{ readonly change: Change; readonly origin: Origin } | undefined> {
  const now = clock.now()
  if (decision === 'too_late') {
    const origin = { at: now, cause: requestId, by: 'orders' }
    if (expire(order, now)) await changeOrder(store, order.id, (latest) => expire(latest, now), origin)
    throw conflict(
      'order_closed',
      'The order is closed, or on its way: a shipment that has not left is ended by POST /shipments/{id}/fail.',
    )
  }
  if (decision === 'not_manual')
    throw conflict(
      'payment_not_manual',
      'Only orders that are paid by hand are approved; this one waits for its payment.',
    )
  if (decision === 'unchanged') return undefined
  const origin = { at: now, cause: requestId, by: caller.id }
  const changed = change(order, decision, origin)
  return changed && { change: changed, origin }
}
