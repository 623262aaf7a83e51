import { maxWrites as mostWrites } from '../../runtime/store.ts'
import { contention } from '../../runtime/update.ts'
import { type BatchDecision, decideBatch } from '../core/decide-batch.ts'
import { unitsJoined } from '../core/joining.ts'
import { none, sellable } from '../core/level.ts'
import { type ReservationRequest, reservationsOf } from '../core/reservation-request.ts'
import type { Site } from '../core/sourcing.ts'
import { type Stock, TornRead, unitsDue } from '../core/stock.ts'
import type { InventoryDeps } from '../deps.ts'
import { ItemCache } from './item-cache.ts'
import { type ReservationItem, putReservation } from './reservation-item.ts'
import { putStock } from './stock-item.ts'
import { activeSites, warehousesByPriority } from './warehouse-item.ts'
import { writeOfQueue } from './waiter-item.ts'

/** How a request ended: the reservation as it stands now, or what went wrong. */
export type RequestResult = { readonly reservation: ReservationItem | undefined } | { readonly error: unknown }

/**
 * Carries the requests out, many in one write, in order of arrival; the results are in the same order. When a batch fails whole, each of
 * its requests is tried by itself, and none suffers from another.
 */
export async function reserveBatch(
  deps: InventoryDeps,
  requests: readonly ReservationRequest[],
): Promise<readonly RequestResult[]> {
  const cache = new ItemCache(deps.store)
  try {
    await reserveAll(deps, cache, requests)
    return requests.map(({ id }) => ({ reservation: cache.reservationOf(id) }))
  } catch (error) {
    if (requests.length < 2) return [{ error }]
    const results: RequestResult[] = []
    for (const request of requests) results.push(...(await reserveBatch(deps, [request])))
    return results
  }
}

async function reserveAll(
  deps: InventoryDeps,
  cache: ItemCache,
  requests: readonly ReservationRequest[],
): Promise<void> {
  const waiting = [...requests]
  let known: Promise<readonly Site[]> | undefined
  const sites = () => (known ??= warehousesByPriority(deps.store).then(activeSites))
  const races = contention(deps)
  while (waiting.length > 0) {
    const turn = firstOfEach(waiting)
    await cache.read(turn)
    if (await writeTurn(deps, cache, turn, sites, waiting)) races.won()
    else await races.lost(turn.map(({ id }) => id).join(', '))
  }
}

/** One decision, one write; the requests that are dealt with leave `waiting`. False when another writer was faster. */
async function writeTurn(
  { store, clock, sourcing, maxWrites = mostWrites }: InventoryDeps,
  cache: ItemCache,
  turn: readonly ReservationRequest[],
  sitesNow: () => Promise<readonly Site[]>,
  waiting: ReservationRequest[],
): Promise<boolean> {
  // Only a hold picks from warehouses; what is held knows where it is.
  const sites = turn.some(picks) ? await sitesNow() : []
  const at = clock.now()
  const decided = decideOrForget(cache, () =>
    decideBatch(turn, cache.snapshot({ sites, rule: sourcing }, at), maxWrites),
  )
  if (decided === undefined) return false
  const { stocks, reservations, queued, awaited, finished } = decided
  const mayChange = ({ sku }: Stock) => cache.stockItemOf(sku)?.listSk !== undefined
  const isAsked = stocks.some((stock) => mayEmit(cache.stockOf(stock.sku), stock) || mayChange(stock))
  const warehouses = isAsked ? (await sitesNow()).map(({ id }) => id) : undefined
  const originOf = (cause: string) => ({ at, cause, by: 'inventory' })
  const writes = [
    ...(await Promise.all(
      stocks.map((stock) =>
        putStock(store, cache.stockItemOf(stock.sku), stock, originOf(turn[0]?.cause ?? ''), {
          ...(warehouses && { warehouses }),
          joined: unitsJoined(queued, stock.sku),
          emits: awaited.includes(stock.sku) ? ['stock.awaited'] : [],
        }),
      ),
    )),
    ...reservations.map(({ reservation, emits, request }) =>
      putReservation(cache.reservationOf(reservation.id), reservation, originOf(request.cause), emits),
    ),
    ...queued.map(writeOfQueue),
  ]
  if (writes.length > 0 && !(await cache.write(writes))) return false
  for (const request of finished) waiting.splice(waiting.indexOf(request), 1)
  return true
}

/** Whether the change may emit an event, whichever warehouses are active: units where none were, or fewer where a mark is. */
const mayEmit = (before: Stock | undefined, after: Stock): boolean =>
  unitsDue(after) + (before ? unitsDue(before) : 0) > 0 || movesAMark(before, after)

const movesAMark = (before: Stock | undefined, { levels, lowStockAt }: Stock): boolean =>
  [...levels].some(([warehouseId, counts]) => {
    const had = sellable(before?.levels.get(warehouseId) ?? none)
    const has = sellable(counts)
    return has > had ? had === 0 : has < had && lowStockAt !== undefined
  })

/** Items are read one by one, and another writer may come between two reads: then all is read again. */
function decideOrForget(cache: ItemCache, decide: () => BatchDecision): BatchDecision | undefined {
  try {
    return decide()
  } catch (error) {
    if (!(error instanceof TornRead)) throw error
    cache.forget()
    return undefined
  }
}

/** Whether the request takes units of any warehouse. */
const picks = (request: ReservationRequest): boolean =>
  request.move === 'fill' || (request.move === 'hold' && request.takes === undefined)

/** Of each reservation the request that came first; one that takes a hold over is of two. */
function firstOfEach(requests: readonly ReservationRequest[]): ReservationRequest[] {
  const seen = new Set<string>()
  return requests.filter((request) => {
    const ids = reservationsOf(request)
    const isFirst = ids.every((id) => !seen.has(id))
    for (const id of ids) seen.add(id)
    return isFirst
  })
}
