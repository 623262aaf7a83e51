import type { routes } from '../../../schemas/inventory.ts'
import type { Reservation as Shown } from '../../../schemas/reservation.ts'
import { maxHeldLines, maxHeldWarehouses } from '../../../schemas/held-lines.ts'
import { maxQuantity } from '../../../schemas/shared.ts'
import { keyReused, performOnce } from '../../runtime/idempotent-commit.ts'
import { conflict, HttpProblem, notFound } from '../../runtime/errors.ts'
import type { Answer, Handlers, Request } from '../../runtime/http.ts'
import { timeOf } from '../../runtime/clock.ts'
import { canonical, derivedId, digest } from '../../runtime/ids.ts'
import { isSettled } from '../core/reservation.ts'
import { AnotherHold, type ReservationRequest } from '../core/reservation-request.ts'
import type { WantedLine } from '../core/sourcing.ts'
import type { InventoryDeps } from '../deps.ts'
import { type ReservationItem, readReservation, reservationKey } from '../store/reservation-item.ts'
import { reserveBatch } from '../store/reserve-batch.ts'
import { stockKey } from '../store/stock-item.ts'

type ReservationRoutes = Pick<
  typeof routes,
  'createReservation' | 'getReservation' | 'commitReservation' | 'releaseReservation'
>

/** Holds without an order. The id is made of caller and idempotency key: the reservation is its own record of the answer. */
export const reservations = (deps: InventoryDeps): Handlers<ReservationRoutes> => ({
  createReservation: async (request) => {
    const { body, caller, idempotencyKey, requestId } = request
    const id = derivedId('rsv', caller.id, idempotencyKey)
    const cause = `request ${digest(canonical(body))}`
    const known = await read(deps, id)
    if (known && (isSettled(known.status) || known.asked.hold !== cause)) return replayed(known, request, cause)
    const lines = merged(body.lines)
    refuseTooMany(lines)
    await refuseUnknown(deps, request, lines)
    const { holdSeconds, reference } = body
    const asked = { move: 'hold', id, lines, holdSeconds, cause, requestId } as const
    const held = await carriedOut(deps, { ...asked, ...(reference !== undefined && { reference }) })
    return held.requestId === requestId ? answered(held, request) : replayed(held, request, cause)
  },

  getReservation: async ({ params }) => ({ body: shown(await existing(deps, params.id)) }),

  commitReservation: (request) => {
    const { params, requestId: cause } = request
    const check = async () => {
      const { status, expiresAt } = await own(deps, params.id)
      const over = status === 'held' && expiresAt <= timeOf(deps.clock.now()) // mutant: hold-over
      if (over || !['held', 'committing', 'committed'].includes(status)) throw ended(over ? 'expired' : status)
    }
    return performOnce(deps, request, check, async () => {
      await check()
      const after = await carriedOut(deps, { move: 'commit', id: params.id, cause })
      if (after.status !== 'committed') throw ended(after.status)
      return { body: shown(after) }
    })
  },

  releaseReservation: (request) => {
    const { params, requestId: cause } = request
    const check = async () => void (await own(deps, params.id))
    return performOnce(deps, request, check, async () => {
      const before = await own(deps, params.id)
      const over = before.status === 'released' || before.status === 'refused'
      const after = over ? before : await carriedOut(deps, { move: 'release', id: params.id, cause })
      return { body: shown(after) }
    })
  },
})

const ended = (how: string): HttpProblem => conflict('reservation_ended', `The reservation is ${how}.`)

/** Each sku once, with the sum of its quantities, in order of first mention. */
function merged(lines: readonly { readonly sku: string; readonly quantity: number }[]): readonly WantedLine[] {
  const sums = new Map<string, number>()
  for (const { sku, quantity } of lines) sums.set(sku, (sums.get(sku) ?? 0) + quantity)
  return [...sums]
}

function refuseTooMany(lines: readonly WantedLine[]): void {
  const errors = lines
    .filter(([, quantity]) => quantity > maxQuantity)
    .map(([sku]) => ({ path: 'lines', message: `the lines of ${sku} ask for more than ${maxQuantity} units together` }))
  if (errors.length > 0) throw new HttpProblem(400, 'validation_failed', 'Too many units of one product.', { errors })
}

