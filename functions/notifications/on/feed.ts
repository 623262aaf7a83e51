import type { FeedEvent } from '../../../schemas/feed.ts'
import { contended } from '../../runtime/errors.ts'
import type { Consumer, Failure, Received } from '../../runtime/events.ts'
import { logger } from '../../runtime/log.ts'
import { sideBySide } from '../../runtime/side-by-side.ts'
import { contention } from '../../runtime/update.ts'
import { isTaken, ttlOf } from '../core/feed-days.ts'
import { feedEventOf } from '../core/feed-event.ts'
import type { Marks } from '../core/feed-marks.ts'
import { type Head, partitionOf } from '../core/feed-place.ts'
import type { FeedDeps } from '../deps.ts'
import { hintAt } from '../store/feed-head.ts'
import { aboutOf, digestOf, knownMarks, mark, raise } from '../store/feed-mark-item.ts'
import type { FeedMemory } from '../store/feed-memory.ts'
import { packed, pageItem } from '../store/feed-page-item.ts'

/** How many items with marks are read and written at a time. */
const atOnce = 32
/** An event that was looked for in more pages than these is marked anew, so that nobody looks there again. */
const farBehind = 16
/** Pages that are looked at together. */
const pagesAtOnce = 50
/** What one delivery looks at; the next one goes on from there. */
const mostPages = 400

/** An event that is on its way into a page. */
interface Open {
  readonly event: FeedEvent
  readonly messageId: string
  /** It is in no page up to this one. */
  clearTo: number
  /** Its mark. */
  from: number
}

/**
 * Takes the events of a delivery into the log, each once. They go into one page, which is put behind the newest one where no other writer has
 * put a page there; who loses looks at that page, and tries the number behind it. Before, each event is marked with the newest page that
 * is known: no writer puts an event before it has looked for it in all pages between its first mark and the page that it is about to put.
 */
export function feedConsumer(deps: FeedDeps, memory: FeedMemory): Consumer {
  return async (batch) => {
    const failures: Failure[] = []
    const events = takenOf(deps, batch)
    if (events.length === 0) return failures
    const head = await memory.head(deps.store, deps.clock)
    const groups = [...Map.groupBy(events, ({ event }) => aboutOf(event))]
    const open: Open[] = []
    const known = await knownMarks(
      deps.store,
      groups.map(([about]) => about),
    )
    await sideBySide(groups, atOnce, async ([about, members]) => {
      try {
        const marks = await mark(deps, { about, events: members.map(({ event }) => event), from: head.number, known })
        open.push(...members.map((member) => openOf(member, marks, head)))
      } catch (error) {
        failures.push(...members.map(({ messageId }) => ({ messageId, error })))
      }
    })
    // In the order of their arrival, whichever mark came first.
    const order = new Map(events.map(({ event }, index) => [event.id, index]))
    open.sort((a, b) => (order.get(a.event.id) ?? 0) - (order.get(b.event.id) ?? 0))
    try {
      await append(deps, memory, open, head)
    } catch (error) {
      failures.push(...open.map(({ messageId }) => ({ messageId, error })))
    }
    return failures
  }
}

interface Taken {
  readonly event: FeedEvent
  readonly messageId: string
}

/** The events of a delivery, each once, without those that can only come out of an archive and would not be recognized. */
function takenOf({ feedDays, clock }: FeedDeps, batch: readonly Received[]): readonly Taken[] {
  const now = clock.now()
  const events = new Map<string, Taken>()
  for (const received of batch) {
    const event = feedEventOf(received.contract, received)
    // mutant: feed-too-old
    if (!isTaken({ feedDays }, Date.parse(event.time), now))
      logger.info('too old for the feed', { eventId: event.id, correlationId: event.correlationId })
    else events.set(event.id, { event, messageId: received.messageId })
  }
  return [...events.values()]
}

function openOf({ event, messageId }: Taken, marks: Marks, head: Head): Open {
  const from = marks[digestOf(event)] ?? head.number // mutant: feed-from
  return { event, messageId, clearTo: from, from }
}

/** Puts pages until all of these events are in one. What is done leaves `open`, so that the rest is what failed. */
async function append(deps: FeedDeps, memory: FeedMemory, open: Open[], known: Head): Promise<void> {
  const { store, clock } = deps
  const races = contention(deps)
  let head = known
  for (;;) {
    await dropTaken(deps, memory, open, head)
    if (open.length === 0) return
    const { events, text } = packed(open.map(({ event }) => event))
    const [number, at] = [head.number + 1, Math.max(head.at, clock.now())] // mutant: feed-time
    const outcome = await store.write({ put: pageItem(number, at, text, ttlOf(deps, at)), if: 'absent' }) // mutant: feed-append
    if (outcome.ok) {
      open.splice(0, events.length)
      const opensPartition = partitionOf(number) !== partitionOf(head.number)
      head = memory.put({ number, at, events }, clock)
      races.won()
      if (opensPartition) await hintAt(deps, head).catch((error: Error) => logger.warn('no hint', { error }))
    } else {
      head = await memory.headAfter(store, clock, head)
      await races.lost('the feed')
    }
  }
}

/** Looks for these events in the pages between their marks and the newest one, and drops those that it finds. */
async function dropTaken(deps: FeedDeps, memory: FeedMemory, open: Open[], head: Head): Promise<void> {
  let looked = 0
  for (;;) {
    const behind = open.filter(({ clearTo }) => clearTo < head.number)
    if (behind.length === 0) break
    const numbers = nextPages(behind, head)
    const ids = await memory.idsIn(deps.store, numbers)
    for (const each of behind) {
      let isFound = false
      for (let next = each.clearTo + 1; ids.has(next) && !isFound; next += 1) {
        isFound = ids.get(next)?.has(each.event.id) === true // mutant: feed-look
        each.clearTo = next
      }
      if (isFound) open.splice(open.indexOf(each), 1)
    }
    looked += numbers.length
    // What was looked at counts also where this delivery comes to nothing: the next one need not begin anew.
    await raiseMarks(deps, open) // mutant: feed-far-behind
    if (looked >= mostPages) throw contended('the feed')
  }
}

/** The pages that these events are looked for in next: a few for each, in order. */
function nextPages(behind: readonly Open[], head: Head): readonly number[] {
  const numbers = new Set<number>()
  for (let step = 1; step <= 8; step += 1)
    for (const { clearTo } of behind)
      if (clearTo + step <= head.number && numbers.size < pagesAtOnce) numbers.add(clearTo + step)
  return [...numbers]
}

async function raiseMarks(deps: FeedDeps, open: readonly Open[]): Promise<void> {
  const far = open.filter(({ clearTo, from }) => clearTo - from > farBehind)
  await sideBySide([...Map.groupBy(far, ({ event }) => aboutOf(event))], atOnce, async ([about, members]) => {
    await raise(deps, about, new Map(members.map(({ event, clearTo }) => [digestOf(event), clearTo])))
    for (const each of members) each.from = each.clearTo
  })
}
