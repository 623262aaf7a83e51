import * as z from 'zod'
import { personal } from './personal.ts'
import { retired } from './retired.ts'
import { FailureCode } from './payment.ts'
import { Shortage } from './reservation.ts'

/** Why an order ended as it did. */
export const Reason = z
  .object({
    code: z
      .enum([
        'insufficient_stock',
        'too_scattered',
        'hold_gone',
        'stock_withdrawn',
        'payment_failed',
        'cancelled_by_customer',
        'cancelled_by_operator',
        'hold_expired',
        'backorder_unfilled',
      ])
      .describe(
        'too_scattered: the units lie in more than 10 warehouses, or make more than 2,000 lines. hold_gone: the hold that it was to take over had ended, or another order has it. stock_withdrawn: inventory gave up the hold of an order that nobody had closed, or none of its shipments could leave. backorder_unfilled: what it waited for has not come in time.',
      ),
    message: personal('reason', z.string()).optional(),
    payment: FailureCode.optional().describe('Why the money did not come.'),
    shortages: z.array(Shortage).optional().describe('Per line, what was short.'),
  })
  .meta({ id: 'OrderReason' })
export type Reason = z.infer<typeof Reason>

/** The same in events, without what somebody wrote. */
export const PublishedReason = Reason.extend({
  message: retired(personal('reason', z.string()).optional()),
}).meta({ id: 'PublishedOrderReason' })
