import * as z from 'zod'
import { route } from './contract.ts'
import { personal } from './personal.ts'
import { Id, Quantity, Sku } from './shared.ts'
import { Condition, Shipment } from './shipment.ts'
import { trimmedLine, trimmedLines } from './text.ts'

const byId = z.strictObject({ id: Id })
const Carrier = trimmedLine(60)
const TrackingNumber = trimmedLine(60)

function eachSkuOnce(lines: readonly { readonly sku: string }[], context: z.RefinementCtx): void {
  const seen = new Set<string>()
  for (const [index, { sku }] of lines.entries()) {
    if (seen.has(sku)) context.addIssue({ code: 'custom', path: [index, 'sku'], message: 'the sku is there twice' })
    seen.add(sku)
  }
}

/** What happens to a parcel. */
export const shipmentChanges = {
  dispatchShipment: route({
    method: 'POST',
    path: '/shipments/{id}/dispatch',
    who: 'shipments:write',
    summary:
      'Record that the parcel has left, or with `lines` that a part of it has: what stays is a shipment of its own from then on, which `restId` names',
    params: byId,
    body: z.strictObject({
      carrier: Carrier,
      trackingNumber: TrackingNumber.optional(),
      lines: z
        .array(z.strictObject({ sku: Sku, quantity: Quantity }))
        .min(1)
        .max(1_000)
        .superRefine(eachSkuOnce)
        .optional()
        .describe('What leaves, each sku once; by default all of it.'),
    }),
    idempotencyKey: 'optional',
    answer: { status: 200, body: Shipment },
    problems: [
      'shipment_not_found',
      'shipment_cancelled',
      'shipment_state',
      'dispatch_exceeds_shipment',
      'too_many_parcels',
    ],
  }),
  trackShipment: route({
    method: 'POST',
    path: '/shipments/{id}/track',
    who: 'shipments:write',
    summary: 'Record that the carrier has the parcel in transit',
    params: byId,
    body: z.strictObject({ trackingNumber: TrackingNumber.optional() }).optional(),
    idempotencyKey: 'optional',
    answer: { status: 200, body: Shipment },
    problems: ['shipment_not_found', 'shipment_cancelled', 'shipment_state'],
  }),
  deliverShipment: route({
    method: 'POST',
    path: '/shipments/{id}/deliver',
    who: 'shipments:write',
    summary: 'Record that the parcel has arrived',
    params: byId,
    idempotencyKey: 'optional',
    answer: { status: 200, body: Shipment },
    problems: ['shipment_not_found', 'shipment_cancelled', 'shipment_state'],
  }),
  failShipment: route({
    method: 'POST',
    path: '/shipments/{id}/fail',
    who: 'shipments:write',
    summary:
      'Record that the carrier could not deliver; of a shipment that has not left, that it never will: its units are free again, and paid back',
    params: byId,
    body: z.strictObject({ reason: personal('reason', trimmedLines(200)).optional() }).optional(),
    idempotencyKey: 'optional',
    answer: { status: 200, body: Shipment },
    problems: ['shipment_not_found', 'shipment_cancelled', 'shipment_state'],
  }),
  returnShipment: route({
    method: 'POST',
    path: '/shipments/{id}/return',
    who: 'shipments:write',
    summary: 'Take units of a parcel back: some, or by default all that did not come back yet, to be sold again',
    params: byId,
    body: z
      .strictObject({
        lines: z
          .array(z.strictObject({ sku: Sku, quantity: Quantity, condition: Condition.default('restock') }))
          .min(1)
          .max(1_000)
          .optional(),
      })
      .optional(),
    idempotencyKey: 'optional',
    answer: { status: 200, body: Shipment },
    problems: [
      'shipment_not_found',
      'shipment_cancelled',
      'shipment_state',
      'return_exceeds_shipment',
      'too_many_returns',
    ],
  }),
}
