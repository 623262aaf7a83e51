import type { HeldLine } from '../../schemas/held-lines.ts'
import { packLists } from '../../schemas/packed-lines.ts'
import { own } from '../../schemas/own.ts'
import { events } from '../../schemas/shipping.ts'
import { withActions } from '../runtime/actions.ts'
import { NotKnownYet } from '../runtime/redelivery.ts'
import { type ToEvent, type OutboxEvent, readName } from '../runtime/relay.ts'
import type { Parcel } from './core/parcel.ts'
import { closingOf } from './core/emits.ts'
import { type Shipments, isNothingSent, leftWarehouses, status } from './core/shipments.ts'
import { leftInAll } from './core/split.ts'
import { readShipments, reductionIdOf, shipmentIdOf } from './store/shipments-item.ts'

/** The events of shipping, from the item of an order; all but those of a closing, of a cancellation and `shipment.address` are of one part of it. */
export const toEvent: ToEvent = withActions(events.actionRecorded, (item, entry) => {
  const { name, part } = readName(entry)
  const shipments = readShipments(item)
  if (name === events.shipmentCancelled.name || name === events.shipmentRestCancelled.name) return closing(shipments)
  if (name === events.shipmentAddress.name) return { contract: events.shipmentAddress, data: readdressed(shipments) }
  if (name === events.shipmentOrderCancelled.name)
    return { contract: events.shipmentOrderCancelled, data: { orderId: shipments.orderId, ...shipments.cancelledBy } }
  const parcel = shipments.parcels[Number(part) - 1]
  const contract = own(byName, name)
  if (parcel === undefined || contract === undefined) throw new NotKnownYet(`${entry} is not an event of shipping.`)
  return {
    contract,
    part,
    data: { ...ofParcel(shipments, parcel, Number(part)), ...more(shipments, parcel, contract) },
  }
})

const byName: Readonly<Record<string, OutboxEvent['contract']>> = Object.fromEntries(
  Object.values(events).map((contract) => [contract.name, contract]),
)

/** A consumer of the last release that closes an order names `shipment.cancelled`, in whatever parcels the order leaves. */
function closing(shipments: Shipments): OutboxEvent {
  const { orderId, parcels } = shipments
  const data = {
    orderId,
    fulfilment: status(shipments),
    shipmentIds: parcels.flatMap(({ status }, index) =>
      status === 'cancelled' ? [shipmentIdOf(orderId, index + 1)] : [],
    ),
    leftWarehouseIds: leftWarehouses(shipments),
  }
  return closingOf(shipments) === events.shipmentCancelled.name
    ? { contract: events.shipmentCancelled, data }
    : { contract: events.shipmentRestCancelled, data: { ...data, ...packLists({ left: leftInAll(parcels) }) } }
}

function readdressed(shipments: Shipments) {
  const { orderId, addressed, address } = shipments
  return { orderId, changeId: addressed?.id, number: addressed?.number, address }
}

function ofParcel(shipments: Shipments, { warehouseId }: Parcel, part: number) {
  const { orderId, customerId } = shipments
  return {
    orderId,
    fulfilment: status(shipments),
    shipmentId: shipmentIdOf(orderId, part),
    warehouseId,
    ...(customerId !== undefined && { customerId }),
  }
}

function more(shipments: Shipments, parcel: Parcel, contract: OutboxEvent['contract']) {
  const { orderId, parcels, cameBack = [], dropped = [] } = shipments
  const { warehouseId, lines, carrier, trackingNumber, returns, reductions = 0, emptied, emptiedBy } = parcel
  const part = parcels.indexOf(parcel) + 1
  const held = lines.map(([sku, quantity]): HeldLine => [sku, warehouseId, quantity])
  const leftOf = (of: readonly (readonly [string, ...unknown[]])[]) =>
    leftInAll(parcels, { warehouseId, skus: new Set(of.map(([sku]) => sku)) })
  const returned = () => ({ returnId: `${shipmentIdOf(orderId, part)}_r${returns}`, lines: cameBack })
  const withdrawn = () => ({ lines: held, nothingSent: isNothingSent(shipments), ...(emptied && { cancelled: true }) })
  switch (contract) {
    case events.shipmentCreated:
      return { lines: held }
    case events.shipmentDispatched:
      return { lines: held, carrier, trackingNumber }
    case events.shipmentPartDispatched:
      return { ...packLists({ lines: held, left: leftOf(lines) }), carrier, trackingNumber }
    case events.shipmentWithdrawn:
      return { ...withdrawn(), ...(emptiedBy && { cancelledBy: emptiedBy }) }
    case events.shipmentPartWithdrawn:
      return withdrawn()
    case events.shipmentReduced:
      return {
        reductionId: reductionIdOf(orderId, part, reductions),
        lines: dropped.flatMap(([sku, from, units, of]): HeldLine[] => (of === part ? [[sku, from, units]] : [])),
      }
    case events.shipmentReturned:
      return returned()
    case events.shipmentPartReturned:
      return { ...returned(), ...packLists({ lines: cameBack, left: leftOf(cameBack) }) }
    default:
      return {}
  }
}
