import * as z from 'zod'
import { impersonal, personal } from './personal.ts'
import { RegionInput, ShipFrom } from './sourcing.ts'
import { route } from './contract.ts'
import { Id, Paging, Quantity, Sku, Time, Units, pageOf } from './shared.ts'
import { oneLine } from './text.ts'

export const ReservationStatus = z
  .enum([
    'holding',
    'held',
    'waiting',
    'committing',
    'committed',
    'shipping',
    'shipped',
    'returning',
    'releasing',
    'released',
    'refused',
    'taken',
  ])
  .describe(
    'What ends in -ing is a step under way, but for waiting: for what is short. committed: some of it is still to leave; released: what has not left is free again; taken: an order has taken it over.',
  )
export type ReservationStatus = z.infer<typeof ReservationStatus>

export const Shortage = z.object({ sku: Sku, requested: Quantity, available: Units }).meta({ id: 'Shortage' })
export type Shortage = z.infer<typeof Shortage>

/** The longest time for which a hold without an order lasts from its making on, in seconds: 30 days. */
export const maxHoldSeconds = 2_592_000
export const HoldSeconds = z.int().min(60).max(maxHoldSeconds)

export const ReservationInput = z
  .strictObject({
    lines: z
      .array(z.strictObject({ sku: Sku, quantity: Quantity }))
      .min(1)
      .max(1_000),
    holdSeconds: HoldSeconds.default(86_400),
    shipTo: RegionInput.optional(),
    shipFrom: ShipFrom.optional(),
    reference: personal('reference', oneLine(100)).optional(),
  })
  .meta({ id: 'ReservationInput' })

/** What inventory holds for one order, or for another system's checkout. */
export const Reservation = z
  .object({
    id: Id,
    orderId: Id.optional(),
    reference: personal('reference', z.string()).optional(),
    takenFrom: Id.optional().describe('Of an order: the hold that it has taken over.'),
    status: ReservationStatus,
    lines: z.array(z.object({ sku: Sku, quantity: Quantity, warehouseId: Id.optional() })),
    shippedLines: z
      .array(z.object({ sku: Sku, quantity: Quantity, warehouseId: Id }))
      .optional()
      .describe('What has left by POST /reservations/{id}/ship; `lines` are what it had before.'),
    shortages: z.array(Shortage).optional(),
    createdAt: Time,
    createdBy: impersonal('the id of a user or an API key', z.string())
      .optional()
      .describe('Of a hold without an order: the user or the API key that made it.'),
    expiresAt: Time.optional(),
  })
  .meta({ id: 'Reservation' })
export type Reservation = z.infer<typeof Reservation>

/** The statuses that have a list; of all others a reservation is found by its id or its order. */
export const ListedReservationStatus = z
  .enum(['held', 'waiting', 'committed'])
  .describe('committed: of holds without an order; what is allocated to an order stands in its shipments.')

/** The list of reservations. */
export const reservationLists = {
  listReservations: route({
    method: 'GET',
    path: '/reservations',
    who: 'reservations:read',
    summary: 'Reservations of a status, by default those that are held: the first to end first, of others the oldest',
    query: Paging.extend({
      status: ListedReservationStatus.optional(),
      expiresBefore: Time.optional().describe('Of those that are held: only what ends before this.'),
      orderId: Id.optional().describe('Not looked up: for an order that is not there nothing is held.'),
    }),
    answer: { status: 200, body: pageOf(Reservation) },
  }),
}
