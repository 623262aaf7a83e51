import type { LineCancellation, routes } from '../../../schemas/shipping.ts'
import { timeOf } from '../../runtime/clock.ts'
import type { Handler } from '../../runtime/http.ts'
import { commit } from '../../runtime/idempotent-commit.ts'
import { logger } from '../../runtime/log.ts'
import { type LineRefusal, maxReductions, reduced, reductionsOf } from '../core/cancel-line.ts'
import { isNothingSent } from '../core/shipments.ts'
import type { ShippingRouteDeps } from '../deps.ts'
import { emitted, reductionIdOf, shipmentIdOf, shipmentsItem } from '../store/shipments-item.ts'
import { cancellerOf } from './cancel.ts'
import { ownShipments } from './known-shipments.ts'

const why: Readonly<Record<LineRefusal, string>> = {
  line_cancelled: 'Nothing of the line is left in the shipments of the order.',
  line_dispatched: 'Units of the line have left their warehouse.',
  line_exceeded: 'The shipments of the order have fewer units of the line.',
  too_many_cancellations: `Units of an order are cancelled ${maxReductions} times at most. Cancel the order whole, or ask an operator to refund what is not wanted.`,
}

/** Takes units out of parcels that have not left: one write on the shipments decides between this and a dispatch. */
export function cancelShipmentLine(deps: ShippingRouteDeps): Handler<typeof routes.cancelShipmentLine> {
  return async (request) => {
    const {
      params: { id },
      body: { sku, quantity },
      caller,
    } = request
    logger.appendKeys({ correlationId: id })
    return commit<LineCancellation>(deps, request, async () => {
      const found = await ownShipments(deps, request)
      const before = found.state
      const reductions = reductionsOf(before, sku, quantity)
      if (typeof reductions === 'string') throw request.refuse(reductions, why[reductions])
      const origin = { at: deps.clock.now(), cause: request.requestId, by: caller.id }
      const after = reduced(before, reductions, cancellerOf(caller), timeOf(origin.at))
      const items = reductions.map(({ part, empties, quantity: units }) => {
        const shipmentId = shipmentIdOf(id, part)
        const { reductions: number = 0 } = after.parcels[part - 1] ?? {}
        return { id: empties ? shipmentId : reductionIdOf(id, part, number), shipmentId, sku, quantity: units }
      })
      return {
        writes: shipmentsItem.writes(found, { state: after, emits: emitted(before, after) }, origin),
        answer: { body: { items, nothingSent: isNothingSent(after) } },
      }
    })
  }
}
