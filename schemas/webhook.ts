import * as z from 'zod'
import { events as ofCatalog } from './catalog.ts'
import type { EventContract } from './contract.ts'
import { events as ofInventory } from './inventory.ts'
import { events as ofOrders } from './orders.ts'
import { events as ofPayments } from './payments.ts'
import { impersonal, personal } from './personal.ts'
import { events as ofShipping } from './shipping.ts'
import { Time } from './shared.ts'
import { oneLine, trimmedLine } from './text.ts'

const contracts: readonly EventContract[] = [ofOrders, ofPayments, ofShipping, ofInventory, ofCatalog].flatMap(
  (events) => Object.values(events),
)
const names = [...new Set(contracts.filter(({ isPrivate }) => !isPrivate).map(({ name }) => name))].toSorted()
const families = [...new Set(names.map((name) => `${name.slice(0, name.indexOf('.'))}.*`))]

/** What an endpoint asks for: events by name, all of a kind, or all. */
export const eventPatterns: readonly string[] = ['*', ...families, ...names]

export const EventPattern = z
  .enum(eventPatterns as [string, ...string[]])
  .meta({ id: 'EventPattern', example: 'order.*' })

/** The type of what `POST /webhooks/{id}/test` sends. */
export const testType = 'webhook.test'

/** The most endpoints of a stage: each has a place among the deliveries that run at once, so that none waits for another one. */
export const mostWebhooks = 20

export const WebhookId = z
  .string()
  .regex(/^whk_[0-9A-Z]{26}$/, 'the id of a webhook')
  .meta({ id: 'WebhookId', example: 'whk_01K9ZQ3V8W6T2N4R5XJ7C1D0EF' })

/** Names the moment of the event, and endpoint and event. */
export const DeliveryId = z
  .string()
  .regex(/^dlv_\d{13}_[0-9A-Z]{26}$/, 'the id of a delivery')
  .meta({ id: 'DeliveryId', example: 'dlv_1795600000000_01K9ZQ3V8W6T2N4R5XJ7C1D0EF' })

export const Events = z
  .array(EventPattern)
  .min(1)
  .max(50)
  .meta({ uniqueItems: true })
  .refine((patterns) => new Set(patterns).size === patterns.length, 'each pattern once')
  .describe('Names of public events, all of a kind (`order.*`), or all (`*`). Patterns that overlap deliver once.')

export const Url = impersonal('an address of a machine', oneLine(2_000)).describe(
  'https, port 443, without user and password; its name leads to public addresses alone.',
)
export const Description = personal('reference', trimmedLine(200))

export const OffReason = z.enum(['failing', 'gone']).meta({ id: 'WebhookOffReason' })

const shown = {
  id: WebhookId,
  url: impersonal('an address of a machine', z.string()),
  events: z.array(EventPattern),
  description: personal('reference', z.string()).optional(),
  active: z.boolean().describe('Whether deliveries are made and sent.'),
  off: z
    .object({ at: Time, reason: OffReason })
    .optional()
    .describe('Switched off by itself: everything failed for 72 hours, or the receiver answered 410.'),
  overlapUntil: Time.optional().describe('Until when the secret before the last rotation signs too.'),
  createdAt: Time,
}

/** An endpoint as it can be seen at any time. */
export const Webhook = z.object(shown).meta({ id: 'Webhook' })
export type Webhook = z.infer<typeof Webhook>

/** An endpoint as it is seen once. */
export const SecretWebhook = z
  .object({
    ...shown,
    secret: impersonal('a secret', z.string())
      .optional()
      .describe('`whsec_…`, for the signatures. Shown here alone: the answer to a repeated request has none.'),
    withheld: z
      .array(impersonal('the name of a field', z.string()))
      .optional()
      .describe('The fields that a repeated answer leaves out.'),
  })
  .meta({ id: 'SecretWebhook' })

export const Attempt = z
  .object({
    at: Time,
    status: z.int().optional().describe('Of the answer; without one there is an error.'),
    error: impersonal('the code of an error', z.string()).optional(),
    durationMs: z.int().min(0),
    body: impersonal('what a machine answers', z.string()).optional().describe('The first 1,024 bytes of the answer.'),
  })
  .meta({ id: 'WebhookAttempt' })

export const DeliveryState = z.enum(['pending', 'delivered', 'failed']).meta({ id: 'DeliveryState' })

export const Delivery = z
  .object({
    id: DeliveryId,
    eventId: impersonal('the id of an event', z.string()),
    type: impersonal('the name of an event', z.string()),
    state: DeliveryState,
    attempts: z.array(Attempt).describe('The newest first, at most 50.'),
    nextAttemptAt: Time.optional().describe('Of one that is pending, where nothing else keeps it waiting.'),
  })
  .meta({ id: 'WebhookDelivery' })
export type Delivery = z.infer<typeof Delivery>

export const byId = z.strictObject({ id: WebhookId })
export const ofDelivery = z.strictObject({ id: WebhookId, deliveryId: DeliveryId })
export const Since = Time.describe('Of the events whose deliveries have failed.')
