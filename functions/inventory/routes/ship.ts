import type { routes } from '../../../schemas/inventory.ts'
import type { HttpProblem } from '../../runtime/errors.ts'
import type { Handler, Request } from '../../runtime/http.ts'
import { performOnce } from '../../runtime/idempotent-commit.ts'
import { digest } from '../../runtime/ids.ts'
import { LeavesTooMuch, departs, departure } from '../core/departure.ts'
import { type Reservation, isLeavable } from '../core/reservation.ts'
import type { InventoryDeps } from '../deps.ts'
import { ended, moved, own, shown } from './known-reservation.ts'

type ShipRequest = Request<typeof routes.shipReservation>

/** A reservation can leave in so many parts, and then whole: their ids are kept in its item. */
const maxDepartures = 1_000

/** Lets allocated units of a reservation without an order leave. The departure has an id of caller and key: it leaves once. */
export const shipReservation =
  (deps: InventoryDeps): Handler<typeof routes.shipReservation> =>
  (request) => {
    const { params, body, caller, idempotencyKey, requestId: cause, refuse } = request
    const departureId = digest(caller.id, idempotencyKey)
    const lines = body?.lines
    const check = async () => {
      const current = await own(deps, request)
      if (departs(current, departureId)) return
      if (!isLeavable(current)) throw nothingLeft(request, current)
      departure(current, departureId, lines)
      if (lines !== undefined && (current.departed ?? []).length >= maxDepartures)
        throw refuse('too_many_departures', `It has left in ${maxDepartures} parts.`)
    }
    const refused = (error: unknown): never => {
      throw error instanceof LeavesTooMuch ? exceeded(request, error) : error
    }
    return performOnce(
      deps,
      request,
      () => check().catch(refused),
      async () => {
        await check().catch(refused)
        const after = await moved(deps, { move: 'depart', id: params.id, cause, departureId, lines }, request).catch(
          refused,
        )
        if (!departs(after, departureId)) throw nothingLeft(request, after)
        return { body: shown(after) }
      },
    )
  }

function nothingLeft({ refuse }: ShipRequest, { status }: Reservation): HttpProblem {
  return status === 'held' || status === 'holding'
    ? refuse('reservation_not_committed', `The reservation is ${status}.`)
    : ended(refuse, status)
}

const exceeded = ({ body, refuse }: ShipRequest, { line, left }: LeavesTooMuch): HttpProblem => {
  const { sku = '', warehouseId } = body?.lines?.[line] ?? {}
  const where = warehouseId === undefined ? '' : ` in ${warehouseId}`
  return refuse('reservation_exceeded', `Of ${sku} ${left} are left${where}.`, {
    errors: [{ path: `lines[${line}].quantity`, message: `${left} of ${sku} are left${where}` }],
  })
}
