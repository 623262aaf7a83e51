import { holdOf } from './hold.ts'
import { countOf, isWanted, keeperOf } from './money.ts'
import type { Payment } from './payment.ts'

/** Why an attempt cannot begin now. */
export type Refusal = 'order_closed' | 'payment_manual' | 'payment_in_flight' | 'already_paid' | 'payment_on_hold'

/** Whether money may be asked for at that time, and if not, why. */
export function refusalOf(payment: Payment, now: number): Refusal | undefined {
  if (!isWanted(payment) || payment.expiresAt === undefined) return 'order_closed' // mutant: order-closed
  if (payment.method === 'manual') return 'payment_manual'
  if (keeperOf(payment) !== undefined) return 'already_paid' // mutant: already-paid
  if (holdOf(payment) !== undefined) return 'payment_on_hold'
  if (countOf(payment, 'pending') > 0) return 'payment_in_flight' // mutant: payment-in-flight
  return now >= payment.expiresAt ? 'order_closed' : undefined // mutant: payable-until
}
