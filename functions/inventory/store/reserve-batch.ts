import { timeOf } from '../../runtime/clock.ts'
import { contended } from '../../runtime/errors.ts'
import { type Item, type Key, type Store, maxWrites as mostWrites } from '../../runtime/store.ts'
import type { InventoryDeps } from '../deps.ts'
import { type Group, group } from '../core/decide-batch.ts'
import {
  type Put,
  type ReservationItem,
  type StockItem,
  activeOf,
  putReservation,
  putStock,
  readReservation,
  readStock,
  reservationKey,
  stockKey,
  warehousesByPriority,
} from './inventory-items.ts'
import { type ReservationRequest, skusAhead } from '../core/reservation.ts'
import { type Stock, TornBooks } from '../core/stock.ts'

/** How a request ended: the reservation as it stands now, or what went wrong. */
export type Served = { readonly reservation: ReservationItem | undefined } | { readonly error: unknown }

/** Lost races in a row before the requests are given back; pauses between them grow to `pauseMs`. */
const maxLost = 25
const pauseMs = 100

/**
 * Carries the requests out, many in one write, in order of arrival, and answers in the same order. When a group fails whole, each
 * of its requests is tried by itself, so that none suffers from another.
 */
export async function serve(deps: InventoryDeps, requests: readonly ReservationRequest[]): Promise<readonly Served[]> {
  const books = new Books(deps.store)
  try {
    await serveAll(deps, books, requests)
    return requests.map(({ id }) => ({ reservation: books.reservationOf(id) }))
  } catch (error) {
    if (requests.length < 2) return [{ error }]
    const served: Served[] = []
    for (const request of requests) served.push(...(await serve(deps, [request])))
    return served
  }
}

async function serveAll(deps: InventoryDeps, books: Books, requests: readonly ReservationRequest[]): Promise<void> {
  const waiting = [...requests]
  let known: Promise<readonly string[]> | undefined
  const warehouses = () => (known ??= warehousesByPriority(deps.store).then(activeOf))
  let lost = 0
  while (waiting.length > 0) {
    const turn = firstOfEach(waiting)
    await books.read(turn)
    const won = await serveTurn(deps, books, turn, warehouses, waiting)
    lost = won ? 0 : lost + 1
    if (lost > maxLost) throw contended(turn.map(({ id }) => id).join(', '))
    if (lost > 1) await deps.clock.sleep(deps.random() * Math.min(pauseMs, 2 ** lost))
  }
}

/** One group, one write; the requests that are dealt with leave `waiting`. False when somebody else was faster. */
async function serveTurn(
  { clock, maxWrites = mostWrites }: InventoryDeps,
  books: Books,
  turn: readonly ReservationRequest[],
  warehouses: () => Promise<readonly string[]>,
  waiting: ReservationRequest[],
): Promise<boolean> {
  // Only a hold picks from warehouses; what is held knows where it is.
  const sources = turn.some(({ move }) => move === 'hold') ? await warehouses() : []
  const now = clock.now()
  const at = timeOf(now)
  const decided = decide(books, () => group(turn, books.ledger(sources, now), maxWrites))
  if (decided === undefined) return false
  const { stocks, reservations, finished } = decided
  const active = stocks.some((stock) => mayBeNews(books.stockOf(stock.sku), stock)) ? await warehouses() : []
  const writes = [
    ...stocks.map((stock) =>
      putStock(books.stockItemOf(stock.sku), stock, { cause: turn[0]?.cause ?? '', at }, { warehouses: active }),
    ),
    ...reservations.map(({ state, say, request }) =>
      putReservation(books.reservationOf(state.id), state, { cause: request.cause, at }, say),
    ),
  ]
  if (writes.length > 0 && !(await books.write(writes))) return false
  for (const request of finished) waiting.splice(waiting.indexOf(request), 1)
  return true
}

