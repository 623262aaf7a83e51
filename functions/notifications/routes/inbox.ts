import { mostUnread, type routes } from '../../../schemas/notifications.ts'
import type { Caller, Handler } from '../../runtime/http.ts'
import { sortableTime } from '../../runtime/clock.ts'
import { newestOf } from '../../runtime/sharded.ts'
import { timesOf, walkDown } from '../../runtime/walk-down.ts'
import { type Box, keptMs, staffScopes } from '../core/message.ts'
import { type ReadState, readAt } from '../core/read-state.ts'
import type { NotificationsDeps } from '../deps.ts'
import { findReadState } from '../store/reader-item.ts'
import { partitionOf, shown } from '../store/message-item.ts'

/** What one request reads at most of messages, in pages; the cursor goes on from there. */
const mostPages = 5

/** The inboxes that the caller reads together: the own one, and what is kept for the caller's scopes. */
export const boxesOf = ({ id: userId, scopes }: Caller): readonly Box[] => [
  { userId },
  ...staffScopes.filter((scope) => scopes.has(scope)).map((scope) => ({ scope })),
]

/** Lists the messages of the caller's inboxes together, the newest first. */
export function listNotifications({ store, clock }: NotificationsDeps): Handler<typeof routes.listNotifications> {
  return async ({ query: { limit, cursor, unread }, caller, refuse }) => {
    const began = clock.now()
    const boxes = boxesOf(caller).map(partitionOf)
    const seen = await findReadState(store, caller.id)
    const list = (times: { readonly from: string; readonly position: string }, only: 'unread' | 'all', most: number) =>
      walkDown(clock, times, { limit: most, mostPages, began }, async (to, wanted) => {
        // One box may have it all: the last few are not read a few at a time.
        const atOnce = Math.max(wanted, Math.ceil(most / 2))
        const page = await newestOf(store, boxes, { from: times.from, to, limit: atOnce })
        const taken = page.items.slice(0, wanted)
        const goesOn = taken.length < page.items.length || page.goesOn
        return {
          items: taken.filter(({ sk }) => only === 'all' || readAt(seen, sk) === undefined),
          next: goesOn ? (taken.at(-1)?.sk ?? times.from) : times.from,
        }
      })
    const kept = (from?: string) => timesOf({ cursor: from }, (end) => end - keptMs, began, refuse)
    const page = await (unread === 'true'
      ? list(unreadIn(kept(cursor), seen), 'unread', limit)
      : list(kept(cursor), 'all', limit))
    const counted = await list(unreadIn(kept(), seen), 'unread', mostUnread)
    return {
      body: {
        ...page,
        items: page.items.map((item) => shown(item, readAt(seen, item.sk))),
        unread: counted.items.length,
      },
    }
  }
}

/** Of those times, the ones in which something is unread. */
const unreadIn = <Times extends { readonly from: string }>(times: Times, { upTo }: ReadState): Times =>
  upTo > times.from ? { ...times, from: upTo } : times

/** The place of the newest message that there is; undefined where there is none. */
export async function newestPlace({ store, clock }: NotificationsDeps, caller: Caller): Promise<string | undefined> {
  const dayMs = 86_400_000
  const range = { from: '0', to: sortableTime(clock.now() + dayMs), limit: 1 }
  const { items } = await newestOf(store, boxesOf(caller).map(partitionOf), range)
  return items.at(0)?.sk
}
