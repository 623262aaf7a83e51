import { timeOf } from '../../runtime/clock.ts'
import type { Item, Key, Store, Write } from '../../runtime/store.ts'
import type { Snapshot } from '../core/decide-batch.ts'
import type { Sources, WantedLine } from '../core/sourcing.ts'
import { pending } from '../core/reservation.ts'
import { type HoldRequest, type ReservationRequest, reservationsOf } from '../core/reservation-request.ts'
import type { Expected } from '../core/under-way.ts'
import { incoming } from '../core/level.ts'
import { type Stock, unitsDue } from '../core/stock.ts'
import { type Place, type Waiter, isBefore, unheld } from '../core/waiting.ts'
import { keyOf } from '../../runtime/store.rules.ts'
import { type ReservationItem, readReservation, reservationKey } from './reservation-item.ts'
import { type StockItem, readStock, stockKey } from './stock-item.ts'
import { expectedOf } from './supply-item.ts'
import { queuePage } from './waiter-item.ts'

/** The items of the requests at hand, as last seen. */
export class ItemCache {
  readonly #store: Store
  readonly #items = new Map<string, Item | undefined>()
  readonly #queues = new Map<string, readonly Waiter[]>()
  /** Behind the first of those that are about to join. */
  readonly #behind = new Map<string, readonly Waiter[] | undefined>()
  readonly #expected = new Map<string, readonly Expected[]>()

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

  snapshot(from: Pick<Sources, 'sites' | 'rule'>, now: number): Snapshot {
    return {
      reservationOf: (id) => this.reservationOf(id),
      stockOf: (sku) => this.stockOf(sku),
      queueOf: (sku) => this.#queues.get(sku) ?? [],
      queueBehind: (sku) => this.#behind.get(sku),
      expectedOf: (sku) => this.#expected.get(sku) ?? [],
      ...from,
      now: timeOf(now),
      // Whole seconds, because schedules have no others: a timer that is due is then never early.
      after: (seconds) => timeOf(Math.floor(now / 1_000 + seconds) * 1_000),
    }
  }

  forget(): void {
    this.#items.clear()
    this.#queues.clear()
    this.#behind.clear()
    this.#expected.clear()
  }

