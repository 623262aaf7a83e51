import { ofPart } from '../../runtime/relay.ts'
import { type Item, type Write, next } from '../../runtime/store.ts'
import { type Codec, inPlaceOf, revisionOf } from '../../runtime/update.ts'
import { type Emitted, type Shipments, emits, emitsAgain } from '../core/shipments.ts'
import { firstPlace, otherPlaces } from './shipment-places.ts'

export type ShipmentsItem = Item & Shipments

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
  read: (item) => ({ state: item as ShipmentsItem, item }),
  writes: (before, { state, emits }, origin) => {
    const { outbox: _, workPk: __, workSk: ___, ...facts }: Stored = state
    const revision = revisionOf(before?.item, emits, origin)
    const put = { ...facts, ...shipmentsItem.key(state.orderId), ...revision, ...firstPlace(state) }
    return [inPlaceOf(before?.item, put), ...otherPlaces(before?.item, state)] // mutant: shipping-write
  },
}

/** The writes that bring shipments into the lists of their warehouses, the item first; none where they stand there, and of other items. */
export function listedAgain(item: Item, why: { readonly cause: string; readonly at: string }): readonly Write[] {
  const shipments = item as ShipmentsItem
  if (item.sk !== shipmentsItem.key(item.pk).sk) return []
  const place = firstPlace(shipments)
  if (place.workPk === item['workPk'] && place.workSk === item['workSk']) return []
  return [inPlaceOf(item, next(item, { ...place, ...why })), ...otherPlaces(undefined, shipments)]
}

/** The events that a change emits, as the outbox names them. */
export const emitted = (before: Shipments, after: Shipments): readonly string[] => emits(before, after).map(nameOf)

/** The outbox that leads to these shipments: see `emitsAgain`. Kept answers, which lie beside them, have none. */
export const outboxAgain = (item: Item): readonly string[] =>
  item.sk === shipmentsItem.key(item.pk).sk ? emitsAgain(item as ShipmentsItem).map(nameOf) : []

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
