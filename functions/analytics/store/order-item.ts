import type { Envelope } from '../../../schemas/contract.ts'
import type { Item, Store } from '../../runtime/store.ts'
import { type Codec, inPlaceOf, revisionOf, update } from '../../runtime/update.ts'
import { type CountedEvent, type CountedOrder, evolve } from '../core/counted-order.ts'
import { type Counts, type CountsBy, countsOf, difference, soldOn } from '../core/counts.ts'
import type { AnalyticsDeps } from '../deps.ts'

/** Units of a product in an order, and the price of one in minor units; without it, nobody knows the price. */
export type SoldLine = readonly [sku: string, units: number, price?: number]

/** An order as the reports know it, and what its last change adds to them. */
export interface Counted {
  readonly id: string
  readonly order: CountedOrder
  /** What was ordered; `aside` where it lies in an item of its own. */
  readonly lines?: readonly SoldLine[] | 'aside'
  /** What this very version adds to the figures of days, as the outbox of other items names the events that a version causes. */
  readonly adds?: CountsBy
  /** By day and currency, how often this version adds the lines to what was sold: 1, or -1 to take them back. */
  readonly sold?: Counts
}

/** The sort key of orders, by which their stream is filtered. */
export const orderSort = 'order'
/** More lines than these lie aside, so that a change of an order stays one write unit. */
const maxLinesWithin = 12

/** One item for each order: what is known of it, without anything about a person. */
export const orderItem: Codec<Counted> = {
  noun: 'the order in the reports',
  key: (orderId) => ({ pk: orderId, sk: orderSort }),
  read: (item) => ({ state: { id: item.pk, ...(item as Item & Omit<Counted, 'id'>) }, item }),
  writes: (before, { state: { id, order, lines, adds, sold } }, origin) => [
    inPlaceOf(before?.item, {
      ...orderItem.key(id),
      order,
      ...(lines && { lines }),
      ...(adds && { adds }),
      ...(sold && { sold }),
      ...revisionOf(before?.item, [], origin),
    }),
  ],
}

const asideOf = (orderId: string) => ({ pk: orderId, sk: 'lines' })

/** What was ordered, wherever it lies. */
export async function linesOf(store: Store, { id, lines = [] }: Counted): Promise<readonly SoldLine[]> {
  if (lines !== 'aside') return lines
  const item = await store.get(asideOf(id), { consistent: true })
  if (item === undefined) throw new Error(`The lines of ${id} are not where they were put.`)
  return (item as Item & { readonly lines: readonly SoldLine[] }).lines
}

/**
 * Adds an event to an order, with what it adds to the reports; an event without news writes nothing. Throws `HttpProblem` 503 `contended`
 * when other writers are always first.
 */
export async function countOrder(
  deps: AnalyticsDeps,
  { id: cause, data: { orderId } }: Envelope<{ readonly orderId: string }>,
  event: CountedEvent,
  ordered?: readonly SoldLine[],
): Promise<void> {
  const { store, clock, days } = deps
  const origin = { cause, at: clock.now(), by: 'analytics' }
  await update(deps, orderItem, orderId, origin, async (found) => {
    const before = found?.state.order ?? {}
    const order = evolve(before, event)
    if (order === before) return undefined
    const isAside = ordered !== undefined && ordered.length > maxLinesWithin
    // Without a condition: the lines of an order are always the same ones.
    if (isAside) await store.write({ put: { ...asideOf(orderId), version: 1, lines: ordered }, if: 'any' })
    const lines = found?.state.lines ?? (isAside ? 'aside' : ordered)
    const adds = difference(countsOf(before, days.of), countsOf(order, days.of)) // mutant: only-news
    const { sold } = difference({ sold: soldOn(before, days.of) }, { sold: soldOn(order, days.of) })
    return { state: { id: orderId, order, ...(lines && { lines }), adds, ...(sold && { sold }) }, emits: [] }
  })
}
