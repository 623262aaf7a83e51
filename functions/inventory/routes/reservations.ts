import type { routes } from '../../../schemas/inventory.ts'
import type { Reservation as Shown } from '../../../schemas/reservation.ts'
import { maxHeldLines, maxHeldWarehouses } from '../../../schemas/held-lines.ts'
import { maxQuantity } from '../../../schemas/shared.ts'
import { Arrivals } from '../../runtime/arrivals.ts'
import { keyReused, performOnce } from '../../runtime/idempotent-commit.ts'
import type { Refuse } from '../../runtime/errors.ts'
import type { Answer } from '../../runtime/answer.ts'
import type { Handlers, Request } from '../../runtime/http.ts'
import { timeOf } from '../../runtime/clock.ts'
import { canonical, derivedId, digest } from '../../runtime/ids.ts'
import { isSettled } from '../core/reservation.ts'
import { AnotherHold, type ReservationRequest } from '../core/reservation-request.ts'
import type { WantedLine } from '../core/sourcing.ts'
import type { InventoryDeps } from '../deps.ts'
import { type ReservationItem, readReservation, reservationKey } from '../store/reservation-item.ts'
import { reserveBatch } from '../store/reserve-batch.ts'
import { type StockItem, stockKey } from '../store/stock-item.ts'

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
    checkQuantities(request, lines)
    await checkSkus(deps, request, lines)
    const { holdSeconds, reference } = body
    const asked = { move: 'hold', id, lines, holdSeconds, cause, requestId } as const
    const held = await carriedOut(deps, { ...asked, ...(reference !== undefined && { reference }) }).catch(
      (error: unknown) => {
        throw error instanceof AnotherHold ? keyReused(request.refuse) : error
      },
    )
    return held.requestId === requestId ? answered(held, request) : replayed(held, request, cause)
  },

  getReservation: async (request) => ({ body: shown(await existing(deps, request)) }),

  commitReservation: (request) => {
    const { params, requestId: cause, refuse } = request
    const check = async () => {
      const { status, expiresAt } = await own(deps, request)
      const over = status === 'held' && expiresAt <= timeOf(deps.clock.now()) // mutant: hold-over
      if (over || !['held', 'committing', 'committed'].includes(status)) throw ended(refuse, over ? 'expired' : status)
    }
    return performOnce(deps, request, check, async () => {
      await check()
      const after = await carriedOut(deps, { move: 'commit', id: params.id, cause })
      if (after.status !== 'committed') throw ended(refuse, after.status)
      return { body: shown(after) }
    })
  },

  releaseReservation: (request) => {
    const { params, requestId: cause } = request
    const check = async () => void (await own(deps, request))
    return performOnce(deps, request, check, async () => {
      const before = await own(deps, request)
      const over = before.status === 'released' || before.status === 'refused'
      const after = over ? before : await carriedOut(deps, { move: 'release', id: params.id, cause })
      return { body: shown(after) }
    })
  },
})

const ended = (refuse: Refuse<'reservation_ended'>, how: string) =>
  refuse('reservation_ended', `The reservation is ${how}.`)

/** Each sku once, with the sum of its quantities, in order of first mention. */
function merged(lines: readonly { readonly sku: string; readonly quantity: number }[]): readonly WantedLine[] {
  const sums = new Map<string, number>()
  for (const { sku, quantity } of lines) sums.set(sku, (sums.get(sku) ?? 0) + quantity)
  return [...sums]
}

function checkQuantities({ refuse }: CreateRequest, lines: readonly WantedLine[]): void {
  const errors = lines
    .filter(([, quantity]) => quantity > maxQuantity)
    .map(([sku]) => ({ path: 'lines', message: `the lines of ${sku} ask for more than ${maxQuantity} units together` }))
  if (errors.length > 0) throw refuse('validation_failed', 'Too many units of one product.', { errors })
}

async function checkSkus(
  { store, clock }: InventoryDeps,
  { body, refuse }: CreateRequest,
  lines: readonly WantedLine[],
): Promise<void> {
  const arrivals = new Arrivals(clock) // mutant: hold-arrival
  const known = await arrivals.all(
    lines.map(([sku]) => sku),
    async (skus, options) => {
      const found = (await store.getMany(skus.map(stockKey), options)) as readonly StockItem[]
      return new Map(found.map((item) => [item.sku, item]))
    },
  )
  const errors = body.lines.flatMap(({ sku }, index) =>
    known.has(sku) ? [] : [{ path: `lines[${index}].sku`, message: `there is no product ${sku}` }],
  )
  if (errors.length > 0) throw refuse('unknown_sku', 'Some products do not exist.', { errors })
}

/** The reservation after the request. */
async function carriedOut(deps: InventoryDeps, request: ReservationRequest): Promise<ReservationItem> {
  const [result] = await reserveBatch(deps, [request])
  if (result && 'error' in result) throw result.error
  if (!result?.reservation) throw new Error(`${request.id} was carried out and is not there`)
  return result.reservation
}

async function read({ store }: InventoryDeps, id: string): Promise<ReservationItem | undefined> {
  const item = await store.get(reservationKey(id), { consistent: true })
  return item && readReservation(item)
}

type Moving = Request<ReservationRoutes['commitReservation' | 'releaseReservation']>
type OfReservation = Pick<Moving | Request<ReservationRoutes['getReservation']>, 'params' | 'refuse'>

async function existing(deps: InventoryDeps, { params, refuse }: OfReservation): Promise<ReservationItem> {
  const reservation = await read(deps, params.id)
  if (!reservation) throw refuse('reservation_not_found', `There is no reservation ${params.id}.`)
  return reservation
}

/** The reservation, unless it belongs to an order, which alone decides about it. */
async function own(deps: InventoryDeps, request: Moving): Promise<ReservationItem> {
  const reservation = await existing(deps, request)
  if (reservation.orderId === undefined) return reservation
  throw request.refuse(
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
  if (known.asked.hold !== cause) throw keyReused(request.refuse)
  const first = known.wanted.length === 0 ? { ...known, status: 'held' as const } : known
  const { body, headers } = answered(first, request)
  return { ...(body !== undefined && { body }), headers: { ...headers, 'idempotent-replayed': 'true' } }
}

function answered(reservation: ReservationItem, { body, refuse }: CreateRequest): Answer<Shown> {
  const { shortages, refusal, wanted, status } = reservation
  if (refusal !== undefined)
    throw refuse(
      refusal,
      `Nothing is held: the units lie in more than ${maxHeldWarehouses} warehouses, or make more than ${maxHeldLines} lines. Ask for less.`,
    )
  if (!shortages && wanted.length > 0) throw ended(refuse, `${status}, and was never held whole`)
  if (!shortages) return { body: shown(reservation) }
  throw refuse('insufficient_stock', 'Nothing is held, because some lines are short.', {
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
