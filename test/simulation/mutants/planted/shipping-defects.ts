import { type Defect, defect, overwritten } from './defect.ts'

/** Mistakes with parcels. */
export const shippingDefects: readonly Defect[] = [
  defect('unknown parcels are shown to everybody', 'shipping/routes/shipments', 'parcels-access', [/await .*/, 'true']),
  defect('a cancelled parcel may leave', 'shipping/core/shipments', 'recall', [
    /\(\w+\(\w+\) \? (\{.*?\}) : \{.*?\}\)/,
    '$1',
  ]),
  defect('a cancelled order is packed', 'shipping/core/shipments', 'packing', [/cancelled \?\? \w+\./, '']),
  defect('there is no event of an order of which nothing will leave', 'shipping/core/shipments', 'nothing-leaves', [
    /\[\{.*\}\]/,
    '[]',
  ]),
  defect('more comes back than left', 'shipping/core/parcel', 'return-exceeds', [/> 0/, '> 9']),
  defect(
    'shipments are written over whatever is there',
    'shipping/store/shipments-item',
    'shipping-write',
    overwritten,
  ),
  defect('orders that were never confirmed count as confirmed', 'shipping/on/order', 'never-confirmed', [
    /\|\| /,
    '|| !',
  ]),
  defect('an order ends with the first parcel that cannot leave', 'shipping/core/shipments', 'all-cancelled', [
    /every/,
    'some',
  ]),
  defect('there is no event of a parcel that cannot leave', 'shipping/core/parcel', 'withdrawn-event', [
    /'shipment\.withdrawn'/,
    'undefined',
  ]),
  defect('a parcel that could not leave may leave', 'shipping/core/parcel', 'parcel-withdrawn', [
    /status: 'cancelled', /,
    '',
  ]),
]
