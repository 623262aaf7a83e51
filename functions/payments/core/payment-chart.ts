import type { PaymentStatus, Refund } from '../../../schemas/payment.ts'
import { type StateChart, customer, either, operator, system } from '../../../schemas/state-chart.ts'

/** Where a payment goes from each status. Money may come late, and a refund may fail late: no status is final for good. */
export const paymentChart: StateChart<PaymentStatus> = {
  requested: {
    in_flight: customer('a card is tried'),
    captured: either('paid from the wallet, or approved by hand'),
    failed: customer('the wallet is too small'),
    voided: either('the order closes'),
  },
  in_flight: {
    authorized: system('the money is set aside'),
    captured: system('the money is taken'),
    requested: system('the card is declined'),
    failed: system('the last card is declined'),
    voided: system('the order has closed, and nothing was taken'),
    refund_due: system('the order has closed, and the money was taken'),
    refunded: system('the order has closed, and what came by another card is back'),
  },
  authorized: {
    captured: system('the order confirms'),
    failed: system('what was set aside is gone'),
    voided: system('the order has closed'),
    refund_due: system('the order has closed, and the money was taken'),
    refunded: system('the order has closed, and what came by another card is back'),
    in_flight: system('the order has closed, and another card is still in flight'),
  },
  captured: {
    refund_due: either('the order closes'),
    refunded: either('the order closes, and the money is back at once'),
    voided: either('an order closes that cost nothing'),
  },
  refund_due: {
    refunded: { by: ['operator', 'system'], on: 'all of it went back, or a refund is closed by hand' },
    in_flight: system('all of it went back, and another card is still in flight'),
    authorized: system('all of it went back, and the money of another card is still set aside'),
  },
  refunded: { refund_due: system('a refund fails after all, or money comes again') },
  failed: { refund_due: system('the money comes after all') },
  voided: { refund_due: system('the money comes after all') },
}

/** Where a refund goes from each state. */
export const refundChart: StateChart<Refund['state']> = {
  due: {
    done: system('the provider or the wallet takes it'),
    failed: system('the provider refuses it, or the wallet cannot take it'),
  },
  done: { failed: system('the provider takes it back') },
  failed: {
    due: operator('tried again: the payment is resumed'),
    closed: operator('given back in another way'),
  },
  closed: {},
}
