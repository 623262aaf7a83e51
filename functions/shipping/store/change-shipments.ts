import { timeOf } from '../../runtime/clock.ts'
import { contended } from '../../runtime/errors.ts'
import { type ShipmentsEvent, evolve, noShipments } from '../core/shipments.ts'
import type { ShippingDeps } from '../deps.ts'
import { type ShipmentsItem, findShipments, putShipments } from './shipments-item.ts'

const attempts = 10

/** Changes the shipments of an order by the event; a writer that loses the race for the item decides again. */
export async function changeShipments(
  { store, clock }: ShippingDeps,
  orderId: string,
  event: ShipmentsEvent,
  origin: { readonly cause: string; readonly by: string },
): Promise<void> {
  let before = await findShipments(store, orderId)
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const at = clock.now()
    const known = before ?? noShipments(orderId)
    const after = evolve(known, event, timeOf(at))
    if (after === known) return
    const outcome = await store.write(putShipments(before, after, { ...origin, at }))
    if (outcome.ok) return
    before = outcome.failed[0]?.found as ShipmentsItem | undefined
  }
  throw contended(`the shipments of ${orderId}`)
}
