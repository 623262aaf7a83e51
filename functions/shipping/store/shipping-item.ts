import { ofPart } from '../../runtime/relay.ts'
import { type Item, type Key, type Store, type Write, over } from '../../runtime/store.ts'
import type { Change, Shipping } from '../core/shipping.ts'

/** All shipments of an order are one item, so that one write decides between dispatch and cancellation. */
export type ShippingItem = Item & Shipping

const shippingKey = (orderId: string): Key => ({ pk: orderId, sk: 'shipping' })

/** What is known of the order's shipments, as of now. */
export async function findShipping(store: Store, orderId: string): Promise<ShippingItem | undefined> {
  return (await store.get(shippingKey(orderId), { consistent: true })) as ShippingItem | undefined
}

/** The write of a change in the place of `before`. */
export function changing(
  before: ShippingItem | undefined,
  { shipping, says }: Change,
  because: { readonly cause: string; readonly at: string },
): Write {
  const { outbox: _, ...facts }: Shipping & { outbox?: unknown } = shipping
  const outbox = says.map(({ name, part }) => (part === undefined ? name : ofPart(name, part)))
  const put = {
    ...facts,
    ...shippingKey(shipping.orderId),
    version: (before?.version ?? 0) + 1,
    ...because,
    ...(outbox.length > 0 && { outbox }),
  }
  return { put, if: over(before) } // mutant: shipping-write
}

/** `shp_<the order's own part>_<part>`: the id says which order it is of. */
export const shipmentIdOf = (orderId: string, part: number): string => `shp_${orderId.replace(/^ord_/, '')}_${part}`

/** The order and the part that a shipment id is of; undefined when it is none. */
export function readShipmentId(id: string): { readonly orderId: string; readonly part: number } | undefined {
  const [, order, part] = /^shp_(\w+)_([1-9]\d{0,4})$/.exec(id) ?? []
  return order === undefined ? undefined : { orderId: `ord_${order}`, part: Number(part) }
}
