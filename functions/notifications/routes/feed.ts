import type { FeedEvent, feedRoutes } from '../../../schemas/feed.ts'
import { publicEvents } from '../../../schemas/topology.ts'
import { cursorOf, positionOf } from '../../runtime/cursor.ts'
import type { Refuse } from '../../runtime/errors.ts'
import type { Handler } from '../../runtime/http.ts'
import { poll } from '../../runtime/poll.ts'
import { InvalidCursor } from '../../runtime/store.ts'
import { matches } from '../core/feed-event.ts'
import { type FeedPlace, placeForm, placeOf, placeText } from '../core/feed-place.ts'
import type { FeedDeps } from '../deps.ts'
import { type FeedRead, isSame, oldest, readOn, standingOf } from '../store/feed-read.ts'
import { readStory } from '../store/feed-story.ts'

/** Lists the feed from a place on, or what of it is of one order; at its end it waits for the next event where it is asked to. */
export function listEvents(deps: FeedDeps): Handler<typeof feedRoutes.listEvents> {
  return async ({ query: { cursor, limit, types, orderId }, waitMs, refuse }) => {
    if (deps.feedDays === 0) throw refuse('feed_off', 'No events are kept here.')
    checkTypes(types, refuse)
    const wanted = { limit, isWanted: ({ type }: FeedEvent) => matches(types, type) }
    const read = (from: FeedPlace): Promise<FeedRead> =>
      orderId === undefined ? readOn(deps, from, wanted) : readStory(deps, orderId, from, wanted)
    const start = cursor === undefined ? await oldest(deps) : placeOf(positionOf(cursor, placeForm))
    // Of a whole feed the first page shows whether the cursor is good; a story does without most pages.
    if (cursor !== undefined && orderId !== undefined) await check(deps, start, refuse)
    let last = await read(start)
    if (cursor !== undefined && isSame(last.next, start) && last.ends !== 'enough') {
      await check(deps, start, refuse)
      if (orderId === undefined) last = await read(start)
    }
    const page = await poll(
      deps.clock,
      last,
      { waitMs, isThere: ({ events }) => events.length > 0 },
      async () => (last = await read(last.next)),
    )
    return { body: { items: [...page.events], cursor: cursorOf(placeText(page.next)) } }
  }
}

/** Refuses types that no public event has. */
function checkTypes(types: readonly string[] | undefined, refuse: Refuse<'validation_failed'>): void {
  const unknown = types?.find((pattern) => !publicEvents.some(({ name }) => matches([pattern], name)))
  if (unknown === undefined) return
  throw refuse('validation_failed', 'The request has invalid fields.', {
    errors: [{ path: 'types', message: `no public event is of the type ${unknown}` }],
  })
}

/** Refuses a place that is none of this feed, or whose events are kept no longer. */
async function check(deps: FeedDeps, place: FeedPlace, refuse: Refuse<'cursor_expired'>): Promise<void> {
  const standing = await standingOf(deps, place)
  if (standing === 'future') throw new InvalidCursor('Nothing has been there yet.')
  if (standing === 'gone') throw refuse('cursor_expired', 'The events behind the cursor are kept no longer.')
}
