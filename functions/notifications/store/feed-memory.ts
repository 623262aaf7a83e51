import type { Clock } from '../../runtime/clock.ts'
import type { Store } from '../../runtime/store.ts'
import type { Head } from '../core/feed-place.ts'
import { findHead, headAfter } from './feed-head.ts'
import { type FeedPage, readPages } from './feed-page-item.ts'

/**
 * How long a function goes on from the newest page that it knows, in milliseconds. It must be far less than pages are kept: the number of a
 * page that is gone could be put once more by who still takes it for the next one.
 */
const freshMs = 3_600_000

/** How long it takes that page for the newest without looking, in milliseconds: that saves reads, and decides nothing. */
const newMs = 1_000

/** How many of the pages before the newest one a function keeps in mind. */
const mostKept = 200

/** What a warm function knows of the log from one delivery to the next. */
export class FeedMemory {
  #head: { readonly head: Head; readonly seenAt: number } | undefined
  readonly #ids = new Map<number, ReadonlySet<string>>()

  /** The newest page as of a moment ago: there may be later ones. */
  async head(store: Store, clock: Clock): Promise<Head> {
    const known = this.#head
    const age = known ? clock.now() - known.seenAt : Infinity
    if (!known || age >= freshMs) return this.#keep(await findHead(store), clock) // mutant: feed-stale-head
    return age < newMs ? known.head : this.headAfter(store, clock, known.head)
  }

  /** The newest page after this one, which somebody else has followed. */
  async headAfter(store: Store, clock: Clock, head: Head): Promise<Head> {
    return this.#keep(await headAfter(store, head), clock)
  }

  /** Keeps a page in mind that was put by this function. */
  put({ number, at, events }: FeedPage, clock: Clock): Head {
    this.#remember(number, new Set(events.map(({ id }) => id)))
    return this.#keep({ number, at }, clock)
  }

  /** The ids of the events of these pages; of one that is gone, none. */
  async idsIn(store: Store, numbers: readonly number[]): Promise<ReadonlyMap<number, ReadonlySet<string>>> {
    const unknown = numbers.filter((number) => !this.#ids.has(number))
    const read = await readPages(store, unknown)
    const found = numbers.map((number): [number, ReadonlySet<string>] => [
      number,
      this.#ids.get(number) ?? new Set(read.get(number)?.events.map(({ id }) => id)),
    ])
    for (const [number, ids] of found) this.#remember(number, ids)
    return new Map(found)
  }

  #keep(head: Head, clock: Clock): Head {
    this.#head = { head, seenAt: clock.now() }
    return head
  }

  #remember(number: number, ids: ReadonlySet<string>): void {
    this.#ids.set(number, ids)
    for (const oldest of this.#ids.keys()) {
      if (this.#ids.size <= mostKept) return
      this.#ids.delete(oldest)
    }
  }
}
