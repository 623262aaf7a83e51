import * as z from 'zod'
import { personal } from './personal.ts'
import { Metadata, Reference } from './labels.ts'
import { Reason } from './order-reason.ts'
import { PayAt } from './order-input.ts'
import { PaymentMethod } from './payment.ts'
import { Facts, OrderStatus } from './order-status.ts'
import { Address, Id, Money, Quantity, Sku, Time } from './shared.ts'

export const OrderLine = z
  .object({ sku: Sku, name: z.string(), quantity: Quantity, unitPrice: Money, total: Money })
  .meta({ id: 'OrderLine' })
export type OrderLine = z.infer<typeof OrderLine>

const summary = {
  id: Id,
  number: z.string(),
  status: OrderStatus,
  reason: Reason.optional(),
  customerId: Id,
  total: Money,
  facts: Facts,
  payment: z.object({ method: PaymentMethod }).meta({ id: 'OrderPayment' }),
  placedAt: Time,
  updatedAt: Time,
  reference: Reference.optional().describe('What another system calls the order.'),
  metadata: Metadata.optional(),
  expiresAt: Time.optional(),
  backorder: z
    .object({
      payAt: PayAt,
      waitsUntil: Time.describe('It is cancelled where its stock has not come by then.'),
      estimatedAt: Time.optional().describe('When what is short is expected or promised for, while it waits.'),
    })
    .meta({ id: 'OrderBackorder' })
    .optional(),
}

/** An order as lists show it: without its lines. */
export const OrderSummary = z.object({ ...summary, lineCount: z.int() }).meta({ id: 'OrderSummary' })
export type OrderSummary = z.infer<typeof OrderSummary>

/** An order that does not go on though it should. */
export const StuckOrder = OrderSummary.extend({
  pending: z
    .array(z.string())
    .describe('The events that other services have not confirmed; none where its hold should have ended.'),
  since: Time.describe('When it changed for the last time, or when its hold should have ended.'),
}).meta({ id: 'StuckOrder' })

export const Order = z
  .object({
    ...summary,
    sequence: z
      .int()
      .min(1)
      .optional()
      .describe(
        'Where it is read or changed by its id: everything that an event with this `sequence` or a lower one brings is in it.',
      ),
    lines: z.array(OrderLine).describe('What is left of them.'),
    cancelledLines: z.array(OrderLine).optional().describe('What was cancelled of them; the total is without it.'),
    shippingAddress: Address.optional(),
    billingAddress: Address.optional(),
    notes: personal('notes', z.string()).optional(),
    shipFrom: z.array(Id).optional(),
    reservationId: Id.optional().describe('The hold that it takes over.'),
    guest: z.object({ name: personal('name', z.string()), email: personal('email', z.string()) }).optional(),
  })
  .meta({ id: 'Order' })
export type Order = z.infer<typeof Order>

export const HistoryEntry = z
  .object({
    status: OrderStatus,
    at: Time,
    cause: z.string().describe('The event or request that caused it.'),
    by: z
      .string()
      .describe(
        'For operators the id of a user or an API key, or the service that published the causing event; for customers `you`, `support` or `system`.',
      ),
  })
  .meta({ id: 'OrderHistoryEntry' })
export type HistoryEntry = z.infer<typeof HistoryEntry>
