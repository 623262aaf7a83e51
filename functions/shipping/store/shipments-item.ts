import { ofPart } from '../../runtime/relay.ts'
import { type Item, type Write, next } from '../../runtime/store.ts'
import { type Codec, inPlaceOf, revisionOf } from '../../runtime/update.ts'
import type { Parcel } from '../core/parcel.ts'
import { type Emitted, emits, emitsAgain } from '../core/emits.ts'
import { type Shipments } from '../core/shipments.ts'
import { sharesWarehouse } from '../core/split.ts'
import { firstPlace, otherPlaces } from './shipment-places.ts'

export type ShipmentsItem = Item & Shipments

/**
 * Behind the id of a warehouse that sends an order in several parcels, as the item has it. The last release takes a warehouse for all that is
 * allocated there: it reads no id in this, and its relay leaves the events of the item to that of this release.
 */
const several = '/several'

/** The shipments in their item. */
export function readShipments(item: Item): ShipmentsItem {
  const { parcels, ...rest } = item as ShipmentsItem
  const named = parcels.map((parcel) =>
    parcel.warehouseId.endsWith(several)
      ? { ...parcel, warehouseId: parcel.warehouseId.slice(0, -several.length) }
      : parcel,
  )
  return { ...rest, parcels: named }
}

const stored = (parcels: readonly Parcel[]): readonly Parcel[] =>
  parcels.map((parcel) =>
    sharesWarehouse(parcels, parcel) ? { ...parcel, warehouseId: `${parcel.warehouseId}${several}` } : parcel,
  )

/** What the item holds beside the shipments. */
interface Stored extends Shipments {
  readonly outbox?: unknown
  readonly workPk?: unknown
  readonly workSk?: unknown
}

/** The shipments of an order. They are one item: one write decides between dispatch and cancellation. */
export const shipmentsItem: Codec<Shipments> = {
  noun: 'the shipments of the order',
  key: (orderId) => ({ pk: orderId, sk: 'shipping' }),
  read: (item) => ({ state: readShipments(item), item }),
  writes: (before, { state, emits }, origin) => {
    const { outbox: _, workPk: __, workSk: ___, ...facts }: Stored = state
    const revision = revisionOf(before?.item, emits, origin)
    const parcels = stored(state.parcels)
    const put = { ...facts, parcels, ...shipmentsItem.key(state.orderId), ...revision, ...firstPlace(state) }
    const was = before?.item && readShipments(before.item)
    return [inPlaceOf(before?.item, put), ...otherPlaces(was, state)] // mutant: shipping-write
  },
}

/** The writes that bring shipments into the lists of their warehouses, the item first; none where they stand there, and of other items. */
export function listedAgain(item: Item, why: { readonly cause: string; readonly at: string }): readonly Write[] {
  if (item.sk !== shipmentsItem.key(item.pk).sk) return []
  const shipments = readShipments(item)
  const place = firstPlace(shipments)
  if (place.workPk === item['workPk'] && place.workSk === item['workSk']) return []
  return [inPlaceOf(item, next(item, { ...place, ...why })), ...otherPlaces(undefined, shipments)]
}

/** The events that a change emits, as the outbox names them. */
export const emitted = (before: Shipments, after: Shipments): readonly string[] => emits(before, after).map(nameOf)

/** The outbox that leads to these shipments: see `emitsAgain`. Kept answers, which lie beside them, have none. */
export const outboxAgain = (item: Item): readonly string[] =>
  item.sk === shipmentsItem.key(item.pk).sk ? emitsAgain(readShipments(item)).map(nameOf) : []

const nameOf = ({ name, part }: Emitted): string => (part === undefined ? name : ofPart(name, part))

/** `shp_<the order's own part>_<part>`: the id names its order. */
export const shipmentIdOf = (orderId: string, part: number): string => `shp_${orderId.replace(/^ord_/, '')}_${part}`

/** Of units that were taken out of a shipment, the so-manieth time. */
export const reductionIdOf = (orderId: string, part: number, number: number): string =>
  `${shipmentIdOf(orderId, part)}_c${number}`

/** The order and the part of a shipment id; undefined for any other text. */
export function readShipmentId(id: string): { readonly orderId: string; readonly part: number } | undefined {
  const [, order, part] = /^shp_(\w+)_([1-9]\d{0,4})$/.exec(id) ?? []
  return order === undefined ? undefined : { orderId: `ord_${order}`, part: Number(part) }
}
