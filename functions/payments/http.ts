import { PaymentRates } from '../../schemas/rates.ts'
import { routes } from '../../schemas/payments.ts'
import { env, required } from '../runtime/env.ts'
import { type Handlers, http } from '../runtime/http.ts'
import { liveIdentity, liveItems, liveOrders, livePrincipals, liveRates } from '../runtime/aws-wiring.ts'
import { liveProvider } from './adapters/stage-provider.ts'
import { closeRefund } from './routes/close-refund.ts'
import { listPaymentsOnHold } from './routes/list-on-hold.ts'
import type { PaymentRouteDeps, WalletDeps } from './deps.ts'
import { payOrder } from './routes/pay.ts'
import { receiveWebhook } from './routes/receive-webhook.ts'
import { refundOrder } from './routes/refund.ts'
import { resumePayment } from './routes/resume.ts'
import { listPayments } from './routes/list.ts'
import { updatePayment } from './routes/update.ts'
import { correctWallet, depositToWallet, getWallet, getWalletOf } from './routes/wallets.ts'

/** The routes of payments. */
export const handlers = (deps: PaymentRouteDeps & WalletDeps): Handlers<typeof routes> => ({
  payOrder: payOrder(deps),
  listPayments: listPayments(deps),
  refundOrder: refundOrder(deps),
  closeRefund: closeRefund(deps),
  listPaymentsOnHold: listPaymentsOnHold(deps),
  resumePayment: resumePayment(deps),
  updatePayment: updatePayment(deps),
  receiveWebhook: receiveWebhook(deps),
  getWallet: getWallet(deps),
  getWalletOf: getWalletOf(deps),
  depositToWallet: depositToWallet(deps),
  correctWallet: correctWallet(deps),
})

export const handler = http(routes, liveIdentity, () =>
  handlers({
    ...liveItems(),
    provider: liveProvider(),
    rates: liveRates(PaymentRates),
    askOrders: liveOrders(),
    currency: required(env.currency),
    principals: livePrincipals(),
  }),
)
