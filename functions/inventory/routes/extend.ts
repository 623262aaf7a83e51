import type { routes } from '../../../schemas/inventory.ts'
import { maxHoldSeconds } from '../../../schemas/reservation.ts'
import { timeOf } from '../../runtime/clock.ts'
import type { Handler, Request } from '../../runtime/http.ts'
import { performOnce } from '../../runtime/idempotent-commit.ts'
import { type Reservation, isHeld } from '../core/reservation.ts'
import type { InventoryDeps } from '../deps.ts'
import { moved, own, shown } from './known-reservation.ts'

type ExtendRequest = Request<typeof routes.extendReservation>

/** Holds for longer. The write decides: an extension that meets the end of the hold finds it ended, and none makes a hold shorter. */
export const extendReservation =
  (deps: InventoryDeps): Handler<typeof routes.extendReservation> =>
  (request) => {
    const { params, requestId: cause } = request
    const end = async () => endOf(await own(deps, request), request, deps.clock.now())
    return performOnce(
      deps,
      request,
      async () => void (await end()),
      async () => {
        const expiresAt = await end()
        const after = await moved(deps, { move: 'extend', id: params.id, cause, expiresAt }, request)
        if (after.status !== 'held' || after.expiresAt < expiresAt) throw notHeld(request, after)
        return { body: shown(after) }
      },
    )
  }

const notHeld = ({ refuse }: ExtendRequest, { status, expiresAt }: Reservation) =>
  refuse(
    'reservation_not_held',
    status === 'held' ? `The hold was over at ${expiresAt}.` : `The reservation is ${status}.`,
  )

/** The end that the request names, in whole seconds. */
function endOf(hold: Reservation, request: ExtendRequest, now: number): string {
  const { body, refuse } = request
  if (!isHeld(hold, timeOf(now))) throw notHeld(request, hold)
  const seconds =
    body.expiresAt === undefined ? now / 1_000 + (body.holdSeconds ?? 0) : Date.parse(body.expiresAt) / 1_000
  const end = Math.ceil(seconds) * 1_000
  const most = Math.ceil(Date.parse(hold.createdAt) / 1_000 + maxHoldSeconds) * 1_000
  const path = body.expiresAt === undefined ? 'holdSeconds' : 'expiresAt'
  // mutant: extend-ceiling
  if (end > most)
    throw refuse('hold_too_long', `A hold that was made at ${hold.createdAt} lasts until ${timeOf(most)} at most.`, {
      errors: [{ path, message: `until ${timeOf(most)} at most` }],
    })
  if (end < Date.parse(hold.expiresAt))
    throw refuse('hold_shorter', `It is held until ${hold.expiresAt}.`, {
      errors: [{ path, message: `not before ${hold.expiresAt}` }],
    })
  return timeOf(end)
}
