import * as z from 'zod'
import { route } from './contract.ts'
import { Paging, pageOf } from './shared.ts'
import {
  Delivery,
  Description,
  Events,
  SecretWebhook,
  Since,
  Url,
  Webhook,
  byId,
  mostWebhooks,
  ofDelivery,
} from './webhook.ts'

/** How long the secret before a rotation signs too at most, and by default, in seconds. */
export const maxOverlapSeconds = 604_800
export const overlapSeconds = 86_400

/** Routes of notifications: where events go that others want to have sent. */
export const webhookRoutes = {
  createWebhook: route({
    method: 'POST',
    path: '/webhooks',
    who: 'webhooks:write',
    summary: `Have events sent to an address; its secret is in this answer alone. At most ${mostWebhooks} addresses`,
    body: z
      .strictObject({ url: Url, events: Events, description: Description.optional() })
      .meta({ id: 'WebhookInput' }),
    idempotencyKey: 'optional',
    answer: { status: 201, body: SecretWebhook, location: '/webhooks/{id}', once: ['secret'] },
    problems: ['too_many_webhooks'],
  }),
  listWebhooks: route({
    method: 'GET',
    path: '/webhooks',
    who: 'webhooks:read',
    summary: 'List the webhooks, the newest first',
    query: Paging,
    answer: { status: 200, body: pageOf(Webhook) },
  }),
  getWebhook: route({
    method: 'GET',
    path: '/webhooks/{id}',
    who: 'webhooks:read',
    summary: 'A webhook, without its secret',
    params: byId,
    answer: { status: 200, body: Webhook },
    problems: ['webhook_not_found'],
  }),
  updateWebhook: route({
    method: 'PATCH',
    path: '/webhooks/{id}',
    who: 'webhooks:write',
    summary: 'Change a webhook, pause it, or switch it on again: its failures are then counted anew',
    params: byId,
    body: z
      .strictObject({
        url: Url.optional(),
        events: Events.optional(),
        description: Description.nullable().optional().describe('`null` removes it.'),
        active: z.boolean().optional().describe('`false` pauses: nothing is sent, and what waits goes on waiting.'),
      })
      .refine((change) => Object.keys(change).length > 0, 'at least one field')
      .meta({ id: 'WebhookChange' }),
    answer: { status: 200, body: Webhook },
    problems: ['webhook_not_found'],
  }),
  deleteWebhook: route({
    method: 'DELETE',
    path: '/webhooks/{id}',
    who: 'webhooks:write',
    summary: 'Delete a webhook, with all that waits for it',
    params: byId,
    answer: { status: 204 },
    problems: ['webhook_not_found'],
  }),
  rotateWebhookSecret: route({
    method: 'POST',
    path: '/webhooks/{id}/rotate',
    who: 'webhooks:write',
    summary: 'Give a webhook another secret; the one before signs too for a while, one before that no more',
    params: byId,
    body: z
      .strictObject({
        overlapSeconds: z
          .int()
          .min(0)
          .max(maxOverlapSeconds)
          .optional()
          .describe('How long the secret before signs too. Default: 86400, a day.'),
      })
      .optional(),
    idempotencyKey: 'optional',
    answer: { status: 200, body: SecretWebhook, once: ['secret'] },
    problems: ['webhook_not_found'],
  }),
  testWebhook: route({
    method: 'POST',
    path: '/webhooks/{id}/test',
    who: 'webhooks:write',
    summary: 'Send an event of the type `webhook.test`, whatever the patterns are',
    params: byId,
    idempotencyKey: 'optional',
    answer: { status: 202, body: Delivery },
    problems: ['webhook_not_found', 'webhook_off'],
  }),
  listWebhookDeliveries: route({
    method: 'GET',
    path: '/webhooks/{id}/deliveries',
    who: 'webhooks:read',
    summary:
      'List the deliveries of the last 30 days with every attempt, by the times of their events, the newest first',
    params: byId,
    query: Paging,
    answer: { status: 200, body: pageOf(Delivery) },
    problems: ['webhook_not_found'],
  }),
  redeliverWebhookDelivery: route({
    method: 'POST',
    path: '/webhooks/{id}/deliveries/{deliveryId}/redeliver',
    who: 'webhooks:write',
    summary: 'Send a delivery once more, also one that arrived: it has the same `webhook-id`',
    params: ofDelivery,
    idempotencyKey: 'optional',
    answer: { status: 202, body: Delivery },
    problems: ['webhook_not_found', 'webhook_off', 'delivery_not_found'],
  }),
  redeliverFailedDeliveries: route({
    method: 'POST',
    path: '/webhooks/{id}/redeliver',
    who: 'webhooks:write',
    summary:
      'Send what has failed since a time once more, some at a time: where there is a cursor, call it again with that',
    params: byId,
    query: Paging.pick({ cursor: true }),
    body: z.strictObject({ since: Since }).meta({ id: 'RedeliverInput' }),
    answer: {
      status: 202,
      body: z.object({ redelivered: z.int().min(0), cursor: z.string().optional() }),
    },
    problems: ['webhook_not_found', 'webhook_off'],
  }),
}
