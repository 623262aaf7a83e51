import type { DataOf, Envelope } from '../../../schemas/contract.ts'
import type { events } from '../../../schemas/payments.ts'
import type { AnalyticsDeps } from '../deps.ts'
import { countOrder } from '../store/order-item.ts'

type RefundEvent = Envelope<DataOf<typeof events.paymentRefunded | typeof events.paymentRefundFailed>>

/**
 * Counts what has gone back, as of the version of the payment, at the time of that version. Money that came twice was never counted, and
 * does not count when its double goes back.
 */
export const onRefund =
  (deps: AnalyticsDeps) =>
  (event: RefundEvent): Promise<void> => {
    const { version, refunded, refundedTwice = 0 } = event.data
    const amount = refunded.amount - refundedTwice // mutant: refunded-twice
    return countOrder(deps, event, { name: 'refunded', version, at: Date.parse(event.time), amount })
  }
