import { type Parcel, type ShipmentEventName, eventOf, hasLeft } from './parcel.ts'
import type { Shipments } from './shipments.ts'
import { sharesWarehouse } from './split.ts'

/** An event, and of which part where it is not of all shipments. */
export interface Emitted {
  readonly name: ShipmentEventName
  readonly part?: number
}

/** The events that a change emits: of new parcels, of a closing and of each repeated request for these, and of the parcels that moved. */
export function emits(before: Shipments, after: Shipments): readonly Emitted[] {
  if (after.forgotten !== before.forgotten) return []
  if (after.asked.closed !== before.asked.closed) return [{ name: closingOf(after) }] // mutant: nothing-leaves
  if (after.cancelledBy && !before.cancelledBy) return [{ name: 'shipment.order_cancelled' }] // mutant: order-cancelled-event
  if (after.addressed !== before.addressed) return [{ name: 'shipment.address' }] // mutant: readdressed-event
  const areAsked = after.asked.confirmed !== before.asked.confirmed
  return after.parcels.flatMap((parcel, index): readonly Emitted[] => {
    const was = before.parcels[index]
    const name = areAsked || was === undefined ? 'shipment.created' : eventOf(was, parcel)
    return name === undefined ? [] : [{ name: inPart(after, parcel, name), part: index + 1 }]
  })
}

/** The event that stands for another one where a warehouse sends the order in several parcels. */
const ofParts: Readonly<Partial<Record<ShipmentEventName, ShipmentEventName>>> = {
  'shipment.dispatched': 'shipment.part_dispatched',
  'shipment.returned': 'shipment.part_returned',
  'shipment.withdrawn': 'shipment.part_withdrawn',
}

// mutant: part-events
const inPart = ({ parcels }: Shipments, parcel: Parcel, name: ShipmentEventName): ShipmentEventName =>
  (sharesWarehouse(parcels, parcel) && ofParts[name]) || name

/** The event of a closing. */
export const closingOf = ({ parcels }: Shipments): 'shipment.cancelled' | 'shipment.rest_cancelled' =>
  parcels.some((parcel) => sharesWarehouse(parcels, parcel)) ? 'shipment.rest_cancelled' : 'shipment.cancelled' // mutant: rest-cancelled

/**
 * The events that lead to these shipments, for those that lost some: each is taken twice without harm. Of returns and of
 * reductions it is the last one, in the version that emits it: what an earlier one brought is not kept here.
 */
export function emitsAgain(shipments: Shipments): readonly Emitted[] {
  const { parcels, cancelled, cancelledBy, cameBack, cameBackOf, dropped, addressed } = shipments
  const ofParcels = parcels.flatMap((parcel, index) => {
    const { warehouseId, status, withdrawn } = parcel
    const part = index + 1
    // What the last release wrote names no part.
    const cameBackNow = cameBack?.some(([, from]) => from === warehouseId) && (cameBackOf ?? part) === part
    const names: readonly (ShipmentEventName | undefined)[] = [
      'shipment.created',
      hasLeft(parcel) ? 'shipment.dispatched' : undefined,
      status === 'delivered' || status === 'failed' ? `shipment.${status}` : undefined,
      cameBackNow ? 'shipment.returned' : undefined,
      withdrawn && 'shipment.withdrawn',
      dropped?.some(({ 3: from }) => from === part) ? 'shipment.reduced' : undefined,
    ]
    return names.flatMap((name) => (name === undefined ? [] : [{ name: inPart(shipments, parcel, name), part }]))
  })
  return [
    ...ofParcels,
    ...(addressed ? ([{ name: 'shipment.address' }] as const) : []),
    ...(cancelledBy ? ([{ name: 'shipment.order_cancelled' }] as const) : []),
    ...(cancelled ? [{ name: closingOf(shipments) }] : []),
  ]
}
