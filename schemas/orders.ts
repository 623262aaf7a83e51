import * as z from 'zod'
import { actionRecorded } from './action.ts'
import { impersonal } from './personal.ts'
import { retired } from './retired.ts'
import { event, privateEvent, route } from './contract.ts'
import { Erasure } from './erasure.ts'
import { routes as limitsRoutes } from './limits.ts'
import { routes as priceRoutes } from './prices.ts'
import { PublishedReason } from './order-reason.ts'
import { OrderInput, takeOverProblems } from './order-input.ts'
import { CardToken, PaymentMethod } from './payment.ts'
import { Facts, OrderStatus } from './order-status.ts'
import { Address, Id, Money, Paging, Quantity, Sku, Time, maxAmount, pageOf } from './shared.ts'
import { Region } from './sourcing.ts'
import { AddressStandIn, TokenStandIn, addressStandIn, tokenStandIn } from './stand-ins.ts'
import { Expand, ExpandedOrder } from './expanded-order.ts'
import { OrderQuery } from './order-query.ts'
import { OrderSummary, StuckOrder, Order, HistoryEntry } from './order.ts'
import { orderChanges } from './order-changes.ts'

/** What every event of an order carries. */
const OfOrder = z.object({
  orderId: Id,
  customerId: Id,
  number: impersonal('the number of an order', z.string()),
  status: OrderStatus,
  previousStatus: OrderStatus.optional(),
  since: Time.optional().describe(
    'When the order first had the status that the event is named after: the same when it is emitted again.',
  ),
  reason: PublishedReason.optional(),
  facts: Facts,
  total: Money,
  lineCount: z.int().optional().describe('How many lines were ordered.'),
  totalLeft: Money.optional().describe('The price of what is left of them, where some were cancelled.'),
})

/** Compact, so that an order of 1,000 lines passes every limit. */
const RequestedLine = z.tuple([Sku, Quantity]).describe('Sku, units.')

