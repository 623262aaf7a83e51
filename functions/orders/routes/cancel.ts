import type { routes } from '../../../schemas/orders.ts'
import { Problem } from '../../../schemas/shared.ts'
import type { Handler, Request } from '../../runtime/http.ts'
import { cancel, mayHaveParcels } from '../core/decisions.ts'
import type { Order } from '../core/order.ts'
import type { LineDeps } from '../deps.ts'
import { commitDecision } from './commit-decision.ts'
import { notTheirs } from './not-theirs.ts'

type CancelRequest = Request<typeof routes.cancelOrder>

/**
 * Cancels an order; cancelling a cancelled one changes nothing, and any other closed order is refused. Of a confirmed one shipping decides
 * first, by the one write on its shipments that also decides about a dispatch; its event closes the order where this request dies in between.
 */
export const cancelOrder =
  (deps: LineDeps): Handler<typeof routes.cancelOrder> =>
  (request) =>
    commitDecision(deps, request, async (order) => {
      const decision = cancel(order, request.caller.privileged ? 'operator' : 'customer', request.body?.reason)
      const isNew = typeof decision === 'object' && decision.name === 'cancelled'
      return isNew && mayHaveParcels(order) && !(await areStopped(deps, request, order)) ? 'too_late' : decision
    })

/** Whether no parcel has left, and none will any more. Throws `HttpProblem` 503 `unavailable` where shipping does not answer. */
async function areStopped(
  { shipments }: LineDeps,
  { headers: { authorization = '' }, refuse: no }: CancelRequest,
  { id }: Order,
): Promise<boolean> {
  const answer = await shipments.cancel(id, authorization).catch(() => undefined)
  if (answer?.status === 204) return true
  const { code } = Problem.safeParse(answer?.body).data ?? {}
  if (answer?.status === 409 && code === 'order_closed') return false
  // Without a code it is an answer of the gateway, where the last release of shipping has no such route.
  const refused = code === undefined ? undefined : notTheirs(answer, id, no)
  throw (
    refused ??
    no('unavailable', 'Whether the order can still be cancelled is not known now. Try again.', {
      headers: { 'retry-after': '1' },
    })
  )
}
