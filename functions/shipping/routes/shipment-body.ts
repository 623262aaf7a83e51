import type { Shipment } from '../../../schemas/shipment.ts'
import type { Shipments } from '../core/shipments.ts'
import { shipmentIdOf } from '../store/shipments-item.ts'

/** One part of the shipments of an order, as it is shown. */
export function shown({ orderId, address, parcels }: Shipments, part: number): Shipment {
  const parcel = parcels[part - 1]
  if (parcel === undefined) throw new Error(`${orderId} has no part ${part}`)
  const { returns: _, withdrawn: __, emptied: ___, reductions: ____, restPart, lines, ...rest } = parcel
  return {
    ...rest,
    id: shipmentIdOf(orderId, part),
    orderId,
    lines: lines.map(([sku, quantity, returned]) => ({ sku, quantity, returned })),
    ...(restPart !== undefined && { restId: shipmentIdOf(orderId, restPart) }),
    ...(address && { shippingAddress: address }),
  }
}
