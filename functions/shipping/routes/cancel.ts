import type { routes } from '../../../schemas/shipping.ts'
import { timeOf } from '../../runtime/clock.ts'
import { expectMatch, tagOfBody } from '../../runtime/entity-tag.ts'
import type { Caller, Handler } from '../../runtime/http.ts'
import { commit } from '../../runtime/idempotent-commit.ts'
import { logger } from '../../runtime/log.ts'
import type { Canceller } from '../core/parcel.ts'
import { canBeCancelled, evolve, noShipments } from '../core/shipments.ts'
import type { ShippingRouteDeps } from '../deps.ts'
import { emitted, shipmentsItem } from '../store/shipments-item.ts'
import { shipmentsToCancel } from './known-shipments.ts'
import { allShown } from './shipment-body.ts'

export const cancellerOf = ({ id, privileged }: Caller): Canceller => ({
  by: id,
  as: privileged ? 'operator' : 'customer',
})

/**
 * Cancels an order with all of its parcels: one write on the shipments decides between this and a dispatch, also before there are any. Orders
 * closes by the event, unless it has asked for this and closes by itself.
 */
export function cancelShipments(deps: ShippingRouteDeps): Handler<typeof routes.cancelShipments> {
  return async (request) => {
    const {
      params: { id },
      caller,
      requestId: cause,
    } = request
    logger.appendKeys({ correlationId: id })
    return commit<undefined>(deps, request, async () => {
      const found = await shipmentsToCancel(deps, request)
      expectMatch(request, tagOfBody(allShown(found?.state)))
      const before = found?.state ?? noShipments(id)
      if (!canBeCancelled(before)) throw request.refuse('order_closed', 'A parcel of the order has left.')
      const origin = { at: deps.clock.now(), cause, by: caller.id }
      const after = evolve(before, { name: 'cancelled', by: cancellerOf(caller) }, timeOf(origin.at))
      return {
        writes:
          after === before ? [] : shipmentsItem.writes(found, { state: after, emits: emitted(before, after) }, origin),
        answer: {},
      }
    })
  }
}
