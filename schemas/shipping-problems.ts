import { kind } from './problem-kind.ts'

/** Of shipping. */
export const shippingProblems = {
  shipment_not_found: kind(404, 'There is no such shipment', 'Take an id of `GET /orders/{id}/shipments`.'),
  shipment_cancelled: kind(409, 'The shipment is cancelled', 'Keep the parcel in the warehouse.'),
  shipment_state: kind(409, 'The shipment cannot become this from its status', 'Read its status first.'),
  return_exceeds_shipment: kind(422, 'More comes back than the shipment had', 'Return at most what is still away.'),
  dispatch_exceeds_shipment: kind(422, 'More leaves than the shipment has', 'Name lines and units of the shipment.'),
  too_many_parcels: kind(
    409,
    'The order has as many parcels, or as many lines in parcels, as it can have',
    'Dispatch the rest whole.',
  ),
  too_many_returns: kind(409, 'The shipment has as many returns as it can', 'Adjust the stock by hand.'),
}
