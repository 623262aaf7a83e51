import { ofPart } from '../../runtime/relay.ts'
import type { Item } from '../../runtime/store.ts'
import { type Codec, inPlaceOf, revisionOf } from '../../runtime/update.ts'
import { type Emitted, type Shipments, emits, emitsAgain } from '../core/shipments.ts'

export type ShipmentsItem = Item & Shipments

/** The shipments of an order. They are one item: one write decides between dispatch and cancellation. */
export const shipmentsItem: Codec<Shipments> = {
  noun: 'the shipments of the order',
  key: (orderId) => ({ pk: orderId, sk: 'shipping' }),
  read: (item) => ({ state: item as ShipmentsItem, item }),
  writes: (before, { state, emits }, origin) => {
    const { outbox: _, ...facts }: Shipments & { outbox?: unknown } = state
    const revision = revisionOf(before?.item, emits, origin)
    return [inPlaceOf(before?.item, { ...facts, ...shipmentsItem.key(state.orderId), ...revision })] // mutant: shipping-write
  },
}

/** The events that a change emits, as the outbox names them. */
export const emitted = (before: Shipments, after: Shipments): readonly string[] => emits(before, after).map(nameOf)

/** The outbox that leads to these shipments: see `emitsAgain`. Kept answers, which lie beside them, have none. */
export const outboxAgain = (item: Item): readonly string[] =>
  item.sk === shipmentsItem.key(item.pk).sk ? emitsAgain(item as ShipmentsItem).map(nameOf) : []

const nameOf = ({ name, part }: Emitted): string => (part === undefined ? name : ofPart(name, part))

/** `shp_<the order's own part>_<part>`: the id names its order. */
export const shipmentIdOf = (orderId: string, part: number): string => `shp_${orderId.replace(/^ord_/, '')}_${part}`

/** The order and the part of a shipment id; undefined for any other text. */
export function readShipmentId(id: string): { readonly orderId: string; readonly part: number } | undefined {
  const [, order, part] = /^shp_(\w+)_([1-9]\d{0,4})$/.exec(id) ?? []
  return order === undefined ? undefined : { orderId: `ord_${order}`, part: Number(part) }
}
