import * as z from 'zod'
import { Id, Quantity, Sku, Time, Units } from './shared.ts'

export const ReservationStatus = z
  .enum([
    'holding',
    'held',
    'committing',
    'committed',
    'shipping',
    'shipped',
    'returning',
    'releasing',
    'released',
    'refused',
  ])
  .describe(
    'What ends in -ing is a step under way. committed: some of it is still to leave; released: what has not left is free again.',
  )
export type ReservationStatus = z.infer<typeof ReservationStatus>

export const Shortage = z.object({ sku: Sku, requested: Quantity, available: Units }).meta({ id: 'Shortage' })
export type Shortage = z.infer<typeof Shortage>

export const ReservationInput = z
  .strictObject({
    lines: z
      .array(z.strictObject({ sku: Sku, quantity: Quantity }))
      .min(1)
      .max(1_000),
    holdSeconds: z.int().min(60).max(2_592_000).default(86_400),
    reference: z.string().min(1).max(100).optional(),
  })
  .meta({ id: 'ReservationInput' })

/** What inventory holds for one order, or for another system's checkout. */
export const Reservation = z
  .object({
    id: Id,
    orderId: Id.optional(),
    reference: z.string().optional(),
    status: ReservationStatus,
    lines: z.array(z.object({ sku: Sku, quantity: Quantity, warehouseId: Id.optional() })),
    shortages: z.array(Shortage).optional(),
    createdAt: Time,
    expiresAt: Time.optional(),
  })
  .meta({ id: 'Reservation' })
export type Reservation = z.infer<typeof Reservation>
