import type { ReservationItem } from '../../../functions/inventory/store/reservation-item.ts'
import { maxHoldSeconds } from '../../../schemas/reservation.ts'
import { Violation } from './violation.ts'

/** A hold without an order gets longer while it is held, and never lasts for longer than it may. `apartMs` is how far clocks may be off. */
export function checkExtension(
  before: ReservationItem,
  { id, status, expiresAt, createdAt }: ReservationItem,
  now: number,
  apartMs: number,
): void {
  if (before.orderId !== undefined || before.expiresAt === expiresAt) return
  if (expiresAt < before.expiresAt)
    throw new Violation('no hold gets shorter', `${id}: ${before.expiresAt} ${expiresAt}`)
  if (before.status !== 'held' || status !== 'held' || now > Date.parse(before.expiresAt) + apartMs)
    throw new Violation('only what is held is extended', `${id} was ${before.status} until ${before.expiresAt}`)
  if (Date.parse(expiresAt) > Date.parse(createdAt) + maxHoldSeconds * 1_000 + apartMs)
    throw new Violation('no hold lasts too long', `${id} was made at ${createdAt} and lasts until ${expiresAt}`)
}
