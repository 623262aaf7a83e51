import type { Origin } from '../../../schemas/origin.ts'
import { timeOf } from '../../runtime/clock.ts'
import { update } from '../../runtime/update.ts'
import { type ShipmentsEvent, evolve, noShipments } from '../core/shipments.ts'
import type { ShippingDeps } from '../deps.ts'
import { emitted, shipmentsItem } from './shipments-item.ts'

/** Changes the shipments of an order by the event. Throws `HttpProblem` 503 `contended` when other writers are always first. */
export async function changeShipments(
  deps: ShippingDeps,
  orderId: string,
  event: ShipmentsEvent,
  cause: Omit<Origin, 'at'>,
): Promise<void> {
  const origin = { ...cause, at: deps.clock.now() }
  await update(deps, shipmentsItem, orderId, origin, (found) => {
    const before = found?.state ?? noShipments(orderId)
    const after = evolve(before, event, timeOf(origin.at))
    return after === before ? undefined : { state: after, emits: emitted(before, after) }
  })
}
