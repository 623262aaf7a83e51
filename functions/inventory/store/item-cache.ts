import { timeOf } from '../../runtime/clock.ts'
import type { Item, Key, Store } from '../../runtime/store.ts'
import type { Snapshot } from '../core/decide-batch.ts'
import { pending } from '../core/reservation.ts'
import type { ReservationRequest } from '../core/reservation-request.ts'
import type { Stock } from '../core/stock.ts'
import { type ReservationItem, readReservation, reservationKey } from './reservation-item.ts'
import { type Put, type StockItem, readStock, stockKey } from './stock-item.ts'

/** The items of the requests at hand, as last seen. */
export class ItemCache {
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

  snapshot(warehouses: readonly string[], now: number): Snapshot {
    return {
      reservationOf: (id) => this.reservationOf(id),
      stockOf: (sku) => this.stockOf(sku),
      warehouses,
      now: timeOf(now),
      // Whole seconds, because schedules have no others: a timer that is due is then never early.
      after: (seconds) => timeOf(Math.floor(now / 1_000 + seconds) * 1_000),
    }
  }

  forget(): void {
    this.#items.clear()
  }

  /** Reads what the requests need and the cache has not seen yet. Consistently: no request is refused because of an old answer. */
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

  /** Writes all or none, and keeps what stands afterwards. */
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
  ...new Set([...pending(reservation), ...reservation.lines.map(([sku]) => sku)]),
]
