import { digest } from '../../runtime/ids.ts'
import type { Item, Key, Store } from '../../runtime/store.ts'
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

/** Marks events of one item, unless they are marked, and returns all of its marks. Throws `HttpProblem` 503 `contended`. */
export const mark = (deps: FeedDeps, about: string, events: readonly Marked[], from: number): Promise<Marks> =>
  change(deps, about, (marks) => withMarks(marks, events.map(digestOf), from))

/** Raises marks of events that are in no page up to that number: who looks for them again begins there. */
export const raise = (deps: FeedDeps, about: string, events: readonly Marked[], to: number): Promise<Marks> =>
  change(deps, about, (marks) => raised(marks, events.map(digestOf), to))

async function change(deps: FeedDeps, about: string, decide: (marks: Marks) => Marks): Promise<Marks> {
  const now = deps.clock.now()
  const state = await update(deps, markItem, about, { cause: 'feed', at: now, by: 'feed' }, (found) => {
    const before = found?.state.marks ?? {}
    const marks = decide(before)
    if (marks === before) return undefined
    // Clocks differ: whoever marks last must not shorten what others need.
    const ttl = Math.max(ttlOf(deps, now), found?.state.ttl ?? 0)
    return { state: { ...keyOf(about), version: 1, marks, ttl }, emits: [] }
  })
  return state?.marks ?? {}
}

/** The marks of an order. */
export async function marksOf(store: Store, orderId: string): Promise<Marks> {
  const item = await store.get(keyOf(orderId), { consistent: true })
  return (item as MarkItem | undefined)?.marks ?? {}
}
