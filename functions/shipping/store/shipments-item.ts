import type { Origin } from '../../../schemas/origin.ts'
import { ofPart } from '../../runtime/relay.ts'
import { type Item, type Key, type Store, type Write, over } from '../../runtime/store.ts'
import { revisionOf } from '../../runtime/update.ts'
import { type Shipments, emits, noShipments } from '../core/shipments.ts'

/** All shipments of an order are one item: one write decides between dispatch and cancellation. */
export type ShipmentsItem = Item & Shipments

const shipmentsKey = (orderId: string): Key => ({ pk: orderId, sk: 'shipping' })

/** The shipments of the order, as of now. */
export async function findShipments(store: Store, orderId: string): Promise<ShipmentsItem | undefined> {
  return (await store.get(shipmentsKey(orderId), { consistent: true })) as ShipmentsItem | undefined
}

/** The write of the shipments in the place of `before`, with the events that the change emits. */
export function putShipments(before: ShipmentsItem | undefined, after: Shipments, origin: Origin): Write {
  const { outbox: _, ...facts }: Shipments & { outbox?: unknown } = after
  const emitted = emits(before ?? noShipments(after.orderId), after)
  const outbox = emitted.map(({ name, part }) => (part === undefined ? name : ofPart(name, part)))
  const put = { ...facts, ...shipmentsKey(after.orderId), ...revisionOf(before, outbox, origin) }
  return { put, if: over(before) } // mutant: shipping-write
}

/** `shp_<the order's own part>_<part>`: the id names its order. */
export const shipmentIdOf = (orderId: string, part: number): string => `shp_${orderId.replace(/^ord_/, '')}_${part}`

/** The order and the part of a shipment id; undefined for any other text. */
export function readShipmentId(id: string): { readonly orderId: string; readonly part: number } | undefined {
  const [, order, part] = /^shp_(\w+)_([1-9]\d{0,4})$/.exec(id) ?? []
  return order === undefined ? undefined : { orderId: `ord_${order}`, part: Number(part) }
}
