import type { routes } from '../../../schemas/notifications.ts'
import type { Caller, Handler } from '../../runtime/http.ts'
import { update } from '../../runtime/update.ts'
import { type Marks, noMarks, readAt, withAllRead, withRead } from '../core/marks.ts'
import type { NotificationsDeps } from '../deps.ts'
import { readerItem } from '../store/marks-item.ts'
import { keyIn, placeOf, shown } from '../store/message-item.ts'
import { boxesOf, newestPlace } from './inbox.ts'

/** Marks one message as read, of any inbox that the caller reads. */
export const readNotification =
  (deps: NotificationsDeps): Handler<typeof routes.readNotification> =>
  async ({ params: { id }, caller, requestId: cause, refuse }) => {
    const [found] = await deps.store.getMany(boxesOf(caller).map((box) => keyIn(box, id)))
    if (found === undefined) throw refuse('notification_not_found', `There is no message ${id} in the inbox.`)
    const marks = await mark(deps, caller, cause, (before, at) => withRead(before, found.sk, at))
    return { body: shown(found, readAt(marks, found.sk)) }
  }

/** Marks all messages as read, up to the newest that there is: what comes later has not been shown. */
export const readAllNotifications =
  (deps: NotificationsDeps): Handler<typeof routes.readAllNotifications> =>
  async ({ body, caller, requestId: cause }) => {
    const newest = await newestPlace(deps, caller)
    const asked = body?.upTo === undefined ? newest : placeOf(body.upTo)
    if (newest === undefined || asked === undefined) return { body: undefined }
    const upTo = asked < newest ? asked : newest
    await mark(deps, caller, cause, (before, at) => withAllRead(before, upTo, at))
    return { body: undefined }
  }

async function mark(
  deps: NotificationsDeps,
  { id: userId }: Caller,
  cause: string,
  change: (before: Marks, at: number) => Marks,
): Promise<Marks> {
  const at = deps.clock.now()
  const reader = await update(deps, readerItem, userId, { cause, at, by: userId }, (found) => {
    const before = found?.state.marks ?? noMarks
    const marks = change(before, at)
    return marks === before ? undefined : { state: { userId, marks }, emits: [] }
  })
  return reader?.marks ?? noMarks
}
