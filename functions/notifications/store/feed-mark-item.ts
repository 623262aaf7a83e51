import { digest } from '../../runtime/ids.ts'
import { type Item, type Key, type Store, over } from '../../runtime/store.ts'
import { plainCodec, update } from '../../runtime/update.ts'
import { ttlOf } from '../core/feed-days.ts'
import { type Marks, raised, withMarks } from '../core/feed-marks.ts'
import type { FeedDeps } from '../deps.ts'

/** The marks of the events of one order, or of one event that is of no order. */
interface MarkItem extends Item {
  readonly marks: Marks
}

/** What the mark of an event lies under. */
export interface Marked {
  readonly id: string
  readonly orderId?: string | undefined
}

const keyOf = (about: string): Key => ({ pk: about, sk: 'feed' })

const markItem = plainCodec<MarkItem>('the marks of an order in the feed', keyOf)

/** The name of the item with the mark of an event: that of its order has the others of the order, so that these are one write together. */
export const aboutOf = ({ id, orderId }: Marked): string => orderId ?? id

/** The name of an event among marks. */
export const digestOf = ({ id }: Marked): string => digest(id).slice(0, 16)

/** Items of marks by their names, as far as there are any: many are read by one call. */
export type KnownMarks = ReadonlyMap<string, Item>

export async function knownMarks(store: Store, abouts: readonly string[]): Promise<KnownMarks> {
  const items = await store.getMany(abouts.map(keyOf), { consistent: true })
  return new Map(items.map((item) => [item.pk, item]))
}

/**
 * Marks events of one item, unless they are marked, and returns all of its marks. What is known of the item saves reading it; where it has changed since,
 * it is read. Throws `HttpProblem` 503 `contended`.
 */
export async function mark(
  deps: FeedDeps,
  { about, events, from, known }: { about: string; events: readonly Marked[]; from: number; known: KnownMarks },
): Promise<Marks> {
  const digests = events.map(digestOf)
  const found = known.get(about)
  const before = (found as MarkItem | undefined)?.marks ?? {}
  const marks = withMarks(before, digests, from)
  if (marks === before) return before
  const outcome = await deps.store.write({ put: itemOf(deps, about, marks, found), if: over(found) }) // mutant: feed-mark
  return outcome.ok ? marks : change(deps, about, (others) => withMarks(others, digests, from))
}

/** Raises marks of events that are in no page up to these numbers, by their digests: who looks for them again begins there. */
export const raise = (deps: FeedDeps, about: string, clear: ReadonlyMap<string, number>): Promise<Marks> =>
  change(deps, about, (marks) => raised(marks, clear))

async function change(deps: FeedDeps, about: string, decide: (marks: Marks) => Marks): Promise<Marks> {
  const origin = { cause: 'feed', at: deps.clock.now(), by: 'feed' }
  const state = await update(deps, markItem, about, origin, (found) => {
    const before = found?.state.marks ?? {}
    const marks = decide(before)
    return marks === before ? undefined : { state: itemOf(deps, about, marks, found?.item), emits: [] }
  })
  return state?.marks ?? {}
}

function itemOf(deps: FeedDeps, about: string, marks: Marks, before: Item | undefined): MarkItem {
  // Clocks differ: whoever marks last must not shorten what others need.
  const ttl = Math.max(ttlOf(deps, deps.clock.now()), before?.ttl ?? 0)
  return { ...keyOf(about), version: (before?.version ?? 0) + 1, marks, ttl }
}

/** The marks of an order. */
export async function marksOf(store: Store, orderId: string): Promise<Marks> {
  const item = await store.get(keyOf(orderId), { consistent: true })
  return (item as MarkItem | undefined)?.marks ?? {}
}
