import { randomBytes } from 'node:crypto'
import { routes } from '../../schemas/notifications.ts'
import { liveIdentity, liveItems } from '../runtime/aws-wiring.ts'
import { type Handlers, http } from '../runtime/http.ts'
import type { TicketDeps } from './deps.ts'
import { listNotifications } from './routes/inbox.ts'
import { readAllNotifications, readNotification } from './routes/read.ts'
import { createLiveTicket } from './routes/tickets.ts'

/** The routes of notifications. */
export const handlers = (deps: TicketDeps): Handlers<typeof routes> => ({
  listNotifications: listNotifications(deps),
  readNotification: readNotification(deps),
  readAllNotifications: readAllNotifications(deps),
  createLiveTicket: createLiveTicket(deps),
})

export const handler = http(routes, liveIdentity, () => handlers({ ...liveItems(), newSecret: () => randomBytes(32) }))
