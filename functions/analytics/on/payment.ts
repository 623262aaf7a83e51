import type { DataOf, Envelope } from '../../../schemas/contract.ts'
import type { events } from '../../../schemas/payments.ts'
import type { AnalyticsDeps } from '../deps.ts'
import { countOrder } from '../store/order-item.ts'

type PaymentEvent = Envelope<
  DataOf<
    | typeof events.paymentFailed
    | typeof events.paymentVoided
    | typeof events.paymentRefunded
    | typeof events.paymentRefundFailed
  >
>

/**
 * Counts what has gone back, as of the version of the payment, at the time of that version. Money that came twice was never counted, and
 * does not count when its double goes back. A payment that failed or was voided is over without any: an order may have been confirmed on
 * money that was set aside, or approved and cancelled in one moment. What costs nothing is paid all the same. Late money that comes after all goes back, and brings the next version.
 */
export const onPayment =
  (deps: AnalyticsDeps) =>
  (event: PaymentEvent): Promise<void> => {
    const { version, status, amount: due, refunded, refundedTwice = 0 } = event.data
    const amount = refunded.amount - refundedTwice // mutant: refunded-twice
    const isOver = status === 'failed' || status === 'voided' // mutant: uncollected
    const uncollected = isOver && due.amount > 0 // mutant: uncollected-free
    return countOrder(deps, event, { name: 'refunded', version, at: Date.parse(event.time), amount, uncollected })
  }
