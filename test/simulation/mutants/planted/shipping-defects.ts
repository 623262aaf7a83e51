import { type Defect, defect, unconditional } from './defect.ts'

/** Mistakes with parcels. */
export const shippingDefects: readonly Defect[] = [
  defect('parcels that nobody has heard of are shown to everybody', 'shipping/routes/shipments', 'parcels-access', [
    /await .*/,
    'true',
  ]),
  defect('a cancelled parcel may leave', 'shipping/core/shipments', 'recall', [
    /\(\w+\(\w+\) \? (\{.*?\}) : \{.*?\}\)/,
    '$1',
  ]),
  defect('a cancelled order is packed', 'shipping/core/shipments', 'packing', [/cancelled \?\? \w+\./, '']),
  defect('nobody hears that nothing will leave', 'shipping/core/shipments', 'nothing-leaves', [/\[\{.*\}\]/, '[]']),
  defect('more comes back than left', 'shipping/core/parcel', 'return-exceeds', [/> 0/, '> 9']),
  defect(
    'shipments are written over whatever is there',
    'shipping/store/shipments-item',
    'shipping-write',
    unconditional,
  ),
  defect('orders that were never confirmed are not told from those that were', 'shipping/on/order', 'never-confirmed', [
    /\|\| /,
    '|| !',
  ]),
  defect('an order ends with the first parcel that cannot leave', 'shipping/core/shipments', 'all-cancelled', [
    /every/,
    'some',
  ]),
  defect('nobody hears of a parcel that cannot leave', 'shipping/core/parcel', 'withdrawn-event', [
    /'shipment\.withdrawn'/,
    'undefined',
  ]),
  defect('a parcel that could not leave may leave', 'shipping/core/parcel', 'parcel-withdrawn', [
    /status: 'cancelled', /,
    '',
  ]),
]
