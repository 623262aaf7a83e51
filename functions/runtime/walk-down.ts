import { type Clock, sortableTime } from './clock.ts'
import { cursorOf, positionOf } from './cursor.ts'
import type { Refuse } from './errors.ts'

const dayMs = 86_400_000
/** After this no further page is begun: a function of the API has 10 s, and a query of a table that is slow may take several of them. */
const maxReadingMs = 4_000
/** The place of an item in the order of times, or the beginning of a partition. */
const place = /^\d{13}(#[A-Za-z0-9_-]{1,64})?$/

/** The times to list, the newest first: from `from`, up to but without `position` (both as indexes sort them). */
export interface Times {
  readonly from: string
  readonly position: string
}

interface Asked {
  readonly from?: string | undefined
  readonly to?: string | undefined
  readonly cursor?: string | undefined
}

/**
 * The times that a request lists. `earliest` is their beginning where it names none, by their end; times are milliseconds since 1970. Refuses
 * a range that ends before it begins. Throws `InvalidCursor`.
 */
export function timesOf(
  asked: Asked,
  earliest: (end: number) => number,
  now: number,
  refuse: Refuse<'validation_failed'>,
): Times {
  const to = asked.to === undefined ? undefined : Date.parse(asked.to)
  const from = asked.from === undefined ? earliest(to ?? now) : Date.parse(asked.from)
  if (to !== undefined && from > to)
    throw refuse('validation_failed', 'The request has invalid fields.', {
      errors: [{ path: 'from', message: 'later than to' }],
    })
  // Nothing is newer than now, give or take the differences of clocks.
  const end = Math.min(to ?? now + dayMs, now + dayMs)
  return {
    from: sortableTime(Math.max(Math.min(from, end), 0)),
    position: asked.cursor === undefined ? sortableTime(Math.max(end, 0)) : positionOf(asked.cursor, place),
  }
}

interface Bounds {
  readonly limit: number
  /** Pages that one request reads. */
  readonly mostPages: number
  /** When the request began, in milliseconds since 1970. */
  readonly began: number
}

/** What one page brought: `undefined` in its place where the next request has to read it. */
export interface Read<Entry> {
  readonly items: readonly Entry[]
  /** Where to go on. */
  readonly next: string
}

/**
 * Lists by times, page by page. `read` gets where it stands and how many are still wanted, and brings no more than those. Work per request is
 * bounded: a list may hold fewer than `limit`, or none, and still have a cursor.
 */
export async function walkDown<Entry>(
  clock: Clock,
  { from, position }: Times,
  { limit, mostPages, began }: Bounds,
  read: (to: string, wanted: number) => Promise<Read<Entry> | undefined>,
): Promise<{ readonly items: Entry[]; readonly cursor?: string }> {
  const items: Entry[] = []
  let to = position
  for (let pages = 0; pages < mostPages && items.length < limit && to > from; pages += 1) {
    if (clock.now() - began >= maxReadingMs) break
    const page = await read(to, limit - items.length)
    if (page === undefined) break
    items.push(...page.items)
    to = page.next
  }
  return { items, ...(to > from && { cursor: cursorOf(to) }) }
}