/** Whether the change may be news, whichever warehouses are active: something is there where nothing was, or less where a mark is. */
const mayBeNews = (before: Stock | undefined, { levels, lowStockAt }: Stock): boolean =>
  [...levels].some(([warehouseId, { available }]) => {
    const had = before?.levels.get(warehouseId)?.available ?? 0
    return available > had ? had === 0 : available < had && lowStockAt !== undefined
  })

/** Items are read one by one, so somebody may have written between two reads: then all is read again. */
function decide(books: Books, deciding: () => Group): Group | undefined {
  try {
    return deciding()
  } catch (error) {
    if (!(error instanceof TornBooks)) throw error
    books.forget()
    return undefined
  }
}

/** Of each reservation the request that came first. */
function firstOfEach(requests: readonly ReservationRequest[]): ReservationRequest[] {
  const seen = new Set<string>()
  return requests.filter(({ id }) => !seen.has(id) && seen.add(id))
}

/** The items that the requests at hand are about, as last seen. */
class Books {
  readonly #store: Store
  readonly #items = new Map<string, Item | undefined>()

  constructor(store: Store) {
    this.#store = store
  }

  reservationOf(id: string): ReservationItem | undefined {
    const item = this.#items.get(nameOf(reservationKey(id)))
    return item && readReservation(item)
  }

  stockItemOf(sku: string): StockItem | undefined {
    return this.#items.get(nameOf(stockKey(sku))) as StockItem | undefined
  }

  stockOf(sku: string): Stock | undefined {
    const item = this.stockItemOf(sku)
    return item && readStock(item)
  }

  ledger(warehouses: readonly string[], now: number) {
    return {
      reservationOf: (id: string) => this.reservationOf(id),
      stockOf: (sku: string) => this.stockOf(sku),
      warehouses,
      now: timeOf(now),
      // Whole seconds, because schedules have no others: a timer that is due is then never early.
      after: (seconds: number) => timeOf(Math.floor(now / 1_000 + seconds) * 1_000),
    }
  }

  forget(): void {
    this.#items.clear()
  }

  /** Reads what the requests need and was not seen yet. Consistently: nobody is refused because of an old answer. */
  async read(requests: readonly ReservationRequest[]): Promise<void> {
    await this.#load(requests.flatMap((request) => [reservationKey(request.id), ...wantedKeys(request)]))
    await this.#load(
      requests.flatMap(({ id }) => {
        const reservation = this.reservationOf(id)
        return reservation ? skusOf(reservation).map(stockKey) : []
      }),
    )
  }

  async #load(keys: readonly Key[]): Promise<void> {
    const missing = keys.filter((key) => !this.#items.has(nameOf(key)))
    if (missing.length === 0) return
    for (const key of missing) this.#items.set(nameOf(key), undefined)
    for (const item of await this.#store.getMany(missing, { consistent: true })) this.#items.set(nameOf(item), item)
  }

  /** Writes all or none; in both cases knows better afterwards. */
  async write(writes: readonly Put[]): Promise<boolean> {
    const outcome = await this.#store.write(...writes) // mutant: batch-write
    if (outcome.ok) {
      for (const { put } of writes) this.#items.set(nameOf(put), put)
      return true
    }
    const found = new Map(outcome.failed.map((failed) => [failed.write, failed.found]))
    for (const [index, { put }] of writes.entries())
      if (found.has(index)) this.#items.set(nameOf(put), found.get(index))
    return false
  }
}

const nameOf = ({ pk, sk }: Key): string => `${pk}/${sk}`

const wantedKeys = (request: ReservationRequest): Key[] =>
  request.move === 'hold' ? request.lines.map(([sku]) => stockKey(sku)) : []

/** What the move under way still needs, and all that is held: it may be about to go back, also half-way through a hold. */
const skusOf = (reservation: ReservationItem): readonly string[] => [
  ...new Set([...skusAhead(reservation), ...reservation.lines.map(([sku]) => sku)]),
]
