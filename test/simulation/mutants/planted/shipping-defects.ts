import { type Defect, defect, unconditional } from './defect.ts'

/** Mistakes with parcels. */
export const shippingDefects: readonly Defect[] = [
  defect('parcels that nobody has heard of are shown to everybody', 'shipping/routes/shipments', 'parcels-access', [
    /await .*/,
    'true',
  ]),
  defect('a cancelled parcel may leave', 'shipping/core/shipping', 'recall', [
    /\(\w+\(\w+\) \? (\{.*?\}) : \{.*?\}\)/,
    '$1',
  ]),
  defect('a cancelled order is packed', 'shipping/core/shipping', 'packing', [/cancelled \?\? \w+\./, '']),
  defect('nobody hears that nothing will leave', 'shipping/core/shipping', 'nothing-leaves', { value: '[]' }),
  defect('more comes back than left', 'shipping/core/parcel', 'return-exceeds', [/> 0/, '> 9']),
  defect(
    'shipments are written over whatever is there',
    'shipping/store/shipping-item',
    'shipping-write',
    unconditional,
  ),
  defect(
    'orders that were never confirmed are not told from those that were',
    'shipping/on/consume',
    'never-confirmed',
    [/\|\| /, '|| !'],
  ),
  defect('an order ends with the first parcel that cannot leave', 'shipping/core/shipping', 'all-cancelled', [
    /every/,
    'some',
  ]),
  defect('nobody hears of a parcel that cannot leave', 'shipping/core/shipping', 'withdrawn-event', [
    /'shipment\.withdrawn'/,
    'undefined',
  ]),
  defect('a parcel that could not leave may leave', 'shipping/core/parcel', 'parcel-withdrawn', [
    /status: 'cancelled', /,
    '',
  ]),
]
