import * as z from 'zod'
import { Fulfilment } from './shipping.ts'

export const Facts = z
  .object({
    stock: z.enum(['requested', 'held', 'backordered', 'refused', 'committed', 'released']),
    payment: z.enum(['none', 'in_flight', 'paid', 'failed', 'refund_due', 'refunded']),
    closing: z.enum(['none', 'cancelled', 'expired']),
    fulfilment: Fulfilment,
  })
  .meta({ id: 'OrderFacts' })
export type Facts = z.infer<typeof Facts>

export const OrderStatus = z
  .enum([
    'placed',
    'reserved',
    'backordered',
    'confirmed',
    'partially_shipped',
    'shipped',
    'delivered',
    'completed',
    'rejected',
    'payment_failed',
    'cancelled',
    'expired',
  ])
  .meta({ id: 'OrderStatus' })
export type OrderStatus = z.infer<typeof OrderStatus>
