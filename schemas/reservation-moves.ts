import * as z from 'zod'
import { route } from './contract.ts'
import { HoldSeconds, Reservation, maxHoldSeconds } from './reservation.ts'
import { Id, Quantity, Sku, Time } from './shared.ts'

/** Until when a hold lasts in place of its end. */
export const ReservationExtension = z
  .strictObject({
    holdSeconds: HoldSeconds.optional().describe('From now on.'),
    expiresAt: Time.optional().describe('Whole seconds: a fraction is rounded up.'),
  })
  .refine((input) => (input.holdSeconds === undefined) !== (input.expiresAt === undefined), {
    path: ['holdSeconds'],
    message: 'exactly one of holdSeconds and expiresAt',
  })
  .meta({
    id: 'ReservationExtension',
    oneOf: [
      { required: ['holdSeconds'], not: { required: ['expiresAt'] } },
      { required: ['expiresAt'], not: { required: ['holdSeconds'] } },
    ],
  })
export type ReservationExtension = z.infer<typeof ReservationExtension>

/** What leaves of a committed reservation. */
export const ReservationShipment = z
  .strictObject({
    lines: z
      .array(
        z.strictObject({
          sku: Sku,
          quantity: Quantity,
          warehouseId: Id.optional().describe('Default: the first that has any left of it.'),
        }),
      )
      .min(1)
      .max(1_000)
      .optional()
      .describe('Default: all that has not left.'),
  })
  .meta({ id: 'ReservationShipment' })

const byId = z.strictObject({ id: Id })

/** What other systems do with what they hold, beside committing and releasing it. */
export const moveRoutes = {
  extendReservation: route({
    method: 'POST',
    path: '/reservations/{id}/extend',
    who: 'reservations:write',
    summary: `Hold for longer, until ${maxHoldSeconds / 86_400} days after the hold was made at the latest`,
    params: byId,
    body: ReservationExtension,
    idempotencyKey: 'optional',
    answer: { status: 200, body: Reservation },
    problems: [
      'reservation_not_found',
      'reservation_of_order',
      'reservation_not_held',
      'hold_too_long',
      'hold_shorter',
    ],
  }),
  shipReservation: route({
    method: 'POST',
    path: '/reservations/{id}/ship',
    who: 'reservations:write',
    summary: 'Let allocated units leave: all of them, or some lines; the rest can still leave or be released',
    params: byId,
    body: ReservationShipment.optional(),
    idempotencyKey: 'required',
    answer: { status: 200, body: Reservation },
    problems: [
      'reservation_not_found',
      'reservation_of_order',
      'reservation_not_committed',
      'reservation_ended',
      'reservation_exceeded',
      'too_many_departures',
    ],
  }),
}
