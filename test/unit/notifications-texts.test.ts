import { expect, it } from 'vitest'
import { NotificationKind } from '../../schemas/notification.ts'
import type { ValuesOf } from '../../functions/notifications/core/texts/values.ts'
import { messages } from '../../functions/notifications/core/texts/en.ts'

const number = '7Q2M4Z8K'
const values: ValuesOf = {
  order_placed: { number },
  order_backordered: { number, estimatedAt: '2026-12-03T00:00:00.000Z' },
  hold_ends: { number, expiresAt: '2026-11-29T11:30:00.000Z' },
  order_confirmed: { number },
  order_rejected: { number },
  payment_failed: { number },
  order_cancelled: { number },
  order_expired: { number },
  parcel_shipped: { carrier: 'Royal Mail', trackingNumber: 'RM1' },
  order_delivered: { number },
  money_refunded: { refunded: { amount: 1_230, currency: 'GBP' } },
  stock_low: { sku: 'TEA', available: 2, lowStockAt: 5, warehouseId: 'main' },
  stock_replenished: { sku: 'TEA', available: 9 },
  alarm: {
    name: 'Holdfast-prod-orders-EventsDeadLetters',
    description: 'A queue is not empty. See docs/runbooks.md#a.',
  },
  payment_on_hold: { orderId: 'ord_1', reasons: ['the account is closed'] },
  webhook_off: { webhookId: 'whk_1', host: 'shop.example', reason: 'failing' },
}

it('every kind of message has its text', () => {
  const texts = NotificationKind.options.map((kind) => messages[kind](values[kind] as never))
  expect(texts).toMatchInlineSnapshot(`
    [
      {
        "text": "We have your order 7Q2M4Z8K.",
        "title": "Order placed",
      },
      {
        "text": "Some of your order 7Q2M4Z8K is short, and it waits: we expect it to be complete on 3 December 2026.",
        "title": "Order waits for stock",
      },
      {
        "text": "Your order 7Q2M4Z8K is not paid yet, and is held until 29 November 2026 at 11:30 UTC.",
        "title": "Your order is held for another hour",
      },
      {
        "text": "Your order 7Q2M4Z8K is confirmed.",
        "title": "Order confirmed",
      },
      {
        "text": "Your order 7Q2M4Z8K cannot be delivered: something in it is out of stock. Nothing was charged.",
        "title": "Order not possible",
      },
      {
        "text": "Your order 7Q2M4Z8K is closed: it could not be paid.",
        "title": "Payment failed",
      },
      {
        "text": "Your order 7Q2M4Z8K is cancelled.",
        "title": "Order cancelled",
      },
      {
        "text": "Your order 7Q2M4Z8K was not paid in time, and is closed.",
        "title": "Order expired",
      },
      {
        "text": "A parcel of your order has left with Royal Mail, number RM1.",
        "title": "Parcel on its way",
      },
      {
        "text": "Every parcel of your order 7Q2M4Z8K has arrived.",
        "title": "Order delivered",
      },
      {
        "text": "Of what you paid for your order, £12.30 has gone back so far.",
        "title": "Money back",
      },
      {
        "text": "2 of TEA can be sold in main; the mark is 5.",
        "title": "TEA is low",
      },
      {
        "text": "9 of TEA can be sold.",
        "title": "TEA is there again",
      },
      {
        "text": "Money of order ord_1 could not go back: the account is closed.",
        "title": "A payment is on hold",
      },
      {
        "text": "A queue is not empty. See docs/runbooks.md#a.",
        "title": "An alarm has gone off",
      },
      {
        "text": "All deliveries to shop.example failed for 72 hours: the webhook whk_1 is switched off.",
        "title": "A webhook is off",
      },
    ]
  `)
})

it('leaves out what is not known', () => {
  expect(messages.order_backordered({ number }).text).toBe(`Some of your order ${number} is short, and it waits.`)
  expect(messages.parcel_shipped({}).text).toBe('A parcel of your order has left.')
})

it.each([
  ['GBP', 1_205, '£12.05'],
  ['JPY', 1_205, 'JP¥1,205'],
  ['KWD', 1_205, 'KWD\u00a01.205'],
])('writes money of %s with its own digits', (currency, amount, text) => {
  expect(messages.money_refunded({ refunded: { amount, currency } }).text).toContain(text)
})
