import type { routes } from '../../../schemas/orders.ts'
import type { Handler } from '../../runtime/http.ts'
import { approve } from '../core/decisions.ts'
import type { OrderDeps } from '../deps.ts'
import { commitDecision } from './commit-decision.ts'

/**
 * Approves an order that is paid by hand; approving an approved one changes nothing. The time of the hold decides: an approval after it
 * expires the order there and then. Throws `HttpProblem` 409 `order_closed`, `payment_not_manual`.
 */
export const approveOrder =
  (deps: OrderDeps): Handler<typeof routes.approveOrder> =>
  (request) =>
    commitDecision(deps, request, (order) => approve(order, deps.clock.now()))
