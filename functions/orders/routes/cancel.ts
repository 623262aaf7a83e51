import type { routes } from '../../../schemas/orders.ts'
import type { Handler } from '../../runtime/http.ts'
import { cancel } from '../core/decisions.ts'
import type { OrderDeps } from '../deps.ts'
import { commitDecision } from './commit-decision.ts'

/** Cancels an order; cancelling a cancelled one changes nothing, and any other closed order is refused. */
export const cancelOrder =
  (deps: OrderDeps): Handler<typeof routes.cancelOrder> =>
  (request) =>
    commitDecision(deps, request, (order) =>
      cancel(order, request.caller.privileged ? 'operator' : 'customer', request.body?.reason),
    )
