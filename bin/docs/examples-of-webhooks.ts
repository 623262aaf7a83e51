import type { webhookRoutes } from '../../schemas/webhooks.ts'
import { type Example, at } from './example-items.ts'

const webhook = {
  id: 'whk_01K9ZQ3V8W6T2N4R5XJ7C1D0EF',
  url: 'https://erp.example.com/holdfast',
  events: ['order.*', 'stock.low'],
  description: 'Orders for the books',
  active: true,
  createdAt: at('09:00:00.000'),
}
const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo='

const delivery = {
  id: 'dlv_1795600000000_01K9ZQ3V8W6T2N4R5XJ7C1D0EF',
  eventId: 'ord_7Q2M4Z8K1D0EF9ZQ3V8W6T2N4R/order@3/order.confirmed',
  type: 'order.confirmed',
  state: 'pending' as const,
  attempts: [{ at: at('09:30:00.000'), status: 503, durationMs: 84, body: 'come back later' }],
  nextAttemptAt: at('09:30:10.400'),
}
const waiting = { ...delivery, attempts: [], nextAttemptAt: at('09:30:00.000') }

/** Of webhooks. */
export const examplesOfWebhooks: Readonly<Record<Exclude<keyof typeof webhookRoutes, 'deleteWebhook'>, Example>> = {
  createWebhook: {
    request: { url: webhook.url, events: webhook.events, description: webhook.description },
    answer: { ...webhook, secret },
  },
  listWebhooks: { answer: { items: [webhook] } },
  getWebhook: { answer: webhook },
  updateWebhook: { request: { active: false }, answer: { ...webhook, active: false } },
  rotateWebhookSecret: {
    request: { overlapSeconds: 3_600 },
    answer: { ...webhook, secret, overlapUntil: at('10:00:00.000') },
  },
  testWebhook: {
    answer: { ...waiting, eventId: 'webhook.test/01K9ZQ3V8W6T2N4R5XJ7C1D0EF', type: 'webhook.test' },
  },
  listWebhookDeliveries: { answer: { items: [delivery], cursor: 'MTc5NTYw' } },
  redeliverWebhookDelivery: { answer: waiting },
  redeliverFailedDeliveries: {
    request: { since: at('08:00:00.000') },
    answer: { redelivered: 100, cursor: 'MTc5NTYw' },
  },
}
