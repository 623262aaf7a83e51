import { signatureHeader } from '../../functions/payments/adapters/signature.ts'
import { paymentIdOf } from '../../functions/payments/core/payment.ts'
import type { routes } from '../../schemas/payments.ts'
import { relabelling } from './labels.ts'
import { type Plan, about, customer, gbp, paging, some } from './plan.ts'
import { linesOf, textOf } from './text.ts'

/** Payments, refunds and wallets. `webhookSecret` signs the webhooks of the sandbox; without it that route gets bad signatures only. */
export const money = (webhookSecret: string, now: () => number): { readonly [Name in keyof typeof routes]: Plan } => ({
  payOrder: {
    ask: (asked) =>
      about(asked.take('reservedForCard'), ({ id, owner }) => ({
        as: owner,
        params: { id },
        idempotencyKey: asked.shop.name('key'),
        body: asked.chance.maybe(0.5)
          ? { method: 'wallet' }
          : { method: 'card', token: asked.chance.pick(['tok_accepted', 'tok_refund_fails', 'tok_declined']) },
      })),
    learn: ({ shop }, { as: owner, params }, { status }) => {
      const made = { id: params?.['id'] ?? '', owner }
      shop.put('captured', made)
      if (status === 'captured') shop.put('confirmed', made)
    },
  },
  listPayments: {
    weight: 3,
    ask: (asked) =>
      about(asked.take('captured') ?? asked.shop.some('refundable', asked.chance), ({ id, owner }) => ({
        as: owner,
        params: { id },
      })),
    learn: ({ shop }, { as: owner, params }, { items }) => {
      const made = { id: params?.['id'] ?? '', owner }
      const [payment] = items
      if (payment?.status === 'captured') shop.put('refundable', made)
      else if (payment === undefined || ['requested', 'authorized', 'in_flight'].includes(payment.status))
        shop.put('captured', made)
    },
  },
  // Few refunds fail, and there must be one to be closed.
  refundOrder: {
    weight: 3,
    ask: (asked) =>
      about(asked.take('refundable'), ({ id }) => ({
        as: asked.shop.operator,
        params: { id },
        idempotencyKey: asked.shop.name('key'),
        body: some(asked.chance, { reason: linesOf(asked.chance, 200) }),
      })),
    learn: ({ shop }, _, { refunds }) => {
      for (const { id, state } of refunds) if (state === 'failed') shop.put('failedRefunds', { id })
    },
  },
  closeRefund: {
    weight: 4,
    ask: (asked) =>
      about(asked.take('failedRefunds'), ({ id }) => ({
        as: asked.shop.operator,
        params: { id },
        idempotencyKey: asked.shop.name('key'),
        body: {
          reference: textOf(asked.chance, 100),
          ...some(asked.chance, { reason: linesOf(asked.chance, 200) }),
        },
      })),
  },
  listPaymentsOnHold: {
    ask: ({ shop, chance }) => ({ as: shop.operator, query: { onHold: 'true', ...paging(chance) } }),
  },
  resumePayment: {
    ask: ({ shop, chance }) =>
      about(shop.some('refundable', chance), ({ id }) => ({ as: shop.operator, params: { id } })),
  },
  updatePayment: {
    weight: 0.5,
    ask: (asked) =>
      about(asked.shop.some('refundable', asked.chance), ({ id }) => ({
        as: asked.shop.operator,
        params: { id: paymentIdOf(id) },
        body: relabelling(asked),
      })),
  },
  receiveWebhook: {
    ask: ({ shop, chance }) => {
      const about = { orderId: shop.name('ord'), paymentId: shop.name('pay'), attempt: 1 }
      const text = JSON.stringify(
        chance.pick([
          { type: 'captured', data: { ...about, amount: gbp(100) } },
          { type: 'declined', data: { ...about, reason: 'card_declined' } },
          { type: 'refund_failed', data: { ...about, refundId: shop.name('ref') } },
          { type: textOf(chance, 50), data: textOf(chance, 50) },
        ]),
      )
      const signature = signatureHeader([webhookSecret], Math.floor(now() / 1_000), text)
      return {
        as: undefined,
        params: { provider: 'sandbox' },
        text,
        mediaType: 'application/json',
        headers: { 'holdfast-signature': signature },
      }
    },
  },
  getWallet: { ask: (asked) => ({ as: customer(asked), query: paging(asked.chance) }) },
  getWalletOf: {
    ask: (asked) => ({ as: asked.shop.operator, params: { id: customer(asked).id }, query: paging(asked.chance) }),
  },
  depositToWallet: {
    ask: (asked) => ({
      as: asked.shop.operator,
      params: { id: customer(asked).id },
      idempotencyKey: asked.shop.name('key'),
      body: {
        amount: gbp(asked.chance.between(1, 100_000)),
        ...some(asked.chance, { reference: textOf(asked.chance, 100) }),
      },
    }),
  },
  correctWallet: {
    ask: (asked) => ({
      as: asked.shop.operator,
      params: { id: customer(asked).id },
      idempotencyKey: asked.shop.name('key'),
      body: {
        amount: gbp(asked.chance.between(1, 1_000)),
        reason: linesOf(asked.chance, 200),
        ...some(asked.chance, { reference: textOf(asked.chance, 100) }),
      },
    }),
  },
})
