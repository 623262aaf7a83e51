import type { AddressChange, routes } from '../../../schemas/shipping.ts'
import { timeOf } from '../../runtime/clock.ts'
import type { Handler } from '../../runtime/http.ts'
import { commit } from '../../runtime/idempotent-commit.ts'
import { canonical } from '../../runtime/ids.ts'
import { logger } from '../../runtime/log.ts'
import { addressRefusal, evolve } from '../core/shipments.ts'
import type { ShippingRouteDeps } from '../deps.ts'
import { emitted, shipmentsItem } from '../store/shipments-item.ts'
import { ownShipments } from './known-shipments.ts'

const why = {
  address_dispatched: 'A parcel of the order has left for its address.',
  order_closed: 'Nothing of the order will leave any more.',
} as const

/** Sends parcels elsewhere that have not left: one write on the shipments decides between this and a dispatch. */
export function readdressShipments(deps: ShippingRouteDeps): Handler<typeof routes.readdressShipments> {
  return async (request) => {
    const {
      params: { id },
      body,
      caller,
      requestId: cause,
    } = request
    logger.appendKeys({ correlationId: id })
    return commit<AddressChange>(deps, request, async () => {
      const found = await ownShipments(deps, request)
      const before = found.state
      const { addressed = { number: 0, id: body.changeId } } = before
      // They go there already: a request that got no answer comes again.
      if (canonical(before.address) === canonical(body.address)) return { writes: [], answer: { body: addressed } }
      const refused = addressRefusal(before)
      if (refused) throw request.refuse(refused, why[refused])
      const origin = { at: deps.clock.now(), cause, by: caller.id }
      const event = { name: 'readdressed', id: body.changeId, address: body.address } as const
      const after = evolve(before, event, timeOf(origin.at))
      return {
        writes: shipmentsItem.writes(found, { state: after, emits: emitted(before, after) }, origin),
        answer: { body: after.addressed ?? addressed },
      }
    })
  }
}
