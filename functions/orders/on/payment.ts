import type { DataOf, Envelope } from '../../../schemas/contract.ts'
import type { FailureCode, events } from '../../../schemas/payments.ts'
import { changeOrder } from '../store/change-order.ts'
import { type OrderEvent, expire } from '../core/order.ts'
import type { OrderDeps } from '../deps.ts'

type Payment = DataOf<typeof events.paymentCompleted> & { readonly reason?: FailureCode }

/**
 * Lets the order know how its payment stands. The time of the hold is the truth: money that comes after it finds the order expired, also
 * when its timer was lost. Throws when there is no such order.
 */
export async function followPayment(
  { store, clock }: OrderDeps,
  { id: cause, data }: Envelope<Payment>,
): Promise<void> {
  const { orderId, version, refundedForReturns, reason } = data
  const news: OrderEvent = {
    name: 'payment',
    version,
    status: data.status,
    failure: reason,
    kept: data.captured.amount - data.refunded.amount, // mutant: kept-sum
    refundedForReturns,
  }
  const at = clock.now()
  const origin = { at, cause, by: 'payments' }
  // mutant: late-payment
  const order = await changeOrder(store, orderId, (latest) => expire(latest, at) ?? news, origin)
  if (order.told.version < version) await changeOrder(store, orderId, () => news, origin)
}
