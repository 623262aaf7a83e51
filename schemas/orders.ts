import * as z from 'zod'
import { event, route } from './contract.ts'
import { routes as limitsRoutes } from './limits.ts'
import { Reason } from './order-reason.ts'
import { CardToken, PaymentMethod } from './payment.ts'
import { Fulfilment } from './shipping.ts'
import { Address, Id, Money, Paging, Quantity, Sku, Time, pageOf } from './shared.ts'

/** The customer of an order that an operator places for a person without an account. No user has this id. */
export const guest = 'guest'

/** The longest hold that an operator may ask for, in seconds: 30 days. */
const maxHoldSeconds = 2_592_000

export const OrderInput = z
  .strictObject({
    lines: z
      .array(z.strictObject({ sku: Sku, quantity: Quantity }))
      .min(1)
      .max(1_000),
    payment: z
      .strictObject({ method: PaymentMethod, token: CardToken.optional() })
      .refine(({ method, token }) => method === 'card' || token === undefined, {
        path: ['token'],
        message: 'for cards only',
      })
      .meta({
        oneOf: [
          { not: { required: ['token'] } },
          { properties: { method: { type: 'string', const: 'card' } }, required: ['token'] },
        ],
      })
      .describe('A card without a token is paid by POST /orders/{id}/payments while the hold lasts.'),
    holdSeconds: z
      .int()
      .min(60)
      .max(maxHoldSeconds)
      .optional()
      .describe('Default: the hold length of the stage, which is also the longest for customers.'),
    shippingAddress: Address.optional(),
    billingAddress: Address.optional(),
    notes: z.string().max(2_000).optional(),
    customerId: Id.optional().describe(
      'Operators only: the user whom the order is for; `guest`, which is not looked up, for a customer without an account.',
    ),
  })
  .meta({ id: 'OrderInput' })
export type OrderInput = z.infer<typeof OrderInput>

export const Facts = z
  .object({
    stock: z.enum(['requested', 'held', 'backordered', 'refused', 'committed', 'released']),
    payment: z.enum(['none', 'in_flight', 'paid', 'failed', 'refund_due', 'refunded']),
    closing: z.enum(['none', 'cancelled', 'expired']),
    fulfilment: Fulfilment,
  })
  .meta({ id: 'OrderFacts' })
export type Facts = z.infer<typeof Facts>

export const OrderStatus = z
  .enum([
    'placed',
    'reserved',
    'backordered',
    'confirmed',
    'partially_shipped',
    'shipped',
    'delivered',
    'completed',
    'rejected',
    'payment_failed',
    'cancelled',
    'expired',
  ])
  .meta({ id: 'OrderStatus' })
export type OrderStatus = z.infer<typeof OrderStatus>

export const OrderLine = z
  .object({ sku: Sku, name: z.string(), quantity: Quantity, unitPrice: Money, total: Money })
  .meta({ id: 'OrderLine' })
export type OrderLine = z.infer<typeof OrderLine>

const summary = {
  id: Id,
  number: z.string(),
  status: OrderStatus,
  reason: Reason.optional(),
  customerId: Id,
  total: Money,
  facts: Facts,
  payment: z.object({ method: PaymentMethod }),
  placedAt: Time,
  updatedAt: Time,
  expiresAt: Time.optional(),
}

/** An order as lists show it: without its lines. */
export const OrderSummary = z.object({ ...summary, lineCount: z.int() }).meta({ id: 'OrderSummary' })
export type OrderSummary = z.infer<typeof OrderSummary>

/** An order that does not go on though it should. */
export const StuckOrder = OrderSummary.extend({
  pending: z
    .array(z.string())
    .describe('The events that other services have not confirmed; none where its hold should have ended.'),
  since: Time.describe('When it changed for the last time, or when its hold should have ended.'),
}).meta({ id: 'StuckOrder' })

export const Order = z
  .object({
    ...summary,
    lines: z.array(OrderLine),
    shippingAddress: Address.optional(),
    billingAddress: Address.optional(),
    notes: z.string().optional(),
  })
  .meta({ id: 'Order' })
export type Order = z.infer<typeof Order>

export const HistoryEntry = z
  .object({
    status: OrderStatus,
    at: Time,
    cause: z.string().describe('The event or request that caused it.'),
    by: z.string().describe('A user id, or the service that published the causing event.'),
  })
  .meta({ id: 'OrderHistoryEntry' })
export type HistoryEntry = z.infer<typeof HistoryEntry>

/** What every event of an order carries. */
const OfOrder = z.object({
  orderId: Id,
  customerId: Id,
  number: z.string(),
  status: OrderStatus,
  previousStatus: OrderStatus.optional(),
  reason: Reason.optional(),
  facts: Facts,
  total: Money,
})

/** Compact, so that an order of 1,000 lines passes every limit. */
const RequestedLine = z.tuple([Sku, Quantity]).describe('Sku, units.')

