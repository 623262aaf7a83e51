import * as z from 'zod'
import type { EventContract } from './contract.ts'
import { Facts, OrderStatus } from './order-status.ts'
import { events } from './orders.ts'
import { Id, Money } from './shared.ts'

/** What live updates follow: every public event of an order. */
export const followedEvents: readonly EventContract[] = Object.values<EventContract>(events).filter(
  ({ name, isPrivate }) => name.startsWith('order.') && !isPrivate,
)

/** The most orders that one connection follows. */
export const mostFollowed = 100

const OneOrder = { orderId: Id }
const AllOrders = { orders: z.literal('*').describe('Every order: with the scope `orders:read`.') }

/** What a client sends. */
export const LiveInput = z.union([
  z.strictObject({ action: z.literal('subscribe'), ...OneOrder }),
  z.strictObject({ action: z.literal('subscribe'), ...AllOrders }),
  z.strictObject({ action: z.literal('unsubscribe'), ...OneOrder }),
  z.strictObject({ action: z.literal('unsubscribe'), ...AllOrders }),
  z.strictObject({ action: z.literal('ping') }),
])
export type LiveInput = z.infer<typeof LiveInput>

/** An order without its lines. */
export const LiveOrder = z.object({
  id: Id,
  number: z.string(),
  status: OrderStatus,
  facts: Facts,
  total: Money,
  lineCount: z.int().optional().describe('Missing in news of an order that the last release has published.'),
})
export type LiveOrder = z.infer<typeof LiveOrder>

export const liveErrors = [
  'invalid_message',
  'unauthenticated',
  'forbidden',
  'order_not_found',
  'too_many_subscriptions',
  'unavailable',
] as const
export type LiveError = (typeof liveErrors)[number]

/** What a client gets. */
export type LiveFrame =
  | { readonly type: 'subscribed'; readonly orderId: string; readonly sequence: number; readonly order: LiveOrder }
  | { readonly type: 'subscribed' | 'unsubscribed'; readonly orders: '*' }
  | { readonly type: 'unsubscribed'; readonly orderId: string }
  | { readonly type: 'pong' }
  | {
      readonly type: 'event'
      readonly event: {
        readonly id: string
        readonly type: string
        readonly time: string
        readonly orderId: string
        readonly sequence: number
      }
      readonly order: LiveOrder
    }
  | { readonly type: 'error'; readonly code: LiveError; readonly orderId?: string; readonly message?: string }
