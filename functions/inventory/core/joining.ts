import type { Reservation } from './reservation.ts'
import { type Stock, reservable, unitsDue } from './stock.ts'
import { type QueueChange, type Waiter, changedQueue, isBefore } from './waiting.ts'

/** The queues that orders join, as they are once all changes of a write are made. */
interface Joined {
  readonly stockOf: (sku: string) => Stock | undefined
  /** Who stood behind the first one that joins, before the write; undefined where that is not known. */
  readonly queueBehind: (sku: string) => readonly Waiter[] | undefined
  readonly queued: readonly QueueChange[]
  /** Ids of the active warehouses. */
  readonly active: readonly string[]
}

/** Units of the sku for which orders begin to wait. */
export const unitsJoined = (queued: readonly QueueChange[], sku: string): number =>
  queued.reduce((sum, { waiter, does }) => (does === 'join' && waiter.sku === sku ? sum + waiter.units : sum), 0)

/**
 * The skus whose queues are to be tried as orders have joined them: the first one that was short, of each order that may have all that it wants.
 * That is one which joined before others, of whose units it takes some; or units came back after it was decided, in the same write. Who stands last
 * can have nothing, or would not wait: with that, a queue that grows is not tried with each order.
 */
export function awaitedByJoined(reservations: readonly Reservation[], joined: Joined): readonly string[] {
  const waiters = joined.queued.filter(({ does }) => does === 'join').map(({ waiter }) => waiter)
  const skus = reservations.flatMap(({ id, shortages = [] }) => {
    const places = waiters.filter((waiter) => waiter.id === id)
    return places.length > 0 && places.every((place) => mayHave(place, joined)) ? shortages.slice(0, 1) : []
  })
  return [...new Set(skus.map(({ sku }) => sku))] // mutant: waiting-before
}

/** Whether its units are there beside those that are due to who stands before it, as far as that is known. */
function mayHave(waiter: Waiter, { stockOf, queueBehind, queued, active }: Joined): boolean {
  const { sku, units } = waiter
  const stock = stockOf(sku)
  if (stock === undefined) return false
  const others = unitsDue(stock) - units
  const known = queueBehind(sku)
  const behind = known && queued.filter((change) => change.waiter.sku === sku).reduce(changedQueue, known)
  const dueBehind = behind
    ? behind.filter((other) => isBefore(waiter, other)).reduce((sum, other) => sum + other.units, 0)
    : others
  return reservable(stock, active, others - dueBehind) >= units
}
