import type { HoldRequest } from './reservation-request.ts'
import { type Reservation, newHold } from './reservation.ts'

/** The hold of an order that takes one over, and the hold that was there, where it is taken. Both are to be written at once. */
export interface TakenOver {
  readonly reservation: Reservation
  readonly hold?: Reservation
}

/**
 * Takes a hold over for an order: the same units, until the end that the order has. No unit is moved. Refused where the hold does not
 * stand any more, or another order has it; its time was checked when the order was placed.
 */
export function takeOver(
  hold: Reservation | undefined,
  request: HoldRequest,
  at: { readonly now: string; readonly expires: string },
): TakenOver {
  const reservation = newHold(request, at)
  // mutant: take-held
  if (hold?.status !== 'held' || hold.orderId !== undefined)
    return { reservation: { ...reservation, status: 'refused', refusal: 'hold_gone' } }
  return {
    reservation: { ...reservation, status: 'held', wanted: [], lines: hold.lines, takenFrom: hold.id },
    hold: { ...hold, status: 'taken', ...(request.orderId !== undefined && { orderId: request.orderId }) },
  }
}
