import type { routes } from '../../../schemas/inventory.ts'
import type { Reservation as Shown } from '../../../schemas/reservation.ts'
import { maxHeldLines, maxHeldWarehouses } from '../../../schemas/held-lines.ts'
import { maxQuantity } from '../../../schemas/shared.ts'
import { Arrivals } from '../../runtime/arrivals.ts'
import { keyReused, performOnce } from '../../runtime/idempotent-commit.ts'
import type { Answer } from '../../runtime/answer.ts'
import type { Handlers, Request } from '../../runtime/http.ts'
import { timeOf } from '../../runtime/clock.ts'
import { canonical, derivedId, digest } from '../../runtime/ids.ts'
import { isSettled } from '../core/reservation.ts'
import { AnotherHold } from '../core/reservation-request.ts'
import { type WantedLine, routed } from '../core/sourcing.ts'
import type { InventoryDeps } from '../deps.ts'
import type { ReservationItem } from '../store/reservation-item.ts'
import { type StockItem, stockKey } from '../store/stock-item.ts'
import { activeAmong } from './level-change.ts'
import { carriedOut, ended, existing, findReservation, moved, own, shown } from './known-reservation.ts'

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
    const known = await findReservation(deps, id)
    if (known && (isSettled(known.status) || known.asked.hold !== cause)) return replayed(known, request, cause)
    const lines = merged(body.lines)
    checkQuantities(request, lines)
    await checkSkus(deps, request, lines)
    await checkWarehouses(deps, request)
    const { holdSeconds, reference } = body
    const madeBy = caller.id
    const asked = { move: 'hold', id, lines, holdSeconds, cause, requestId, madeBy, ...routed(body) } as const
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
      const after = await moved(deps, { move: 'commit', id: params.id, cause }, request)
      if (after.status !== 'committed') throw ended(refuse, after.status)
      return { body: shown(after) }
    })
  },

  releaseReservation: (request) => {
    const { params, requestId: cause, refuse } = request
    const check = async () => {
      const current = await own(deps, request)
      if (current.status === 'shipped') throw ended(refuse, current.status)
      return current
    }
    return performOnce(
      deps,
      request,
      async () => void (await check()),
      async () => {
        const before = await check()
        const over = before.status === 'released' || before.status === 'refused'
        const after = over ? before : await moved(deps, { move: 'release', id: params.id, cause }, request)
        return { body: shown(after) }
      },
    )
  },
})

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

/** One that is closed is a warehouse, which has nothing for it. */
async function checkWarehouses(deps: InventoryDeps, { body: { shipFrom }, refuse }: CreateRequest): Promise<void> {
  if (shipFrom === undefined) return
  await activeAmong(deps, Object.fromEntries(shipFrom.map((id, index) => [`shipFrom[${index}]`, id])), refuse)
}

type CreateRequest = Request<ReservationRoutes['createReservation']>

/**
 * The first answer again: held or refused, whatever became of it since. A hold that was given up half-way never had an answer, and does
 * not count as held.
 */
function replayed(known: ReservationItem, request: CreateRequest, cause: string): Answer<Shown> {
  if (known.asked.hold !== cause) throw keyReused(request.refuse)
  const { orderId: _, sent: __, ...was } = known
  const end = Math.floor(Date.parse(known.createdAt) / 1_000 + request.body.holdSeconds) * 1_000
  const held = { ...was, status: 'held' as const, expiresAt: timeOf(end) } as ReservationItem
  const first = known.wanted.length === 0 ? held : known
  const { body, headers } = answered(first, request)
  return { ...(body !== undefined && { body }), headers: { ...headers, 'idempotent-replayed': 'true' } }
}

function answered(reservation: ReservationItem, { body, refuse }: CreateRequest): Answer<Shown> {
  const { shortages, refusal, wanted, status } = reservation
  if (refusal === 'too_scattered')
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
