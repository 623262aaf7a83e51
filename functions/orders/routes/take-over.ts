import { Reservation } from '../../../schemas/reservation.ts'
import type { routes } from '../../../schemas/orders.ts'
import type { HttpProblem } from '../../runtime/errors.ts'
import type { Request } from '../../runtime/http.ts'
import { type Wanted, merged } from '../core/price-list.ts'
import type { PlacingDeps } from '../deps.ts'

type PlaceRequest = Request<typeof routes.placeOrder>

interface Refused {
  readonly problem: HttpProblem
}

/**
 * What is ordered: the lines of the request, or those of the hold that it takes over; or why it takes none over. Inventory decides once
 * more when it receives the order, by the write that takes the hold over: what is read here may have ended by then.
 */
export async function wantedOf(deps: PlacingDeps, request: PlaceRequest): Promise<Wanted | Refused> {
  const { body, caller, refuse } = request
  const { lines = [], reservationId } = body
  if (reservationId === undefined) return lines
  if (!caller.privileged || !caller.scopes.has('reservations:write'))
    return {
      problem: refuse(
        'reservation_not_allowed',
        'Taking a hold over needs orders:write and reservations:write.',
        because('for operators and API keys that may change reservations'),
      ),
    }
  const hold = await read(deps, request, reservationId)
  if ('problem' in hold) return hold
  const problem = refusalOf(deps, request, hold)
  return problem ? { problem } : merged(hold.lines.map(({ sku, quantity }) => ({ sku, quantity })))
}

async function read(
  { readReservation }: PlacingDeps,
  { headers: { authorization = '' }, refuse }: PlaceRequest,
  id: string,
): Promise<Reservation | Refused> {
  const answer = await readReservation(id, authorization).catch(() => undefined)
  const hold = answer?.status === 200 ? Reservation.safeParse(answer.body).data : undefined
  if (hold !== undefined) return hold
  switch (answer?.status) {
    case 404:
      return { problem: refuse('unknown_reservation', 'There is none.', because(`there is no reservation ${id}`)) }
    case 403:
      return {
        problem: refuse('reservation_not_allowed', 'It needs reservations:read as well.', because('for readers')),
      }
    default:
      return {
        problem: refuse('unavailable', 'Whether it is held is not known now. Try again, with the same key.', {
          headers: { 'retry-after': '1' },
        }),
      }
  }
}

const because = (message: string) => ({ errors: [{ path: 'reservationId', message }] })

function refusalOf(
  { clock }: PlacingDeps,
  { caller, refuse }: PlaceRequest,
  { orderId, createdBy, status, expiresAt }: Reservation,
): HttpProblem | undefined {
  if (caller.kind === 'key' && createdBy !== caller.id)
    return refuse('reservation_of_another', 'The hold was made by somebody else.', because('not made by this key'))
  if (orderId !== undefined)
    return refuse('reservation_of_order', `Order ${orderId} has it.`, because(`order ${orderId} has it`))
  const isOver = status === 'held' && Date.parse(expiresAt ?? '') <= clock.now() // mutant: take-time
  if (status !== 'held' || isOver) {
    const how = isOver ? `was over at ${expiresAt}` : `is ${status}`
    return refuse('reservation_not_held', `The reservation ${how}.`, because(how))
  }
  return undefined
}
