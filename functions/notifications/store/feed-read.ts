import type { FeedEvent } from '../../../schemas/feed.ts'
import { answeredBytes, isFull } from '../../runtime/page-size.ts'
import { InvalidCursor } from '../../runtime/store.ts'
import { readableFrom, shownFrom } from '../core/feed-days.ts'
import { type FeedPlace, comesBefore } from '../core/feed-place.ts'
import type { FeedDeps } from '../deps.ts'
import { findHead } from './feed-head.ts'
import { type FeedPage, readPages } from './feed-page-item.ts'

/** What of the feed a request wants. */
export interface Wanted {
  readonly limit: number
  readonly isWanted: (event: FeedEvent) => boolean
}

/** What was read, and where to go on. */
export interface FeedRead {
  readonly events: readonly FeedEvent[]
  readonly next: FeedPlace
  /** Why it ends there: there is no page yet (or none any more), its time is over, or the request has read enough. */
  readonly ends: 'no page' | 'too old' | 'enough'
}

/** After this no further pages are read, in milliseconds: the function has 10 s, of which a request may wait for 5. */
const maxReadingMs = 2_000
/** Pages that one request reads; the cursor goes on from there. */
const mostPages = 100
/** Pages that are read together, at most. */
const pagesAtOnce = 16

/** Reads on from a place, page by page: it stops where there is no page, and nothing that comes later stands before that. */
export async function readOn(deps: FeedDeps, from: FeedPlace, { limit, isWanted }: Wanted): Promise<FeedRead> {
  const { store, clock } = deps
  const began = clock.now()
  const events: FeedEvent[] = []
  let [next, looked, bytes] = [from, 0, 0]
  for (
    let count = 1;
    looked < mostPages && clock.now() - began < maxReadingMs;
    count = Math.min(count * 2, pagesAtOnce)
  ) {
    const numbers = Array.from({ length: count }, (_, index) => next.page + index)
    const pages = await readPages(store, numbers)
    looked += count
    for (const number of numbers) {
      const page = pages.get(number)
      if (page === undefined) return { events, next, ends: 'no page' } // mutant: feed-hole
      if (page.at < readableFrom(deps, clock.now())) return { events, next, ends: 'too old' }
      if (next.index > page.events.length) throw new InvalidCursor('The page has fewer events.')
      for (const event of page.events.slice(next.index)) {
        if (isWanted(event)) {
          if (events.length === limit || isFull(bytes)) return { events, next, ends: 'enough' }
          events.push(event)
          bytes += answeredBytes(event)
        }
        next = { page: next.page, index: next.index + 1 } // mutant: feed-index
      }
      next = { page: number + 1, index: 0 }
    }
    if (events.length === limit) break
  }
  return { events, next, ends: 'enough' }
}

/** What there is at a place: its page; nothing yet, as it is the end; nothing any more; or a place where nothing has been. */
export type Standing = 'there' | 'end' | 'gone' | 'future'

export async function standingOf(deps: FeedDeps, { page, index }: FeedPlace): Promise<Standing> {
  const head = await findHead(deps.store)
  if (page > head.number) return page === head.number + 1 && index === 0 ? 'end' : 'future'
  const found = await pageAt(deps, page)
  return found && found.at >= readableFrom(deps, deps.clock.now()) ? 'there' : 'gone'
}

/** The first place that the feed shows. Times never go back from page to page, and the oldest pages are gone: it is found by halving. */
export async function oldest(deps: FeedDeps): Promise<FeedPlace> {
  const edge = shownFrom(deps, deps.clock.now())
  const head = await findHead(deps.store)
  let [low, high] = [1, head.number + 1]
  if (head.at < edge) low = high
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    const page = await pageAt(deps, middle)
    if (page && page.at >= edge) high = middle
    else low = middle + 1
  }
  return { page: low, index: 0 }
}

async function pageAt({ store }: FeedDeps, number: number): Promise<FeedPage | undefined> {
  return (await readPages(store, [number])).get(number)
}

export const isSame = (a: FeedPlace, b: FeedPlace): boolean => !comesBefore(a, b) && !comesBefore(b, a)
