import { routes } from '../../schemas/payments.ts'
import { systemClock } from '../runtime/clock.ts'
import { env, required } from '../runtime/env.ts'
import { type Handlers, http } from '../runtime/http.ts'
import { liveOrders, liveStore } from '../runtime/live.ts'
import { liveProvider } from './live-provider.ts'
import { closeRefund } from './close-refund.ts'
import { listPaymentsOnHold } from './list-on-hold.ts'
import type { PaymentRouteParts, WalletParts } from './parts.ts'
import { payOrder } from './pay-order.ts'
import { receiveWebhook } from './receive-webhook.ts'
import { refundOrder } from './refund-order.ts'
import { resumePayment } from './resume-payment.ts'
import { listPayments } from './see-payment.ts'
import { depositToWallet, getWallet } from './wallets.ts'

/** The routes of payments. */
export const handlers = (parts: PaymentRouteParts & WalletParts): Handlers<typeof routes> => ({
  payOrder: payOrder(parts),
  listPayments: listPayments(parts),
  refundOrder: refundOrder(parts),
  closeRefund: closeRefund(parts),
  listPaymentsOnHold: listPaymentsOnHold(parts),
  resumePayment: resumePayment(parts),
  receiveWebhook: receiveWebhook(parts),
  getWallet: getWallet(parts),
  depositToWallet: depositToWallet(parts),
})

export const handler = http(routes, () =>
  handlers({
    store: liveStore(),
    clock: systemClock,
    provider: liveProvider(),
    askOrders: liveOrders(),
    currency: required(env.currency),
  }),
)
