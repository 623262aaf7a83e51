import type { Origin } from '../../../schemas/origin.ts'
import { update } from '../../runtime/update.ts'
import { change } from '../core/change.ts'
import type { Order, OrderEvent } from '../core/order.ts'
import type { OrderDeps } from '../deps.ts'
import { orderItem } from './order-item.ts'

/**
 * Changes the order by the event that `decide` makes of it, if any. Returns the order as it stands then. Throws when there is no such
 * order, and `HttpProblem` 503 `contended` when other writers are always first.
 */
export async function changeOrder(
  deps: OrderDeps,
  id: string,
  decide: (order: Order) => OrderEvent | undefined,
  origin: Origin,
): Promise<Order> {
  const order = await update(deps, orderItem, id, origin, (found) => {
    const event = found && decide(found.state)
    return event && change(found.state, event, origin)
  })
  if (!order) throw new Error(`There is no order ${id} (yet).`)
  return order
}
