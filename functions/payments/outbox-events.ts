import { events } from '../../schemas/payments.ts'
import type { ToEvent, OutboxEvent } from '../runtime/relay.ts'
import { withActions } from '../runtime/actions.ts'
import { NotKnownYet } from '../runtime/redelivery.ts'
import type { Item } from '../runtime/store.ts'
import { maxDeclined } from './core/evolve.ts'
import { failedOf } from './core/hold.ts'
import { capturedOf, refundedForReturns, refundedOf, refundedTwice } from './core/money.ts'
import type { Payment } from './core/payment.ts'
import { status } from './core/status.ts'
import { readPayment } from './store/payment-item.ts'
import { readWallet } from './store/wallet-item.ts'
import { own } from '../../schemas/own.ts'

/** The events of payments, from the items that they ride in. */
export const toEvent: ToEvent = withActions(events.actionRecorded, (item, name) => {
  const toOne = own(byName, name)
  if (toOne === undefined) throw new NotKnownYet(`Payments publish no event ${name}.`)
  return toOne(item)
})

const plain =
  (contract: OutboxEvent['contract']) =>
  (item: Item): OutboxEvent => ({ contract, data: ofPayment(item) })

const byName: Readonly<Record<string, (item: Item) => OutboxEvent>> = {
  'payment.requested': plain(events.paymentRequested),
  'payment.authorized': plain(events.paymentAuthorized),
  'payment.completed': plain(events.paymentCompleted),
  'payment.voided': plain(events.paymentVoided),
  'payment.refunded': plain(events.paymentRefunded),
  'payment.refund_failed': (item) => {
    const { state: payment } = readPayment(item)
    const { currency } = payment.amount
    const failed = failedOf(payment).map(({ id, amount, failure = '' }) => ({
      id,
      amount: { amount, currency },
      reason: failure,
    }))
    return { contract: events.paymentRefundFailed, data: { ...ofPayment(item), failed } }
  },
  'payment.declined': (item) => {
    const declined = declinedOf(readPayment(item).state)
    const data = { reason: declined.at(-1)?.reason ?? 'card_declined', attemptsLeft: maxDeclined - declined.length }
    return { contract: events.paymentDeclined, data: { ...ofPayment(item), ...data } }
  },
  'payment.failed': (item) => ({
    contract: events.paymentFailed,
    data: { ...ofPayment(item), reason: readPayment(item).state.failed },
  }),
  'wallet.changed': (item) => {
    const {
      wallet,
      item: { last },
    } = readWallet(item)
    return { contract: events.walletChanged, data: { ...wallet, entry: last } }
  },
}

const declinedOf = ({ attempts }: Payment) => attempts.filter(({ state }) => state === 'declined')

function ofPayment(item: Item) {
  const { state: payment } = readPayment(item)
  const { currency } = payment.amount
  return {
    paymentId: payment.id,
    orderId: payment.orderId,
    customerId: payment.customerId,
    method: payment.method,
    version: item.version,
    status: status(payment),
    amount: payment.amount,
    captured: { amount: capturedOf(payment), currency }, // mutant: captured-sum
    refunded: { amount: refundedOf(payment), currency },
    refundedForReturns: refundedForReturns(payment),
    refundedTwice: refundedTwice(payment),
  }
}
