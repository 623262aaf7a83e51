import { routes } from '../../schemas/notifications.ts'
import { liveIdentity, liveItems } from '../runtime/aws-wiring.ts'
import { feedDays } from '../runtime/env.ts'
import { type Handlers, http } from '../runtime/http.ts'
import type { FeedDeps } from './deps.ts'
import { listEvents } from './routes/feed.ts'
import { listNotifications } from './routes/inbox.ts'
import { readAllNotifications, readNotification } from './routes/read.ts'

/** The routes of notifications. */
export const handlers = (deps: FeedDeps): Handlers<typeof routes> => ({
  listNotifications: listNotifications(deps),
  readNotification: readNotification(deps),
  readAllNotifications: readAllNotifications(deps),
  listEvents: listEvents(deps),
})

export const handler = http(routes, liveIdentity, () => handlers({ ...liveItems(), feedDays: feedDays() }))
