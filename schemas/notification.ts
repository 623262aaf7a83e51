import * as z from 'zod'
import { impersonal } from './personal.ts'
import { Id, Sku, Time } from './shared.ts'

/** What a message is about: a step of an order for its customer, or what operators have to see to. New kinds may come. */
export const NotificationKind = z
  .enum([
    'order_placed',
    'order_backordered',
    'hold_ends',
    'order_confirmed',
    'order_rejected',
    'payment_failed',
    'order_cancelled',
    'order_expired',
    'parcel_shipped',
    'order_delivered',
    'money_refunded',
    'stock_low',
    'stock_replenished',
    'payment_on_hold',
    'alarm',
    'webhook_off',
  ])
  .meta({ id: 'NotificationKind' })
export type NotificationKind = z.infer<typeof NotificationKind>

/** Names the moment and the event that a message is about. */
export const NotificationId = z
  .string()
  .regex(/^ntf_\d{13}_[0-9A-Z]{26}$/, 'the id of a notification')
  .meta({ id: 'NotificationId', example: 'ntf_1795600000000_01K9ZQ3V8W6T2N4R5XJ7C1D0EF' })

export const Notification = z
  .object({
    id: NotificationId,
    kind: NotificationKind,
    title: impersonal('a text of a template', z.string()),
    text: impersonal('a text of a template', z.string()),
    orderId: Id.optional(),
    sku: Sku.optional(),
    at: Time.describe('When it came to pass.'),
    readAt: Time.optional().describe('When it was read, or all that was older.'),
  })
  .meta({ id: 'Notification' })
export type Notification = z.infer<typeof Notification>
