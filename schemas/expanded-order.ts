import * as z from 'zod'
import { HistoryEntry, Order } from './order.ts'
import { Payment } from './payment.ts'
import { Shipment } from './shipment.ts'

/** What an order can be answered with, beside itself. */
export const Expansion = z.enum(['payments', 'shipments', 'history'])
export type Expansion = z.infer<typeof Expansion>

export const Expand = z
  .string()
  .transform((text) => text.split(','))
  .pipe(z.array(Expansion))
  .meta({
    description: `Answered with the order, some or all, with commas between them: ${Expansion.options.join(', ')}. What other services have of it is asked with the token of the request; \`missing\` names what cannot be had now.`,
    example: 'payments,history',
  })

export const ExpandedOrder = Order.extend({
  payments: z.array(Payment).optional().describe('As `GET /orders/{id}/payments`.'),
  shipments: z.array(Shipment).optional().describe('As `GET /orders/{id}/shipments`.'),
  history: z.array(HistoryEntry).optional().describe('As `GET /orders/{id}/history`.'),
  missing: z
    .array(
      z.object({
        what: Expansion,
        code: z
          .enum(['forbidden', 'unavailable'])
          .describe('`forbidden`: the token lacks the scope. `unavailable`: no answer now; ask again.'),
      }),
    )
    .optional()
    .describe('What was to be expanded, and is not here.'),
}).meta({ id: 'ExpandedOrder' })
