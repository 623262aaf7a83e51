import * as z from 'zod'
import { actionRecorded } from './action.ts'
import { impersonal, personal } from './personal.ts'
import { event, route } from './contract.ts'
import { LabelsPatch } from './labels.ts'
import { CardToken, Charge, FailureCode, Payment, PaymentMethod, PaymentStatus } from './payment.ts'
import { Id, Money, MoneySum, Paging, pageOf } from './shared.ts'
import { LedgerEntry, PublishedWalletEntry, Wallet } from './wallet.ts'
import { trimmedLine, trimmedLines } from './text.ts'

/** What every event of a payment carries. The newest version holds all that the older ones held. */
const OfPayment = z.object({
  paymentId: Id,
  orderId: Id,
  customerId: Id,
  method: PaymentMethod,
  version: z.int().describe('Grows with each change of the payment; the higher one is the newer one.'),
  status: PaymentStatus,
  amount: Money,
  captured: MoneySum,
  refunded: MoneySum,
  refundedForReturns: z.int().min(0).describe('Of `refunded`, what went back for returned goods.'),
  refundedTwice: z.int().min(0).optional().describe('Of `refunded`, what went back because it had come twice.'),
})

export const events = {
  paymentRequested: event(
    'payments',
    'payment.requested',
    1,
    'The provider was asked for the money of an order, and has not answered yet.',
    OfPayment,
  ),
  paymentAuthorized: event(
    'payments',
    'payment.authorized',
    1,
    'The money is set aside for the order; it is taken when the order confirms.',
    OfPayment,
  ),
  paymentCompleted: event('payments', 'payment.completed', 1, 'The money is taken.', OfPayment),
  paymentDeclined: event(
    'payments',
    'payment.declined',
    1,
    'A card was declined; the customer may try again while the hold lasts.',
    OfPayment.extend({ reason: FailureCode, attemptsLeft: z.int().min(1) }),
  ),
  paymentFailed: event(
    'payments',
    'payment.failed',
    1,
    'The money will not come: the wallet is too small, or the last attempt was declined.',
    OfPayment.extend({ reason: FailureCode }),
  ),
  paymentVoided: event(
    'payments',
    'payment.voided',
    1,
    'The order closed before money was taken; none will be.',
    OfPayment,
  ),
  paymentRefunded: event('payments', 'payment.refunded', 1, 'Money went back.', OfPayment),
  paymentRefundFailed: event(
    'payments',
    'payment.refund_failed',
    1,
    'A refund was refused, or money that had gone back came back: it is not given, and waits for an operator.',
    OfPayment.extend({
      failed: z
        .array(z.object({ id: Id, amount: Money, reason: impersonal('what the provider answers', z.string()) }))
        .min(1)
        .describe('All refunds of the payment that are failed now.'),
    }),
  ),
  walletChanged: event(
    'payments',
    'wallet.changed',
    1,
    'The balance of a wallet is another one.',
    z.object({ customerId: Id, balance: Money, entry: PublishedWalletEntry }),
  ),
  actionRecorded: actionRecorded('payments'),
}

const ofOrder = z.strictObject({ id: Id })

/** What an operator calls money that moves elsewhere: a bank transfer, a receipt. */
const Reference = personal('reference', trimmedLine(100))

