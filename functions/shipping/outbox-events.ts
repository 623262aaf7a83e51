import type { HeldLine } from '../../schemas/inventory.ts'
import { events } from '../../schemas/shipping.ts'
import { type ToEvent, type OutboxEvent, readName } from '../runtime/relay.ts'
import type { Parcel } from './core/parcel.ts'
import { type Shipping, fulfilmentOf, isNothingSent, leftWarehouses } from './core/shipping.ts'
import { type ShippingItem, shipmentIdOf } from './store/shipping-item.ts'
import { own } from '../../schemas/own.ts'

/** The events of shipping, from the item of an order; all but `shipment.cancelled` are of one part of it. */
export const toEvent: ToEvent = (item, said) => {
  const { name, part } = readName(said)
  const shipping = item as ShippingItem
  if (name === events.shipmentCancelled.name) return { contract: events.shipmentCancelled, data: cancelled(shipping) }
  const parcel = shipping.parcels[Number(part) - 1]
  const contract = own(byName, name)
  if (parcel === undefined || contract === undefined) throw new Error(`shipping says no ${said}`)
  return { contract, part, data: { ...ofParcel(shipping, parcel, Number(part)), ...more(shipping, parcel, contract) } }
}

const byName: Readonly<Record<string, OutboxEvent['contract']>> = Object.fromEntries(
  Object.values(events).map((contract) => [contract.name, contract]),
)

function cancelled(shipping: Shipping) {
  const { orderId, parcels } = shipping
  return {
    orderId,
    fulfilment: fulfilmentOf(shipping),
    shipmentIds: parcels.flatMap(({ status }, index) =>
      status === 'cancelled' ? [shipmentIdOf(orderId, index + 1)] : [],
    ),
    leftWarehouseIds: leftWarehouses(shipping),
  }
}

function ofParcel(shipping: Shipping, { warehouseId }: Parcel, part: number) {
  const { orderId, customerId } = shipping
  return {
    orderId,
    fulfilment: fulfilmentOf(shipping),
    shipmentId: shipmentIdOf(orderId, part),
    warehouseId,
    ...(customerId !== undefined && { customerId }),
  }
}

function more(shipping: Shipping, parcel: Parcel, contract: OutboxEvent['contract']) {
  const { orderId, parcels, cameBack = [] } = shipping
  const { warehouseId, lines, carrier, trackingNumber, failure, returns } = parcel
  const held = lines.map(([sku, quantity]): HeldLine => [sku, warehouseId, quantity])
  switch (contract) {
    case events.shipmentCreated:
      return { lines: held }
    case events.shipmentDispatched:
      return { lines: held, carrier, trackingNumber }
    case events.shipmentFailed:
      return { reason: failure }
    case events.shipmentWithdrawn:
      return { lines: held, reason: failure, nothingSent: isNothingSent(shipping) }
    case events.shipmentReturned:
      return { returnId: `${shipmentIdOf(orderId, parcels.indexOf(parcel) + 1)}_r${returns}`, lines: cameBack }
    default:
      return {}
  }
}
