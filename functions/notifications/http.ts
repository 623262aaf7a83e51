import { randomBytes } from 'node:crypto'
import { ulid } from 'ulid'
import type { feedRoutes } from '../../schemas/feed.ts'
import { type inboxRoutes, type liveRoutes, routes } from '../../schemas/notifications.ts'
import type { webhookRoutes } from '../../schemas/webhooks.ts'
import { liveIdentity, liveItems } from '../runtime/aws-wiring.ts'
import { feedDays } from '../runtime/env.ts'
import { type Handlers, http } from '../runtime/http.ts'
import { liveReach, liveSeals, liveWakeUps } from './adapters/live-webhooks.ts'
import { newSecretBytes } from './adapters/signature.ts'
import type { FeedDeps, NotificationsDeps, TicketDeps, WebhookDeps } from './deps.ts'
import { listEvents } from './routes/feed.ts'
import { listNotifications } from './routes/inbox.ts'
import { readAllNotifications, readNotification } from './routes/read.ts'
import { createLiveTicket } from './routes/tickets.ts'
import {
  listWebhookDeliveries,
  redeliverFailedDeliveries,
  redeliverWebhookDelivery,
  testWebhook,
} from './routes/webhook-deliveries.ts'
import {
  createWebhook,
  deleteWebhook,
  getWebhook,
  listWebhooks,
  rotateWebhookSecret,
  updateWebhook,
} from './routes/webhooks.ts'

/** The routes of inboxes. */
export const inboxHandlers = (deps: NotificationsDeps): Handlers<typeof inboxRoutes> => ({
  listNotifications: listNotifications(deps),
  readNotification: readNotification(deps),
  readAllNotifications: readAllNotifications(deps),
})

/** The route of the feed. */
export const feedHandlers = (deps: FeedDeps): Handlers<typeof feedRoutes> => ({ listEvents: listEvents(deps) })

/** The route of live connections. */
export const liveHandlers = (deps: TicketDeps): Handlers<typeof liveRoutes> => ({
  createLiveTicket: createLiveTicket(deps),
})

/** The routes of webhooks. */
export const webhookHandlers = (deps: WebhookDeps): Handlers<typeof webhookRoutes> => ({
  createWebhook: createWebhook(deps),
  listWebhooks: listWebhooks(deps),
  getWebhook: getWebhook(deps),
  updateWebhook: updateWebhook(deps),
  deleteWebhook: deleteWebhook(deps),
  rotateWebhookSecret: rotateWebhookSecret(deps),
  testWebhook: testWebhook(deps),
  listWebhookDeliveries: listWebhookDeliveries(deps),
  redeliverWebhookDelivery: redeliverWebhookDelivery(deps),
  redeliverFailedDeliveries: redeliverFailedDeliveries(deps),
})

export const handler = http(routes, liveIdentity, () => {
  const items = liveItems()
  return {
    ...inboxHandlers(items),
    ...feedHandlers({ ...items, feedDays: feedDays() }),
    ...liveHandlers({ ...items, newSecret: () => randomBytes(32) }),
    ...webhookHandlers({
      ...items,
      seals: liveSeals(),
      wakeUps: liveWakeUps(),
      reach: liveReach(),
      newWebhookId: () => `whk_${ulid()}`,
      newSecret: newSecretBytes,
    }),
  }
})
