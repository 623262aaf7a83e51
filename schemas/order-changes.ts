import * as z from 'zod'
import { OrderAddressInput } from './address-input.ts'
import { route } from './contract.ts'
import { LabelsPatch } from './labels.ts'
import { Order } from './order.ts'
import { personal } from './personal.ts'
import { Id, Quantity, Sku } from './shared.ts'
import { trimmedLines } from './text.ts'

const byId = z.strictObject({ id: Id })

/** What changes an order after its placing. */
export const orderChanges = {
  cancelOrder: route({
    method: 'POST',
    path: '/orders/{id}/cancel',
    who: 'user',
    others: 'orders:write',
    summary: 'Cancel an order',
    params: byId,
    body: z.strictObject({ reason: personal('reason', trimmedLines(500)).optional() }).optional(),
    idempotencyKey: 'optional',
    answer: { status: 200, body: Order },
    problems: ['order_not_found', 'order_closed'],
  }),
  updateOrder: route({
    method: 'PATCH',
    path: '/orders/{id}',
    who: 'user',
    others: 'orders:write',
    summary:
      'Change where an order goes, until its first parcel has left, and at any time what other systems put onto it',
    params: byId,
    body: z
      .strictObject({
        shippingAddress: OrderAddressInput.optional(),
        ...LabelsPatch.shape,
      })
      .refine((patch) => Object.keys(patch).length > 0, 'at least one field')
      .meta({ id: 'OrderPatch', minProperties: 1 }),
    answer: { status: 200, body: Order },
    problems: ['order_not_found', 'order_closed', 'address_dispatched', 'too_many_metadata_keys'],
  }),
  cancelOrderLine: route({
    method: 'POST',
    path: '/orders/{id}/lines/{sku}/cancel',
    who: 'user',
    others: 'orders:write',
    summary:
      'Cancel a line of an order that has not left, or some of its units; with its last line the order is cancelled',
    params: z.strictObject({ id: Id, sku: Sku }),
    body: z
      .strictObject({
        quantity: Quantity.optional().describe('Default: all that has not left.'),
        reason: personal('reason', trimmedLines(500)).optional(),
      })
      .optional(),
    idempotencyKey: 'required',
    answer: { status: 200, body: Order },
    problems: [
      'order_not_found',
      'order_closed',
      'line_not_found',
      'line_not_confirmed',
      'line_cancelled',
      'line_dispatched',
      'line_exceeded',
      'too_many_cancellations',
    ],
  }),
  approveOrder: route({
    method: 'POST',
    path: '/orders/{id}/approve',
    who: 'orders:write',
    summary: 'Approve an order whose payment is manual: stands for payment',
    params: byId,
    idempotencyKey: 'optional',
    answer: { status: 200, body: Order },
    problems: ['order_not_found', 'order_closed', 'payment_not_manual'],
  }),
}
