import { routes } from '../../schemas/notifications.ts'
import { liveIdentity, liveItems } from '../runtime/aws-wiring.ts'
import { type Handlers, http } from '../runtime/http.ts'
import type { NotificationsDeps } from './deps.ts'
import { listNotifications } from './routes/inbox.ts'
import { readAllNotifications, readNotification } from './routes/read.ts'

/** The routes of notifications. */
export const handlers = (deps: NotificationsDeps): Handlers<typeof routes> => ({
  listNotifications: listNotifications(deps),
  readNotification: readNotification(deps),
  readAllNotifications: readAllNotifications(deps),
})

export const handler = http(routes, liveIdentity, () => handlers(liveItems()))