  /** Reads what the requests need and the cache has not seen yet. Consistently: no request is refused because of an old answer. */
  async read(requests: readonly ReservationRequest[]): Promise<void> {
    await this.#load(
      requests.flatMap((request) => [...reservationsOf(request).map(reservationKey), ...wantedKeys(request)]),
    )
    await this.#load(
      requests.flatMap(({ move, id }) => {
        const reservation = move === 'estimate' ? undefined : this.reservationOf(id)
        return reservation ? skusOf(reservation).map(stockKey) : []
      }),
    )
    await this.#loadExpected(requests)
    await this.#loadBehind(requests)
    const filled = requests.flatMap(({ move, id }) => (move === 'fill' ? (this.reservationOf(id) ?? []) : []))
    await this.#loadQueues(filled.filter(({ wanted }) => this.#areThere(wanted)))
  }

  /** Whether there are units for all of it, those that are due to others among them: nobody else is filled, whoever stands before. */
  #areThere(lines: readonly WantedLine[]): boolean {
    return lines.every(([sku, units]) => {
      const stock = this.stockOf(sku)
      return stock !== undefined && unheld(stock) >= units
    })
  }

  /** Reads the orders before these in the queue of each of their skus: after the stock, whose version each change of its queue moves. */
  async #loadQueues(waiting: readonly ReservationItem[]): Promise<void> {
    const lasts = new Map<string, Place>()
    for (const { id, wanted, backorder } of waiting) {
      const place = { id, placedAt: backorder?.placedAt ?? '' }
      for (const [sku] of wanted) {
        const last = lasts.get(sku)
        if (last === undefined || isBefore(last, place)) lasts.set(sku, place)
      }
    }
    await Promise.all(Array.from(lasts, async ([sku, last]) => this.#queues.set(sku, await this.#queueUpTo(sku, last))))
  }

  /**
   * Reads who waits behind the orders that may be about to join a queue: a page, which has most of the time all. Only where there are units of each
   * sku that such an order wants, those that are due to others among them: elsewhere nobody asks.
   */
  async #loadBehind(requests: readonly ReservationRequest[]): Promise<void> {
    this.#behind.clear()
    const joining = requests.filter(mayJoin).filter(({ id }) => this.reservationOf(id) === undefined)
    const demand = demandOf(joining)
    const firsts = new Map<string, Place>()
    const skus = new Set<string>()
    for (const { id, lines, backorder } of joining) {
      const place = { id, placedAt: backorder.placedAt }
      const isThere = this.#areThere(lines)
      for (const [sku] of lines) {
        const first = firsts.get(sku)
        if (first === undefined || isBefore(place, first)) firsts.set(sku, place)
        if (isThere && this.#isShort(sku, demand)) skus.add(sku)
      }
    }
    await Promise.all(
      Array.from(skus, async (sku) => {
        const page = await queuePage(this.#store, sku, { limit: 100, after: firsts.get(sku) })
        if (page.cursor === undefined) this.#behind.set(sku, page.waiters)
      }),
    )
  }

  /** Whether less of it is there beyond what is due than these want. */
  #isShort(sku: string, demand: ReadonlyMap<string, number>): boolean {
    const stock = this.stockOf(sku)
    return stock !== undefined && unheld(stock) - unitsDue(stock) < (demand.get(sku) ?? 0)
  }

  /** Reads what is on its way of the skus of which these orders want more than there is, where they may wait. */
  async #loadExpected(requests: readonly ReservationRequest[]): Promise<void> {
    const demand = demandOf(requests.filter(mayJoin))
    const short = [...demand.keys()].filter((sku) => {
      const levels = this.stockOf(sku)?.levels.values() ?? []
      const isUnderWay = [...levels].some((level) => incoming(level) > 0)
      return isUnderWay && this.#isShort(sku, demand) && !this.#expected.has(sku)
    })
    await Promise.all(short.map(async (sku) => this.#expected.set(sku, await expectedOf(this.#store, sku))))
  }

  /** No further than there are units: behind that nobody has any. */
  async #queueUpTo(sku: string, last: Place): Promise<readonly Waiter[]> {
    const stock = this.stockOf(sku)
    const most = stock ? unheld(stock) : 0
    const queue: Waiter[] = []
    let [units, cursor]: [number, string | undefined] = [0, undefined]
    do {
      const page = await queuePage(this.#store, sku, { limit: 100, cursor, before: last })
      queue.push(...page.waiters)
      units += page.waiters.reduce((sum, each) => sum + each.units, 0)
      cursor = page.cursor
    } while (cursor !== undefined && units < most)
    return queue
  }

  async #load(keys: readonly Key[]): Promise<void> {
    const missing = keys.filter((key) => !this.#items.has(nameOf(key)))
    if (missing.length === 0) return
    for (const key of missing) this.#items.set(nameOf(key), undefined)
    for (const item of await this.#store.getMany(missing, { consistent: true })) this.#items.set(nameOf(item), item)
  }

  /** Writes all or none, and keeps what stands afterwards. */
  async write(writes: readonly Write[]): Promise<boolean> {
    const outcome = await this.#store.write(...writes) // mutant: batch-write
    this.#queues.clear()
    this.#behind.clear()
    if (outcome.ok) {
      for (const write of writes) if ('put' in write) this.#items.set(nameOf(write.put), write.put)
      return true
    }
    const found = new Map(outcome.failed.map((failed) => [failed.write, failed.found]))
    for (const [index, write] of writes.entries())
      if (found.has(index)) this.#items.set(nameOf(keyOf(write)), found.get(index))
    return false
  }
}

const nameOf = ({ pk, sk }: Key): string => `${pk}/${sk}`

type Backordered = HoldRequest & Required<Pick<HoldRequest, 'backorder'>>

/** Whether it waits where something is short. */
const mayJoin = (request: ReservationRequest): request is Backordered =>
  request.move === 'hold' && request.backorder !== undefined && request.takes === undefined

/** Units of each sku that these want together. */
function demandOf(requests: readonly HoldRequest[]): ReadonlyMap<string, number> {
  const demand = new Map<string, number>()
  for (const { lines } of requests) for (const [sku, units] of lines) demand.set(sku, (demand.get(sku) ?? 0) + units)
  return demand
}

const wantedKeys = (request: ReservationRequest): Key[] =>
  request.move === 'hold' && request.takes === undefined ? request.lines.map(([sku]) => stockKey(sku)) : []

/** What the move under way still needs, what is waited for, and all that is held: it may be about to go back, also half-way through a hold. */
const skusOf = (reservation: ReservationItem): readonly string[] => {
  const waits = reservation.status === 'waiting' ? reservation.wanted : []
  return [...new Set([...pending(reservation), ...[...waits, ...reservation.lines].map(([sku]) => sku)])]
}
