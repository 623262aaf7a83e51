import type { routes } from '../../../schemas/notifications.ts'
import { sortableTime } from '../../runtime/clock.ts'
import type { Caller, Handler } from '../../runtime/http.ts'
import { update } from '../../runtime/update.ts'
import { type ReadState, nothingRead, readAt, withAllRead, withRead } from '../core/read-state.ts'
import type { NotificationsDeps } from '../deps.ts'
import { readerItem } from '../store/reader-item.ts'
import { keyIn, placeOf, shown } from '../store/message-item.ts'
import { boxesOf, newestPlace } from './inbox.ts'

/** Marks one message as read, of any inbox that the caller reads. */
export const readNotification =
  (deps: NotificationsDeps): Handler<typeof routes.readNotification> =>
  async ({ params: { id }, caller, requestId: cause, refuse }) => {
    const [found] = await deps.store.getMany(boxesOf(caller).map((box) => keyIn(box, id)))
    if (found === undefined) throw refuse('notification_not_found', `There is no message ${id} in the inbox.`)
    const seen = await mark(deps, caller, cause, (before, at) => withRead(before, found.sk, at))
    return { body: shown(found, readAt(seen, found.sk)) }
  }

/** The clocks of functions differ by less, in milliseconds. */
const skewMs = 60_000

/** Marks all messages as read, up to the newest that was shown, or that there is: what comes later has not been shown. */
export const readAllNotifications =
  (deps: NotificationsDeps): Handler<typeof routes.readAllNotifications> =>
  async ({ body, caller, requestId: cause }) => {
    // Nothing that was shown is newer than now: what is yet to come stays unread, whatever is asked for.
    const now = sortableTime(deps.clock.now() + skewMs)
    const asked = body?.upTo === undefined ? await newestPlace(deps, caller) : placeOf(body.upTo)
    if (asked === undefined) return { body: undefined }
    const upTo = asked < now ? asked : now
    await mark(deps, caller, cause, (before, at) => withAllRead(before, upTo, at))
    return { body: undefined }
  }

async function mark(
  deps: NotificationsDeps,
  { id: userId }: Caller,
  cause: string,
  change: (before: ReadState, at: number) => ReadState,
): Promise<ReadState> {
  const at = deps.clock.now()
  const reader = await update(deps, readerItem, userId, { cause, at, by: userId }, (found) => {
    const before = found?.state.seen ?? nothingRead
    const seen = change(before, at)
    return seen === before ? undefined : { state: { userId, seen }, emits: [] }
  })
  return reader?.seen ?? nothingRead
}
