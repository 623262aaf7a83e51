import type { Origin } from '../../../schemas/origin.ts'
import type { OrderSummary } from '../../../schemas/order.ts'
import type { routes } from '../../../schemas/orders.ts'
import type * as z from 'zod'
import { commit } from '../../runtime/idempotent-commit.ts'
import type { Request } from '../../runtime/http.ts'
import { changeOrder } from '../store/change-order.ts'
import { visibleOrder } from './show.ts'
import { type Change, change } from '../core/change.ts'
import type { Decision } from '../core/decisions.ts'
import { expire } from '../core/hold.ts'
import { cancelledUnits } from '../core/cancelled-lines.ts'
import type { Contents, Order, Units } from '../core/order.ts'
import { writesOfChange } from '../store/order-item.ts'
import type { OrderDeps } from '../deps.ts'
import { completeWithBeside } from './guest-orders.ts'
import { type Beside, contentsBody, summaryOf } from './order-body.ts'

type DecisionRequest = Request<typeof routes.cancelOrder | typeof routes.approveOrder>

/**
 * Commits what a customer or an operator decides about an order. Answers are kept without the contents: a kept answer stays small
 * however large the order.
 */
export async function commitDecision(
  deps: OrderDeps,
  request: DecisionRequest,
  decide: (order: Order) => Decision | Promise<Decision>,
) {
  const { store } = deps
  let contents: Contents | undefined
  let beside: Beside = {}
  const answer = await commit<Kept>(deps, request, async () => {
    const before = await visibleOrder(store, request)
    const known = await completeWithBeside(store, before, contents)
    ;({ contents, beside } = known)
    const changed = await changeBy(deps, request, before.state, await decide(known.order))
    return {
      writes: changed ? writesOfChange(before, changed.change, changed.origin) : [],
      answer: { body: keptOf(changed?.change.state ?? known.order) },
    }
  })
  if (contents === undefined)
    ({ contents, beside } = await completeWithBeside(store, await visibleOrder(store, request)))
  const { guest, labels } = beside
  const { lineCount: _, cancelled, ...summary } = answer.body as Kept
  const lines = contentsBody(contents, summary.total.currency, new Map(cancelled))
  return { ...answer, body: { ...summary, ...labels, ...lines, ...(guest && { guest }) } }
}

/** The order without its contents, and which units of them were cancelled by then. */
type Kept = z.input<typeof OrderSummary> & { readonly cancelled?: readonly Units[] }

function keptOf(order: Order): Kept {
  const cancelled = [...cancelledUnits(order)]
  return { ...summaryOf(order), ...(cancelled.length > 0 && { cancelled }) }
}

/** The change that the decision makes, if any. Refuses one that comes too late. */
async function changeBy(
  deps: OrderDeps,
  { requestId, caller, refuse }: DecisionRequest,
  order: Order,
  decision: Decision,
): Promise<{ readonly change: Change; readonly origin: Origin } | undefined> {
  const now = deps.clock.now()
  if (decision === 'too_late') {
    const origin = { at: now, cause: requestId, by: 'orders' }
    if (expire(order, now)) await changeOrder(deps, order.id, (latest) => expire(latest, now), origin)
    throw refuse(
      'order_closed',
      'The order is closed, or on its way: a shipment that has not left is ended by POST /shipments/{id}/fail.',
    )
  }
  if (decision === 'unchanged') return undefined
  const origin = { at: now, cause: requestId, by: caller.id }
  const changed = change(order, decision, origin)
  return changed && { change: changed, origin }
}
