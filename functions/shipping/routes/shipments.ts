import { type Shipment } from '../../../schemas/shipment.ts'
import { type routes } from '../../../schemas/shipping.ts'
import { timeOf } from '../../runtime/clock.ts'
import { commit } from '../../runtime/idempotent-commit.ts'
import type { Handlers, Request } from '../../runtime/http.ts'
import { logger } from '../../runtime/log.ts'
import { maySeeOrder } from '../../runtime/order-access.ts'
import { type MoveEvent, type ParcelEvent, type Refusal, maxReturns } from '../core/parcel.ts'
import type { ShippingDeps, ShippingRouteDeps } from '../deps.ts'
import { type Shipments, evolve, refusal } from '../core/shipments.ts'
import { maxParcelLines, maxParcels } from '../core/split.ts'
import { load } from '../../runtime/update.ts'
import { emitted, readShipmentId, shipmentsItem } from '../store/shipments-item.ts'
import { allShown, shown } from './shipment-body.ts'

/** The shipments of orders: their owner sees them, operators move them. */
export const shipments = (
  deps: ShippingRouteDeps,
): Omit<Handlers<typeof routes>, 'cancelShipmentLine' | 'cancelShipments' | 'readdressShipments' | 'listWork'> => ({
  listShipments: async ({ params, caller, headers, refuse }) => {
    logger.appendKeys({ correlationId: params.id })
    const found = (await load(deps.store, shipmentsItem, params.id))?.state
    const customerId = found?.customerId
    const isKnown = caller.privileged ? found !== undefined : customerId !== undefined
    // mutant: parcels-access
    const isSeen = isKnown
      ? caller.privileged || customerId === caller.id
      : await maySeeOrder(deps.askOrders, params.id, headers)
    if (!isSeen) throw refuse('order_not_found', `There is no order ${params.id}.`)
    return { body: allShown(found) }
  },
  getShipment: async ({ params: { id }, caller, refuse }) => {
    const { orderId, part = 0 } = readShipmentId(id) ?? {}
    const found = orderId === undefined ? undefined : (await load(deps.store, shipmentsItem, orderId))?.state
    const isSeen = caller.privileged || found?.customerId === caller.id
    if (!found || part > found.parcels.length || !isSeen)
      throw refuse('shipment_not_found', `There is no shipment ${id}.`)
    logger.appendKeys({ correlationId: orderId })
    return { body: shown(found, part) }
  },
  dispatchShipment: (request) => {
    const event = { name: 'dispatched', ...request.body } as const
    return record(deps, request, event, (before, part) => {
      const refused = refusal(before, part, event)
      if (refused) throw request.refuse(refused.code, detailOf(refused, event), errorsOf(refused))
    })
  },
  trackShipment: (request) => move(deps, request, { name: 'in_transit', ...request.body }),
  deliverShipment: (request) => move(deps, request, { name: 'delivered' }),
  failShipment: (request) => move(deps, request, { name: 'failed', ...request.body }),
  returnShipment: (request) => {
    const event = { name: 'returned', ...request.body } as const
    return record(deps, request, event, (before, part) => {
      const refused = refusal(before, part, event)
      if (refused) throw request.refuse(refused.code, detailOf(refused, event), errorsOf(refused))
    })
  },
})

type MoveRequest = Request<
  (typeof routes)['dispatchShipment' | 'trackShipment' | 'deliverShipment' | 'failShipment' | 'returnShipment']
>

const move = (
  deps: ShippingDeps,
  request: Request<(typeof routes)['trackShipment' | 'deliverShipment' | 'failShipment']>,
  event: MoveEvent,
) =>
  record(deps, request, event, (before, part) => {
    const refused = refusal(before, part, event)
    if (refused) throw request.refuse(refused.code, detailOf(refused, event))
  })

/** Records what happened to the shipment; a known event changes nothing. `check` throws for an event that is not possible. */
function record(
  deps: ShippingDeps,
  request: MoveRequest,
  event: ParcelEvent,
  check: (before: Shipments, part: number) => void,
) {
  const { id } = request.params
  return commit<Shipment>(deps, request, async () => {
    const { orderId, part } = readShipmentId(id) ?? {}
    const found = orderId === undefined ? undefined : await load(deps.store, shipmentsItem, orderId)
    if (found === undefined || part === undefined || part > found.state.parcels.length)
      throw request.refuse('shipment_not_found', `There is no shipment ${id}.`)
    logger.appendKeys({ correlationId: orderId })
    const before = found.state
    check(before, part)
    const origin = { at: deps.clock.now(), cause: request.requestId, by: request.caller.id }
    const after = evolve(before, { name: 'parcel', part, event }, timeOf(origin.at))
    return {
      writes:
        after === before ? [] : shipmentsItem.writes(found, { state: after, emits: emitted(before, after) }, origin),
      answer: { body: shown(after, part) },
    }
  })
}

function detailOf(refused: Refusal, { name }: ParcelEvent): string {
  switch (refused.code) {
    case 'shipment_cancelled':
      return 'The shipment was cancelled before it left: it must not leave any more.'
    case 'shipment_state':
      return `The shipment is ${refused.status}: it cannot become ${name}.`
    case 'too_many_returns':
      return `Units of one shipment come back in ${maxReturns} returns at most.`
    case 'return_exceeds_shipment':
      return 'More comes back than the shipment had.'
    case 'too_many_parcels':
      return `An order leaves in ${maxParcels} parcels at most, which have ${maxParcelLines} lines in all.`
    case 'dispatch_exceeds_shipment':
      return 'More leaves than the shipment has.'
  }
}

function errorsOf(refused: Refusal) {
  switch (refused.code) {
    case 'return_exceeds_shipment':
      return {
        errors: refused.lines.map(({ index, away }) => ({
          path: `lines[${index}].quantity`,
          message: `of this sku ${away} can come back`,
        })),
      }
    case 'dispatch_exceeds_shipment':
      return {
        errors: refused.lines.map(({ index, there }) => ({
          path: `lines[${index}].${there === 0 ? 'sku' : 'quantity'}`,
          message: there === 0 ? 'not in the shipment' : `of this sku ${there} can leave`,
        })),
      }
    default:
      return {}
  }
}
