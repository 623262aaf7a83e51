import type { Shipment } from '../../../schemas/shipment.ts'
import type { Shipments } from '../core/shipments.ts'
import { shipmentIdOf } from '../store/shipments-item.ts'

/** All parcels of an order, as they are shown; none of one that nothing is known of. */
export const allShown = (shipments: Shipments | undefined): { items: Shipment[] } => ({
  items: shipments ? shipments.parcels.map((_, index) => shown(shipments, index + 1)) : [],
})

/** One part of the shipments of an order, as it is shown. */
export function shown({ orderId, address, parcels }: Shipments, part: number): Shipment {
  const parcel = parcels[part - 1]
  if (parcel === undefined) throw new Error(`${orderId} has no part ${part}`)
  const {
    returns: _,
    withdrawn: __,
    emptied: ___,
    emptiedBy: _____,
    reductions: ____,
    restPart,
    lines,
    ...rest
  } = parcel
  return {
    ...rest,
    id: shipmentIdOf(orderId, part),
    orderId,
    lines: lines.map(([sku, quantity, returned]) => ({ sku, quantity, returned })),
    ...(restPart !== undefined && { restId: shipmentIdOf(orderId, restPart) }),
    ...(address && { shippingAddress: address }),
  }
}
