import type { ShipmentStatus } from '../../../schemas/shipment.ts'
import { sortableTime } from '../../runtime/clock.ts'
import { partitionOf } from '../../runtime/sharded.ts'
import type { Item, Key, Write } from '../../runtime/store.ts'
import type { Parcel } from '../core/parcel.ts'
import type { Shipments } from '../core/shipments.ts'

/** Where a parcel stands in the index `work`. */
interface Place {
  readonly workPk: string
  readonly workSk: string
}

/** What is still to be done stands in a list of its own; all that has left, or never will, in one: a parcel on its way stays where it is. */
const listOf: Readonly<Record<ShipmentStatus, 'created' | 'failed' | 'past'>> = {
  created: 'created',
  failed: 'failed',
  dispatched: 'past',
  in_transit: 'past',
  delivered: 'past',
  returned: 'past',
  cancelled: 'past',
}

/** The list of a warehouse that holds its parcels of this status, maybe among others. */
export const workList = (warehouseId: string, status: ShipmentStatus): string => `${warehouseId}/${listOf[status]}`

/** Whether the status is one among others in its list, which begins with the newest. */
export const isPast = (status: ShipmentStatus): boolean => listOf[status] === 'past'

const placeOf = (orderId: string, part: number, { warehouseId, status, createdAt }: Parcel): Place => ({
  workPk: partitionOf(workList(warehouseId, status), orderId),
  workSk: `${sortableTime(Date.parse(createdAt))}#${orderId}${part === 1 ? '' : `.${part}`}`,
})

/** The place of the first parcel, which the item of the shipments holds itself: most orders have no other. */
export const firstPlace = ({ orderId, parcels: [first] }: Shipments): Partial<Place> =>
  first ? placeOf(orderId, 1, first) : {}

const prefix = 'place_'
const placeKey = (orderId: string, part: number): Key => ({ pk: orderId, sk: `${prefix}${part}` })

/** The part that an item of the index stands for. */
export const partIn = ({ sk }: Key): number => (sk.startsWith(prefix) ? Number(sk.slice(prefix.length)) : 1)

/** The writes of the places of all parcels behind the first, where they have moved. An item of the last release has no place: then of all. */
export function otherPlaces(before: Item | undefined, { orderId, parcels }: Shipments): Write[] {
  const known = before?.['workPk'] === undefined ? [] : (before as Item & Shipments).parcels
  return parcels.slice(1).flatMap((parcel, index): Write[] => {
    const [was, part] = [known[index + 1], index + 2]
    const place = placeOf(orderId, part, parcel)
    // mutant: parcel-place
    if (was && placeOf(orderId, part, was).workPk === place.workPk) return []
    return [{ put: { ...placeKey(orderId, part), version: 1, ...place }, if: 'any' }]
  })
}
