import { type Defect, defect, overwritten } from './defect.ts'

/** Mistakes with parcels. */
export const shippingDefects: readonly Defect[] = [
  defect('unknown parcels are shown to everybody', 'shipping/routes/shipments', 'parcels-access', [/await .*/, 'true']),
  defect('a cancelled parcel may leave', 'shipping/core/shipments', 'recall', [
    /\(\w+\(\w+\) \? (\{.*?\}) : \{.*?\}\)/,
    '$1',
  ]),
  defect('a cancelled order is packed', 'shipping/core/shipments', 'packing', [/cancelled \?\? \w+\./, '']),
  defect('there is no event of an order of which nothing will leave', 'shipping/core/emits', 'nothing-leaves', [
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
  defect(
    'a warehouse does not know the further parcels of an order',
    'shipping/store/shipment-places',
    'parcel-place',
    'always',
  ),
  defect('parcels do not wait for an address that travels apart', 'shipping/on/order', 'address-apart', 'always'),
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
  defect('a line is cancelled of a parcel that has left', 'shipping/core/cancel-line', 'line-dispatched', [
    /\.filter\(.*\)/,
    '',
  ]),
  defect('an order is cancelled of which a parcel has left', 'shipping/core/shipments', 'order-dispatched', [
    /!parcels.*/,
    'true',
  ]),
  defect('an order that is cancelled at shipping has no event', 'shipping/core/emits', 'order-cancelled-event', 'drop'),
  defect('a parcel that has left is sent elsewhere', 'shipping/core/shipments', 'address-dispatched', 'drop'),
  defect('each change of an address is the first', 'shipping/core/shipments', 'address-number', [
    /\(before.*\) \+ 1/,
    '1',
  ]),
  defect('another address has no event', 'shipping/core/emits', 'readdressed-event', 'drop'),
  defect('cancelled units have no event', 'shipping/core/parcel', 'reduced-event', 'drop'),
  defect('more leaves than is in a parcel', 'shipping/core/parcel', 'dispatch-exceeds', [/> 0/, '> 9']),
  defect('a parcel that left in part is taken for the whole', 'shipping/core/parcel', 'rest-known', [
    /restPart === undefined/,
    'true',
  ]),
  defect('what stays of a parcel is forgotten', 'shipping/core/shipments', 'rest-stays', [/leaving \? .* : /, '']),
  defect('a parcel takes all that its warehouse has', 'shipping/core/emits', 'part-events', [
    /\(sharesWarehouse.*\) \|\| /,
    '',
  ]),
  defect('a closing takes a part for the whole', 'shipping/core/emits', 'rest-cancelled', [
    /\? '[^']*'/,
    "? 'shipment.cancelled'",
  ]),
  defect('a parcel that left in part counts alone', 'shipping/core/split', 'left-in-all', [
    /\(\w+\.get.*\?\? 0\) \+ /,
    '',
  ]),
]
