import { sellable } from './level.ts'
import { type Stock, unitsDue } from './stock.ts'

/** The place of an order in the queues of its skus: the one that was placed first is the first. */
export interface Place {
  readonly id: string
  /** When its order was placed, RFC 3339. */
  readonly placedAt: string
}

/** The units of one sku that an order waits for. */
export interface Waiter extends Place {
  readonly sku: string
  readonly units: number
}

/** An order that begins to wait for a sku, or that waits no more. */
export interface QueueChange {
  readonly waiter: Waiter
  readonly does: 'join' | 'leave'
}

export const isBefore = (a: Place, b: Place): boolean =>
  a.placedAt === b.placedAt ? a.id < b.id : a.placedAt < b.placedAt // mutant: waiting-order

/** Units that are due to the orders before the place, whether these can have their other skus or not. */
export const dueBefore = (queue: readonly Waiter[], place: Place): number =>
  queue.filter((waiter) => isBefore(waiter, place)).reduce((sum, { units }) => sum + units, 0)

/** The queue after the change. */
export const changedQueue = (queue: readonly Waiter[], { waiter, does }: QueueChange): readonly Waiter[] =>
  does === 'join' ? [...queue, waiter] : queue.filter(({ id }) => id !== waiter.id)

/** The stock with the units of the change due, or due no more. */
export const changedStock = (stock: Stock, { waiter, does }: QueueChange): Stock => ({
  ...stock,
  waiting: unitsDue(stock) + (does === 'join' ? waiter.units : -waiter.units), // mutant: waiting-units
})

/** Whether so many more units of the sku may be waited for: its product allows it, and its cap, if any, has room. */
export const mayWait = (stock: Stock | undefined, units: number): boolean =>
  stock?.backorder !== undefined &&
  !stock.retired && // mutant: waiting-retired
  unitsDue(stock) + units <= (stock.backorder.cap ?? Infinity) // mutant: waiting-cap

/** Units that could be held, in whatever warehouse. */
export const unheld = ({ levels }: Stock): number =>
  [...levels.values()].reduce((sum, level) => sum + sellable(level), 0)

/** Whether the product is promised for another time. */
export const isPromisedOtherwise = (before: Stock | undefined, after: Stock): boolean =>
  before !== undefined && before.backorder?.shipBy !== after.backorder?.shipBy

/** The event of a stock of which something else is expected or promised: where nobody waits there is none. */
export const ofExpected = (stock: Stock): readonly ['stock.expected'] | readonly [] =>
  unitsDue(stock) > 0 ? ['stock.expected'] : []

/**
 * Whether the change of a stock may let an order that waited before have what it waits for: more is there beyond what is due. `joined` are
 * the units of orders that begin to wait by the same change: what is due to these takes nothing from those.
 */
export function isAwaited(before: Stock | undefined, after: Stock, joined = 0): boolean {
  if (unitsDue(after) === 0 || unheld(after) === 0) return false
  const had = before ? unheld(before) - unitsDue(before) : 0
  return unheld(after) - unitsDue(after) + joined > had // mutant: waiting-awaited
}