export const routes = {
  payOrder: route({
    method: 'POST',
    path: '/orders/{id}/payments',
    who: 'user',
    others: 'payments:write',
    summary: 'Pay an order whose stock is held: once more after a declined card, or in another way',
    params: ofOrder,
    body: z
      .strictObject({ method: z.enum(['wallet', 'card']), token: CardToken.optional() })
      .refine(({ method, token }) => (method === 'card') === (token !== undefined), {
        path: ['token'],
        message: 'for cards, and for cards only',
      })
      .meta({
        id: 'PaymentInput',
        oneOf: [
          { properties: { method: { type: 'string', const: 'card' } }, required: ['token'] },
          { properties: { method: { type: 'string', const: 'wallet' } }, not: { required: ['token'] } },
        ],
      }),
    idempotencyKey: 'required',
    answer: { status: 201, body: Payment, location: '/orders/{orderId}/payments' },
    problems: [
      'order_not_found',
      'order_closed',
      'payment_manual',
      'payment_in_flight',
      'already_paid',
      'payment_on_hold',
      'not_payable_by_card',
      'too_many_requests',
    ],
  }),
  listPayments: route({
    method: 'GET',
    path: '/orders/{id}/payments',
    who: 'user',
    others: 'payments:read',
    summary: 'The payment of an order, with every attempt and refund; none before its stock is held',
    params: ofOrder,
    answer: { status: 200, body: z.object({ items: z.array(Payment) }) },
    problems: ['order_not_found'],
  }),
  refundOrder: route({
    method: 'POST',
    path: '/orders/{id}/refunds',
    who: 'refunds:write',
    summary: 'Give money back: some, or by default all that is left',
    params: ofOrder,
    body: z.strictObject({
      amount: Charge.optional(),
      reason: personal('reason', trimmedLines(200)).optional(),
    }),
    idempotencyKey: 'required',
    answer: { status: 201, body: Payment, location: '/orders/{orderId}/payments' },
    problems: [
      'order_not_found',
      'not_captured',
      'refund_exceeds_payment',
      'too_many_refunds',
      'not_payable_by_card',
      'currency_mismatch',
      'payment_on_hold',
    ],
  }),
  closeRefund: route({
    method: 'POST',
    path: '/refunds/{id}/close',
    who: 'refunds:write',
    summary: 'Close a refund that failed: the money was given back in another way',
    params: ofOrder,
    body: z.strictObject({
      reference: Reference.describe('Where that is found: a bank transfer, a receipt.'),
      reason: personal('reason', trimmedLines(200)).optional(),
    }),
    idempotencyKey: 'required',
    answer: { status: 200, body: Payment },
    problems: ['refund_not_found', 'refund_not_failed'],
  }),
  listPaymentsOnHold: route({
    method: 'GET',
    path: '/payments',
    who: 'payments:read',
    summary: 'The payments on hold, the longest wait first',
    query: Paging.extend({ onHold: z.literal('true').describe('Others are not listed.') }),
    answer: { status: 200, body: pageOf(Payment) },
  }),
  resumePayment: route({
    method: 'POST',
    path: '/orders/{id}/payments/resume',
    who: 'payments:write',
    summary:
      'Resume a payment whose cause of the hold is gone: it goes on from what the provider reports now, and tries again what failed',
    params: ofOrder,
    answer: { status: 200, body: Payment },
    problems: ['order_not_found'],
  }),
  updatePayment: route({
    method: 'PATCH',
    path: '/payments/{id}',
    who: 'payments:write',
    summary: 'Change what other systems have put onto a payment, key by key',
    params: ofOrder,
    body: LabelsPatch,
    untagged: true,
    answer: { status: 200, body: Payment },
    problems: ['payment_not_found', 'too_many_metadata_keys'],
  }),
  receiveWebhook: route({
    method: 'POST',
    path: '/payments/webhooks/{provider}',
    who: 'open',
    summary: 'What a provider reports unasked; trusted by its signature, no older than 300 s',
    params: z.strictObject({ provider: z.enum(['sandbox', 'stripe']) }),
    text: ['application/json'],
    answer: { status: 200, body: z.object({ received: z.literal(true) }) },
    problems: ['provider_not_found', 'invalid_signature', 'invalid_json'],
  }),
  getWallet: route({
    method: 'GET',
    path: '/users/me/wallet',
    who: 'user',
    summary: 'Balance and ledger, the newest entry first',
    query: Paging,
    answer: { status: 200, body: Wallet },
  }),
  getWalletOf: route({
    method: 'GET',
    path: '/users/{id}/wallet',
    who: 'wallets:read',
    summary: "Balance and ledger of a customer's wallet, the newest entry first",
    params: ofOrder,
    query: Paging,
    answer: { status: 200, body: Wallet },
    problems: ['user_not_found'],
  }),
  depositToWallet: route({
    method: 'POST',
    path: '/users/{id}/wallet/deposits',
    who: 'wallets:write',
    summary: "Add money to a customer's wallet; an empty one takes any currency",
    params: ofOrder,
    body: z.strictObject({ amount: Charge, reference: Reference.optional() }),
    idempotencyKey: 'required',
    answer: { status: 201, body: z.object({ balance: Money, entry: LedgerEntry }), location: '/users/{id}/wallet' },
    problems: ['user_not_found', 'account_leaving', 'currency_mismatch', 'balance_too_large'],
  }),
  correctWallet: route({
    method: 'POST',
    path: '/users/{id}/wallet/corrections',
    who: 'wallets:write',
    summary: "Take a wrong deposit back out of a customer's wallet, as far as the balance goes",
    params: ofOrder,
    body: z.strictObject({
      amount: Charge,
      reason: personal('reason', trimmedLines(200)),
      reference: Reference.optional(),
    }),
    idempotencyKey: 'required',
    answer: { status: 201, body: z.object({ balance: Money, entry: LedgerEntry }), location: '/users/{id}/wallet' },
    problems: ['user_not_found', 'currency_mismatch', 'balance_too_small'],
  }),
}
