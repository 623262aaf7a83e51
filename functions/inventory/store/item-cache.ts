import { timeOf } from '../../runtime/clock.ts'
import type { Item, Key, Store, Write } from '../../runtime/store.ts'
import type { Snapshot } from '../core/decide-batch.ts'
import type { Sources } from '../core/sourcing.ts'
import { pending } from '../core/reservation.ts'
import { type ReservationRequest, reservationsOf } from '../core/reservation-request.ts'
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
    const filled = requests.flatMap(({ move, id }) => (move === 'fill' ? (this.reservationOf(id) ?? []) : []))
    await this.#loadQueues(filled.filter((waiting) => this.#mayBeFilled(waiting)))
  }

  /** Whether there are units for it, those that are due to others among them: nobody else is filled, whoever stands before. */
  #mayBeFilled({ wanted }: ReservationItem): boolean {
    return wanted.every(([sku, units]) => {
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

  /** Reads what is on its way of the skus of which these orders want more than there is, where they may wait. */
  async #loadExpected(requests: readonly ReservationRequest[]): Promise<void> {
    const wanted = new Map<string, number>()
    for (const request of requests)
      if (request.move === 'hold' && request.backorder)
        for (const [sku, units] of request.lines) wanted.set(sku, (wanted.get(sku) ?? 0) + units)
    const short = [...wanted].filter(([sku, units]) => {
      const stock = this.stockOf(sku)
      const isUnderWay = stock !== undefined && [...stock.levels.values()].some((level) => incoming(level) > 0)
      return isUnderWay && unheld(stock) - unitsDue(stock) < units && !this.#expected.has(sku)
    })
    await Promise.all(short.map(async ([sku]) => this.#expected.set(sku, await expectedOf(this.#store, sku))))
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

const wantedKeys = (request: ReservationRequest): Key[] =>
  request.move === 'hold' && request.takes === undefined ? request.lines.map(([sku]) => stockKey(sku)) : []

/** What the move under way still needs, what is waited for, and all that is held: it may be about to go back, also half-way through a hold. */
const skusOf = (reservation: ReservationItem): readonly string[] => {
  const waits = reservation.status === 'waiting' ? reservation.wanted : []
  return [...new Set([...pending(reservation), ...[...waits, ...reservation.lines].map(([sku]) => sku)])]
}
