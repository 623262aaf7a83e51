import type { Reservation as Shown, routes } from '../../schemas/inventory.ts'
import { conflict, HttpProblem, notFound } from '../runtime/errors.ts'
import type { Answer, Handlers, Request } from '../runtime/http.ts'
import { canonical, derivedId, digest } from '../runtime/ids.ts'
import { type ReservationItem, reservationKey, stockKey } from './inventory.store.ts'
import { type MoveRequest, type WantedLine, settled } from './reservation.ts'
import { type InventoryParts, serve } from './serve.ts'

type ReservationRoutes = Pick<
  typeof routes,
  'createReservation' | 'getReservation' | 'commitReservation' | 'releaseReservation'
>

/** Holds without an order. The id is made of caller and idempotency key, so that the reservation is its own record of the answer. */
export const reservations = (parts: InventoryParts): Handlers<ReservationRoutes> => ({
  createReservation: async (request) => {
    const { body, caller, idempotencyKey } = request
    const id = derivedId('rsv', caller.id, idempotencyKey)
    const cause = `request ${digest(canonical(body))}`
    const known = await read(parts, id)
    if (known && (settled(known.status) || known.asked.hold !== cause)) return replayed(known, cause)
    const lines = merged(body.lines)
    refuseTooMany(lines)
    await refuseUnknown(parts, request, lines)
    const { holdSeconds, reference } = body
    const [served] = await serve(parts, [
      { move: 'hold', id, lines, holdSeconds, ...(reference !== undefined && { reference }), cause },
    ])
    if (served === undefined || 'error' in served) throw served?.error
    if (!served.reservation) throw new Error(`${id} was served and is not there`)
    return answered(served.reservation)
  },

  getReservation: async ({ params }) => ({ body: shown(await standing(parts, params.id)) }),

  commitReservation: async ({ params, requestId }) => {
    const reservation = await own(parts, params.id)
    const over = reservation.status === 'held' && reservation.expiresAt <= new Date(parts.clock.now()).toISOString()
    if (over || !['held', 'committing', 'committed'].includes(reservation.status)) {
      throw conflict('reservation_ended', `The reservation is ${over ? 'expired' : reservation.status}.`)
    }
    return moved(parts, { move: 'commit', id: params.id, cause: requestId })
  },

  releaseReservation: async ({ params, requestId }) => {
    const reservation = await own(parts, params.id)
    if (reservation.status === 'released' || reservation.status === 'refused') return { body: shown(reservation) }
    return moved(parts, { move: 'release', id: params.id, cause: requestId })
  },
})

/** Units of one sku in one reservation. */
const maxQuantity = 1_000_000

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
  { store }: InventoryParts,
  { body }: Request<ReservationRoutes['createReservation']>,
  lines: readonly WantedLine[],
): Promise<void> {
  const found = await store.getMany(lines.map(([sku]) => stockKey(sku)))
  const known = new Set(found.map(({ pk }) => pk))
  const errors = body.lines.flatMap(({ sku }, index) =>
    known.has(stockKey(sku).pk) ? [] : [{ path: `lines[${index}].sku`, message: `there is no product ${sku}` }],
  )
  if (errors.length > 0) throw new HttpProblem(422, 'unknown_sku', 'Some products do not exist.', { errors })
}

async function moved(parts: InventoryParts, request: MoveRequest): Promise<Answer<Shown>> {
  const [served] = await serve(parts, [request])
  if (served === undefined || 'error' in served) throw served?.error
  return { body: shown(await standing(parts, request.id)) }
}

async function read({ store }: InventoryParts, id: string): Promise<ReservationItem | undefined> {
  return (await store.get(reservationKey(id), { consistent: true })) as ReservationItem | undefined
}

async function standing(parts: InventoryParts, id: string): Promise<ReservationItem> {
  const reservation = await read(parts, id)
  if (!reservation) throw notFound('reservation_not_found', `There is no reservation ${id}.`)
  return reservation
}

/** The reservation, unless it belongs to an order, which alone decides about it. */
async function own(parts: InventoryParts, id: string): Promise<ReservationItem> {
  const reservation = await standing(parts, id)
  if (reservation.orderId === undefined) return reservation
  throw conflict(
    'reservation_of_order',
    `Order ${reservation.orderId} decides about this reservation: cancel or approve it.`,
  )
}

/** The first answer again: held or refused, whatever became of it since. */
function replayed(known: ReservationItem, cause: string): Answer<Shown> {
  if (known.asked.hold !== cause) {
    throw new HttpProblem(422, 'idempotency_key_reused', 'This Idempotency-Key came with another request before.')
  }
  const first = known.shortages ? known : { ...known, status: 'held' as const }
  const { body, headers } = answered(first)
  return { ...(body !== undefined && { body }), headers: { ...headers, 'idempotent-replayed': 'true' } }
}

function answered(reservation: ReservationItem): Answer<Shown> {
  const { shortages } = reservation
  if (!shortages) return { body: shown(reservation) }
  throw new HttpProblem(409, 'insufficient_stock', 'Nothing is held, because some lines are short.', {
    errors: shortages.map(({ sku, requested, available }) => ({
      path: `lines.${sku}`,
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
