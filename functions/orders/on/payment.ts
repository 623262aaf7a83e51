import type { DataOf, Envelope } from '../../../schemas/contract.ts'
import type { FailureCode } from '../../../schemas/payment.ts'
import type { events } from '../../../schemas/payments.ts'
import type { HandlersOf } from '../../runtime/events.ts'
import { expire } from '../core/hold.ts'
import type { OrderEvent } from '../core/order.ts'
import type { OrderDeps } from '../deps.ts'
import { changeOrder } from '../store/change-order.ts'

type PaymentEvent = Exclude<
  (typeof events)[keyof typeof events],
  typeof events.walletChanged | typeof events.actionRecorded
>
type Payment = DataOf<typeof events.paymentCompleted> & { readonly reason?: FailureCode }

/** How the payment of an order stands. Throws when there is no such order. */
export function onPayment(deps: OrderDeps): HandlersOf<PaymentEvent> {
  const onChange = (event: Envelope<Payment>) => onPaymentChanged(deps, event)
  return {
    'payment.requested': onChange,
    'payment.authorized': onChange,
    'payment.completed': onChange,
    'payment.declined': onChange,
    'payment.failed': onChange,
    'payment.voided': onChange,
    'payment.refunded': onChange,
    'payment.refund_failed': onChange,
  }
}

/** The time of the hold decides: money that comes after it finds the order expired, also when its timer was lost. */
async function onPaymentChanged(deps: OrderDeps, { id: cause, data }: Envelope<Payment>): Promise<void> {
  const { orderId, version, refundedForReturns, reason } = data
  const event: OrderEvent = {
    name: 'payment',
    version,
    status: data.status,
    failure: reason,
    kept: data.captured.amount - data.refunded.amount, // mutant: kept-sum
    refundedForReturns,
  }
  const at = deps.clock.now()
  const origin = { at, cause, by: 'payments' }
  // mutant: late-payment
  const order = await changeOrder(deps, orderId, (latest) => expire(latest, at) ?? event, origin)
  if (order.payment.version < version) await changeOrder(deps, orderId, () => event, origin)
}
