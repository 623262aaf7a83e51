import type { FeedEvent } from '../../../schemas/feed.ts'
import { answeredBytes, isFull } from '../../runtime/page-size.ts'
import { readableFrom } from '../core/feed-days.ts'
import { type FeedPlace, comesBefore } from '../core/feed-place.ts'
import type { FeedDeps } from '../deps.ts'
import { findHead } from './feed-head.ts'
import { digestOf, marksOf } from './feed-mark-item.ts'
import { readPages } from './feed-page-item.ts'
import type { FeedRead, Wanted } from './feed-read.ts'

/** An event stands so few pages behind its mark, unless its writer was held up. */
const near = 8
/** Pages that are read together, and those that one request reads of what is not near. */
const pagesAtOnce = 50
const mostPages = 150

/** An event of the order that was not found yet: it is in no page before this one. */
interface Sought {
  readonly digest: string
  readonly from: number
  next: number
}

interface Found {
  readonly place: FeedPlace
  readonly event: FeedEvent
}

/**
 * What of the feed is of one order, from a place on: the events of the pages behind the marks of the order. An event that was marked and is in
 * no page yet is looked for in all pages from that place on, as far as one request goes.
 */
export async function readStory(
  deps: FeedDeps,
  orderId: string,
  from: FeedPlace,
  { limit, isWanted }: Wanted,
): Promise<FeedRead> {
  // In this order: what is in a page up to this one has its mark.
  const head = await findHead(deps.store)
  const marks = await marksOf(deps.store, orderId)
  const sought = Object.entries(marks).map(([digest, mark]): Sought => ({ digest, from: mark, next: mark + 1 }))
  const found = await seek(deps, orderId, { sought, start: from.page, last: head.number })
  const missing = sought.filter(({ next }) => next <= head.number)
  const clearTo = Math.min(head.number, ...missing.map(({ next }) => next - 1))
  const known = found
    .filter(({ place, event }) => !comesBefore(place, from) && place.page <= clearTo && isWanted(event))
    .toSorted((a, b) => (comesBefore(a.place, b.place) ? -1 : 1))
  const events: FeedEvent[] = []
  let bytes = 0
  for (const { place, event } of known) {
    if (events.length === limit || isFull(bytes)) return { events, next: place, ends: 'enough' }
    events.push(event)
    bytes += answeredBytes(event)
  }
  const end = { page: clearTo + 1, index: 0 }
  const ends = clearTo === head.number ? 'no page' : 'enough'
  return { events, next: comesBefore(end, from) ? from : end, ends }
}

interface Search {
  readonly sought: readonly Sought[]
  /** Pages before this one are read near marks alone: what is in them was read before. */
  readonly start: number
  readonly last: number
}

/** Looks for events page by page, and returns all of the order that is in a page that was read. */
async function seek(deps: FeedDeps, orderId: string, { sought, start, last }: Search): Promise<readonly Found[]> {
  const edge = readableFrom(deps, deps.clock.now())
  const found = new Map<string, Found>()
  const seen = new Set<string>()
  const known = new Set<number>()
  const open = (): readonly Sought[] => sought.filter(({ digest, next }) => !seen.has(digest) && next <= last)
  const look = async (numbers: readonly number[]): Promise<void> => {
    const pages = await readPages(deps.store, numbers)
    for (const [number, page] of pages)
      for (const [index, event] of page.events.entries()) {
        if (event.orderId !== orderId) continue
        seen.add(digestOf(event))
        if (page.at >= edge) found.set(event.id, { place: { page: number, index }, event })
      }
    for (const number of numbers) known.add(number)
  }
  const goOn = (from: number): void => {
    for (const each of open()) {
      each.next = Math.max(each.next, from)
      while (known.has(each.next)) each.next += 1
    }
  }
  for (let numbers = nearPages(open(), last); numbers.length > 0; numbers = nearPages(open(), last)) {
    await look(numbers)
    goOn(0)
  }
  goOn(start)
  // Pages near marks do not count: however many events an order has, each request gets further.
  let looked = 0 // mutant: feed-story-far
  while (looked < mostPages) {
    const numbers = pagesFrom(Math.min(...open().map(({ next }) => next)), last, known)
    if (numbers.length === 0) break
    await look(numbers)
    looked += numbers.length
    goOn(start)
  }
  for (const each of sought) if (seen.has(each.digest)) each.next = last + 1
  return [...found.values()]
}

/** What to read next near the marks of events. */
function nearPages(open: readonly Sought[], last: number): readonly number[] {
  const numbers = new Set<number>()
  for (let step = 0; step < near; step += 1)
    for (const { from, next } of open) {
      const number = next + step
      if (number <= Math.min(last, from + near) && numbers.size < pagesAtOnce) numbers.add(number)
    }
  return [...numbers]
}

/** What to read next from a page on, whatever is near: an event that was not found can be in any page behind it. */
function pagesFrom(first: number, last: number, known: ReadonlySet<number>): readonly number[] {
  const numbers: number[] = []
  for (let number = first; number <= last && numbers.length < pagesAtOnce; number += 1)
    if (!known.has(number)) numbers.push(number)
  return numbers
}
