import type { Origin } from '../../../schemas/origin.ts'
import { contended } from '../../runtime/errors.ts'
import type { Store } from '../../runtime/store.ts'
import { change } from '../core/change.ts'
import type { Order, OrderEvent } from '../core/order.ts'
import { findOrder, readOrder, writesOfChange } from './order-item.ts'

const attempts = 10

/**
 * Loads the order, asks for the event, and writes the order with it under its version; after a lost race it asks again. Returns the order
 * as it stands then. Throws when there is no such order, and `HttpProblem` 503 `contended` after ten lost races.
 */
export async function changeOrder(
  store: Store,
  id: string,
  decide: (order: Order) => OrderEvent | undefined,
  origin: Origin,
): Promise<Order> {
  let stored = await findOrder(store, id, { consistent: true })
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    if (!stored) throw new Error(`There is no order ${id} (yet).`)
    const event = decide(stored.order)
    const changed = event && change(stored.order, event, origin)
    if (!changed) return stored.order
    const outcome = await store.write(...writesOfChange(stored, changed, origin))
    if (outcome.ok) return changed.state
    const found = outcome.failed[0]?.found
    stored = found && readOrder(found)
  }
  throw contended(`the order ${id}`)
}
