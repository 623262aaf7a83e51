import type { HeldLine } from '../../../schemas/held-lines.ts'
import type { Reservation as Shown } from '../../../schemas/reservation.ts'
import type { HttpProblem, Refuse } from '../../runtime/errors.ts'
import { withUnits } from '../core/departure.ts'
import type { ReservationRequest } from '../core/reservation-request.ts'
import type { InventoryDeps } from '../deps.ts'
import { type ReservationItem, readReservation, reservationKey } from '../store/reservation-item.ts'
import { reserveBatch } from '../store/reserve-batch.ts'

/** What a request about a reservation names. */
export interface OfReservation {
  readonly params: { readonly id: string }
  readonly refuse: Refuse<'reservation_not_found'>
}

/** A request to move a reservation. */
export interface Moving extends OfReservation {
  readonly refuse: Refuse<'reservation_not_found' | 'reservation_of_order'>
}

export async function findReservation({ store }: InventoryDeps, id: string): Promise<ReservationItem | undefined> {
  const item = await store.get(reservationKey(id), { consistent: true })
  return item && readReservation(item)
}

export async function existing(deps: InventoryDeps, { params, refuse }: OfReservation): Promise<ReservationItem> {
  const reservation = await findReservation(deps, params.id)
  if (!reservation) throw refuse('reservation_not_found', `There is no reservation ${params.id}.`)
  return reservation
}

/** The reservation, unless it belongs to an order, which alone decides about it. */
export async function own(deps: InventoryDeps, request: Moving): Promise<ReservationItem> {
  return unlessOfOrder(await existing(deps, request), request)
}

function unlessOfOrder(reservation: ReservationItem, { refuse }: Moving): ReservationItem {
  if (reservation.orderId === undefined) return reservation
  throw refuse(
    'reservation_of_order',
    `Order ${reservation.orderId} decides about this reservation: cancel or approve it.`,
  )
}

/** The reservation after a request of its owner, unless an order has taken it over meanwhile. */
export const moved = async (
  deps: InventoryDeps,
  asked: ReservationRequest,
  request: Moving,
): Promise<ReservationItem> => unlessOfOrder(await carriedOut(deps, asked), request)

/** The reservation after the request. */
export async function carriedOut(deps: InventoryDeps, request: ReservationRequest): Promise<ReservationItem> {
  const [result] = await reserveBatch(deps, [request])
  if (result && 'error' in result) throw result.error
  if (!result?.reservation) throw new Error(`${request.id} was carried out and is not there`)
  return result.reservation
}

export const ended = (refuse: Refuse<'reservation_ended'>, how: string): HttpProblem =>
  refuse('reservation_ended', `The reservation is ${how}.`)

const ofLine = ([sku, warehouseId, quantity]: HeldLine) => ({ sku, warehouseId, quantity })

/** The reservation as the API shows it. */
export function shown(reservation: ReservationItem): Shown {
  const { id, orderId, reference, takenFrom, status, wanted, lines, sent, shortages } = reservation
  const { createdAt, madeBy, expiresAt } = reservation
  return {
    id,
    ...(orderId !== undefined && { orderId }),
    ...(reference !== undefined && { reference }),
    ...(takenFrom !== undefined && { takenFrom }),
    status,
    lines: lines.length > 0 ? lines.map(ofLine) : wanted.map(([sku, quantity]) => ({ sku, quantity })),
    ...(sent && { shippedLines: withUnits(lines, sent).map(ofLine) }),
    ...(shortages && { shortages: [...shortages] }),
    createdAt,
    ...(madeBy !== undefined && { createdBy: madeBy }),
    expiresAt,
  }
}