export const events = {
  orderPlaced: event(
    'orders',
    'order.placed',
    1,
    'A customer wants these lines held for holdSeconds.',
    OfOrder.extend({ lines: z.array(RequestedLine), holdSeconds: z.int(), placedAt: Time }),
  ),
  orderReserved: event(
    'orders',
    'order.reserved',
    1,
    'Every line is held; the order waits for payment or approval until expiresAt.',
    OfOrder.extend({
      expiresAt: Time,
      payment: z.object({ method: PaymentMethod, token: CardToken.optional() }),
    }),
  ),
  orderConfirmed: event(
    'orders',
    'order.confirmed',
    1,
    'The order is paid or approved, and its stock held.',
    OfOrder.extend({ shippingAddress: Address.optional() }),
  ),
  orderRejected: event('orders', 'order.rejected', 1, 'Stock was refused.', OfOrder),
  orderPaymentFailed: event('orders', 'order.payment_failed', 1, 'The money will not come.', OfOrder),
  orderCancelled: event('orders', 'order.cancelled', 1, 'The customer or an operator has cancelled.', OfOrder),
  orderExpired: event('orders', 'order.expired', 1, 'The hold ran out before the order was paid or approved.', OfOrder),
  orderShipped: event('orders', 'order.shipped', 1, 'Every parcel has left.', OfOrder),
  orderDelivered: event('orders', 'order.delivered', 1, 'Every parcel has arrived.', OfOrder),
  orderCompleted: event('orders', 'order.completed', 1, 'Nothing more is to be done.', OfOrder),
  orderReturned: event(
    'orders',
    'order.returned',
    1,
    'Goods of an order that stands came back, or will not be sent, and their price is to go back.',
    OfOrder.extend({
      refundDue: Money.describe('For everything that came back or will not be sent so far, this time included.'),
    }),
  ),
}

/** What the one-time schedule of a hold sends to the queue of orders, in the envelope of an event; never on the bus. */
export const timers = {
  holdEnded: event('orders', 'timer.hold_ended', 1, 'The time of a hold is over.', z.object({ orderId: Id })),
}

const byId = z.strictObject({ id: Id })

export const routes = {
  placeOrder: route({
    method: 'POST',
    path: '/orders',
    who: 'user',
    others: 'orders:write',
    summary: 'Place an order',
    body: OrderInput,
    idempotencyKey: 'required',
    prefersWait: true,
    answer: { status: 201, body: Order, location: '/orders/{id}' },
    problems: [
      'unknown_sku',
      'product_inactive',
      'currency_mismatch',
      'total_too_large',
      'not_payable_by_card',
      'customer_not_allowed',
      'unknown_customer',
      'hold_too_long',
      'payment_method_not_offered',
      'too_many_holds',
    ],
  }),
  listOrders: route({
    method: 'GET',
    path: '/orders',
    who: 'user',
    others: 'orders:read',
    summary: 'List orders, the newest first: the own ones, or for operators all',
    query: Paging.extend({
      status: OrderStatus.optional(),
      customerId: Id.optional().describe('Not looked up: of a customer whom nobody knows there are no orders.'),
      from: Time.optional().describe('Placed then or later; default: 30 days before `to`, of one customer any time.'),
      to: Time.optional().describe('Placed before this time; default: now.'),
    }),
    answer: { status: 200, body: pageOf(OrderSummary) },
    problems: ['customer_not_allowed'],
  }),
  listStuckOrders: route({
    method: 'GET',
    path: '/orders/stuck',
    who: 'orders:read',
    summary: 'List the orders that other services have not confirmed for 15 minutes, or whose hold has not ended',
    query: Paging,
    answer: { status: 200, body: pageOf(StuckOrder) },
  }),
  getOrder: route({
    method: 'GET',
    path: '/orders/{id}',
    who: 'user',
    others: 'orders:read',
    summary: 'One order',
    params: byId,
    answer: { status: 200, body: Order },
    problems: ['order_not_found'],
  }),
  getOrderHistory: route({
    method: 'GET',
    path: '/orders/{id}/history',
    who: 'user',
    others: 'orders:read',
    summary: 'Every status that an order had: when, why, by whom',
    params: byId,
    answer: { status: 200, body: z.object({ items: z.array(HistoryEntry) }) },
    problems: ['order_not_found'],
  }),
  cancelOrder: route({
    method: 'POST',
    path: '/orders/{id}/cancel',
    who: 'user',
    others: 'orders:write',
    summary: 'Cancel an order',
    params: byId,
    body: z.strictObject({ reason: z.string().trim().min(1).max(500).optional() }).optional(),
    idempotencyKey: 'optional',
    answer: { status: 200, body: Order },
    problems: ['order_not_found', 'order_closed'],
  }),
  approveOrder: route({
    method: 'POST',
    path: '/orders/{id}/approve',
    who: 'orders:write',
    summary: 'Approve an order whose payment is manual: stands for payment',
    params: byId,
    idempotencyKey: 'optional',
    answer: { status: 200, body: Order },
    problems: ['order_not_found', 'order_closed', 'payment_not_manual'],
  }),
  ...limitsRoutes,
}
