import * as z from 'zod'
import { FailureCode } from './payment.ts'
import { Shortage } from './reservation.ts'

/** Why an order ended as it did. */
export const Reason = z
  .object({
    code: z
      .enum([
        'insufficient_stock',
        'too_scattered',
        'stock_withdrawn',
        'payment_failed',
        'cancelled_by_customer',
        'cancelled_by_operator',
        'hold_expired',
      ])
      .describe(
        'too_scattered: the units lie in more than 10 warehouses, or make more than 2,000 lines. stock_withdrawn: inventory gave up the hold of an order that nobody had closed, or none of its shipments could leave.',
      ),
    message: z.string().optional(),
    payment: FailureCode.optional().describe('Why the money did not come.'),
    shortages: z.array(Shortage).optional().describe('Per line, what was short.'),
  })
  .meta({ id: 'OrderReason' })
export type Reason = z.infer<typeof Reason>