export const events = {
  orderPlaced: event(
    'orders',
    'order.placed',
    1,
    'A customer wants these lines held for holdSeconds.',
    OfOrder.extend({
      lines: z.array(RequestedLine),
      prices: z
        .array(z.int().min(0).max(maxAmount))
        .optional()
        .describe('Of one unit of each line, in minor units, in the order of `lines`.'),
      holdSeconds: z.int(),
      placedAt: Time,
      shipTo: Region.optional(),
      shipFrom: z.array(Id).optional().describe('The warehouses that it may ship from; without it any.'),
      backorder: z.boolean().optional().describe('Whether it waits for what is short.'),
      reservationId: Id.optional().describe('The hold without an order that it takes over, in place of a new one.'),
    }),
  ),
  orderBackordered: event(
    'orders',
    'order.backordered',
    1,
    'Some of it is short: the order waits whole, until waitsUntil at the latest.',
    OfOrder.extend({
      waitsUntil: Time,
      estimatedAt: Time.optional(),
      payment: z
        .object({ method: PaymentMethod, tokenApart: z.boolean().optional() })
        .optional()
        .describe(
          'Of an order that pays at placing: to be taken at once. The token of a card travels in `payment.card_token`.',
        ),
    }),
  ),
  orderReserved: event(
    'orders',
    'order.reserved',
    1,
    'Every line is held; the order waits for payment or approval until expiresAt.',
    OfOrder.extend({
      expiresAt: Time,
      payment: z.object({
        method: PaymentMethod,
        token: retired(z.union([CardToken, TokenStandIn]).optional(), tokenStandIn),
        tokenApart: z
          .boolean()
          .optional()
          .describe('The token of the card travels in `payment.card_token`, which payments wait for.'),
      }),
    }),
  ),
  paymentCardToken: privateEvent(
    'orders',
    'payment.card_token',
    1,
    'Every line is held, or the order waits and pays at placing, and this card is to pay.',
    z.object({
      orderId: Id,
      customerId: Id,
      total: Money,
      expiresAt: Time,
      token: CardToken,
      atOnce: z.boolean().optional().describe('Whether the money is taken at once, and not only set aside.'),
    }),
  ),
  orderConfirmed: event(
    'orders',
    'order.confirmed',
    1,
    'The order is paid or approved, and its stock held.',
    OfOrder.extend({
      shippingAddress: retired(z.union([Address, AddressStandIn]).optional(), addressStandIn),
      addressApart: z
        .boolean()
        .optional()
        .describe('The address travels in `order.address`, which shipping waits for.'),
    }),
  ),
  orderAddress: privateEvent(
    'orders',
    'order.address',
    1,
    'The order is confirmed, and its parcels go to this address.',
    z.object({
      orderId: Id,
      customerId: Id,
      address: Address.optional().describe('None where the customer has given none.'),
    }),
  ),
  orderRejected: event('orders', 'order.rejected', 1, 'Stock was refused.', OfOrder),
  orderPaymentFailed: event('orders', 'order.payment_failed', 1, 'The money will not come.', OfOrder),
  orderCancelled: event(
    'orders',
    'order.cancelled',
    1,
    'The customer or an operator has cancelled, or the order waited in vain.',
    OfOrder,
  ),
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
  orderChanged: event(
    'orders',
    'order.changed',
    1,
    'Units of a line were cancelled; the order goes on without them.',
    OfOrder.extend({
      cancelled: z.array(RequestedLine).describe('Of each line, all units that were cancelled so far.'),
      refundDue: Money.describe('For everything that came back or will not be sent so far, this time included.'),
    }),
  ),
  orderForgotten: event(
    'orders',
    'order.forgotten',
    1,
    'The person whose order it was is erased, and nothing of it is under way: whoever keeps something of a person with it forgets that.',
    OfOrder.extend({
      wasConfirmed: z.boolean().describe('Whether it was confirmed once, so that there may be parcels.'),
    }),
  ),
  actionRecorded: actionRecorded('orders'),
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
    provenAddress: true,
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
      'price_changed',
      'account_leaving',
      'customer_not_allowed',
      'customer_required',
      'unknown_customer',
      'hold_too_long',
      'payment_method_not_offered',
      'too_many_holds',
      ...takeOverProblems,
    ],
  }),
  listOrders: route({
    method: 'GET',
    path: '/orders',
    who: 'user',
    others: 'orders:read',
    summary: 'List orders, the newest first: the own ones, or for operators all',
    query: OrderQuery,
    answer: { status: 200, body: pageOf(OrderSummary) },
    problems: ['customer_not_allowed', 'filter_combination', 'updates_not_listed'],
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
    summary: 'One order, and with `expand` what other routes have of it',
    params: byId,
    query: z.strictObject({ expand: Expand.optional() }),
    answer: { status: 200, body: ExpandedOrder },
    problems: ['order_not_found'],
  }),
  getGuestOrder: route({
    method: 'GET',
    path: '/guest-orders/{token}',
    who: 'open',
    summary: 'The order of a guest, by the link that was mailed',
    params: z.strictObject({ token: z.string().regex(/^[A-Za-z0-9_-]{43}$/, 'the token of a link') }),
    answer: { status: 200, body: Order },
    problems: ['order_not_found'],
  }),
  eraseGuestOrder: route({
    method: 'DELETE',
    path: '/guest-orders/{token}/data',
    untagged: true,
    who: 'open',
    summary: 'Erase what an order has of its guest, by the link that was mailed; addresses stay as long as invoices do',
    params: z.strictObject({ token: z.string().regex(/^[A-Za-z0-9_-]{43}$/, 'the token of a link') }),
    answer: { status: 202, body: Erasure },
    problems: ['order_not_found', 'orders_open', 'refunds_due'],
  }),
  mailGuestLink: route({
    method: 'POST',
    path: '/orders/{id}/guest-link',
    who: 'orders:write',
    summary: 'Mail the guest of an order another link, unless one was mailed within the last minute',
    params: byId,
    answer: { status: 202 },
    problems: ['order_not_found', 'no_guest'],
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
  ...orderChanges,
  ...limitsRoutes,
  ...priceRoutes,
}
