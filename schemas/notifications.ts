import * as z from 'zod'
import { actionRecorded } from './action.ts'
import { route } from './contract.ts'
import { feedRoutes } from './feed.ts'
import { Notification, NotificationId } from './notification.ts'
import { Paging, Time, pageOf } from './shared.ts'
import { webhookRoutes } from './webhooks.ts'

/** The most that `unread` counts. */
export const mostUnread = 100

/** What operators and keys have changed here. */
export const events = { actionRecorded: actionRecorded('notifications') }

export const inboxRoutes = {
  listNotifications: route({
    method: 'GET',
    path: '/notifications',
    who: 'user',
    summary: 'The own inbox, the newest first: steps of own orders, and for operators what they have to see to',
    query: Paging.extend({
      unread: z.enum(['true', 'false']).optional().describe('`true`: those alone that have not been read.'),
    }),
    answer: {
      status: 200,
      body: pageOf(Notification).extend({
        unread: z.int().min(0).max(mostUnread).describe(`How many have not been read; ${mostUnread} stands for more.`),
      }),
    },
  }),
  readNotification: route({
    method: 'POST',
    path: '/notifications/{id}/read',
    who: 'user',
    summary: 'Mark a message as read; once more changes nothing',
    params: z.strictObject({ id: NotificationId }),
    answer: { status: 200, body: Notification },
    problems: ['notification_not_found'],
  }),
  readAllNotifications: route({
    method: 'POST',
    path: '/notifications/read-all',
    who: 'user',
    summary: 'Mark every message as read, or those up to the newest that was shown',
    body: z
      .strictObject({
        upTo: NotificationId.optional().describe('The newest that was shown; default: all that there are.'),
      })
      .optional()
      .meta({ id: 'ReadAllInput' }),
    answer: { status: 204 },
  }),
}

export const liveRoutes = {
  createLiveTicket: route({
    method: 'POST',
    path: '/live/tickets',
    who: 'user',
    summary: 'A ticket that opens one WebSocket connection within 30 seconds, where no header can be sent: `?ticket=`',
    answer: {
      status: 200,
      body: z.object({ ticket: z.string(), expiresAt: Time }).meta({ id: 'LiveTicket' }),
    },
  }),
}

export const routes = { ...inboxRoutes, ...feedRoutes, ...webhookRoutes, ...liveRoutes }