async function refuseUnknown(
  { store }: InventoryDeps,
  { body }: CreateRequest,
  lines: readonly WantedLine[],
): Promise<void> {
  const found = await store.getMany(lines.map(([sku]) => stockKey(sku)))
  const known = new Set(found.map(({ pk }) => pk))
  const errors = body.lines.flatMap(({ sku }, index) =>
    known.has(stockKey(sku).pk) ? [] : [{ path: `lines[${index}].sku`, message: `there is no product ${sku}` }],
  )
  if (errors.length > 0) throw new HttpProblem(422, 'unknown_sku', 'Some products do not exist.', { errors })
}

/** The reservation after the request. */
async function carriedOut(deps: InventoryDeps, request: ReservationRequest): Promise<ReservationItem> {
  const [result] = await reserveBatch(deps, [request])
  if (result && 'error' in result) throw result.error instanceof AnotherHold ? keyReused() : result.error
  if (!result?.reservation) throw new Error(`${request.id} was carried out and is not there`)
  return result.reservation
}

async function read({ store }: InventoryDeps, id: string): Promise<ReservationItem | undefined> {
  const item = await store.get(reservationKey(id), { consistent: true })
  return item && readReservation(item)
}

async function existing(deps: InventoryDeps, id: string): Promise<ReservationItem> {
  const reservation = await read(deps, id)
  if (!reservation) throw notFound('reservation_not_found', `There is no reservation ${id}.`)
  return reservation
}

/** The reservation, unless it belongs to an order, which alone decides about it. */
async function own(deps: InventoryDeps, id: string): Promise<ReservationItem> {
  const reservation = await existing(deps, id)
  if (reservation.orderId === undefined) return reservation
  throw conflict(
    'reservation_of_order',
    `Order ${reservation.orderId} decides about this reservation: cancel or approve it.`,
  )
}

type CreateRequest = Request<ReservationRoutes['createReservation']>

/**
 * The first answer again: held or refused, whatever became of it since. A hold that was given up half-way never had an answer, and does
 * not count as held.
 */
function replayed(known: ReservationItem, request: CreateRequest, cause: string): Answer<Shown> {
  if (known.asked.hold !== cause) throw keyReused()
  const first = known.wanted.length === 0 ? { ...known, status: 'held' as const } : known
  const { body, headers } = answered(first, request)
  return { ...(body !== undefined && { body }), headers: { ...headers, 'idempotent-replayed': 'true' } }
}

function answered(reservation: ReservationItem, { body }: CreateRequest): Answer<Shown> {
  const { shortages, refusal, wanted, status } = reservation
  if (refusal !== undefined)
    throw conflict(
      refusal,
      `Nothing is held: the units lie in more than ${maxHeldWarehouses} warehouses, or make more than ${maxHeldLines} lines. Ask for less.`,
    )
  if (!shortages && wanted.length > 0) throw ended(`${status}, and was never held whole`)
  if (!shortages) return { body: shown(reservation) }
  throw new HttpProblem(409, 'insufficient_stock', 'Nothing is held, because some lines are short.', {
    errors: shortages.map(({ sku, requested, available }) => ({
      path: `lines[${body.lines.findIndex((line) => line.sku === sku)}].quantity`,
      message: `${requested} requested, ${available} available`,
    })),
  })
}

function shown(reservation: ReservationItem): Shown {
  const { id, orderId, reference, status, wanted, lines, shortages, createdAt, expiresAt } = reservation
  return {
    id,
    ...(orderId !== undefined && { orderId }),
    ...(reference !== undefined && { reference }),
    status,
    lines:
      lines.length > 0
        ? lines.map(([sku, warehouseId, quantity]) => ({ sku, warehouseId, quantity }))
        : wanted.map(([sku, quantity]) => ({ sku, quantity })),
    ...(shortages && { shortages: [...shortages] }),
    createdAt,
    expiresAt,
  }
}
