import type { routes } from '../../../schemas/orders.ts'
import type { Handler } from '../../runtime/http.ts'
import { approve } from '../core/decisions.ts'
import type { OrderDeps } from '../deps.ts'
import { commitDecision } from './commit-decision.ts'

/**
 * Approves an order that is paid by hand; approving an approved one changes nothing. The time of the hold decides: an approval after it
 * expires the order there and then.
 */
export const approveOrder =
  (deps: OrderDeps): Handler<typeof routes.approveOrder> =>
  (request) =>
    commitDecision(deps, request, (order) => {
      const decision = approve(order, deps.clock.now())
      if (decision === 'not_manual')
        throw request.refuse(
          'payment_not_manual',
          'Only orders that are paid by hand are approved; this one waits for its payment.',
        )
      return decision
    })
