import { holdOf } from './hold.ts'
import { isWanted, keeperOf } from './money.ts'
import type { Attempt, Payment } from './payment.ts'
import type { Refund } from './refund.ts'

/** What has still to happen at the provider, or in the wallet: `recall` what is in flight, `void` what is set aside. */
export type Operation =
  | { readonly name: 'authorize' | 'recall' | 'capture' | 'void'; readonly attempt: number }
  | { readonly name: 'refund'; readonly refund: Refund }

/** What has still to happen elsewhere; nothing by itself while the payment is on hold. */
export function pending(payment: Payment): readonly Operation[] {
  if (holdOf(payment) !== undefined) return []
  const due = payment.refunds.filter(({ state }) => state === 'due')
  return [
    ...payment.attempts.flatMap(({ state }, index) => operationsOf(payment, index + 1, state)),
    ...due.map((refund) => ({ name: 'refund' as const, refund })),
  ]
}

function operationsOf(payment: Payment, attempt: number, state: Attempt['state']): Operation[] {
  const wanted = isWanted(payment)
  if (state === 'pending') return [{ name: wanted ? 'authorize' : 'recall', attempt }]
  if (state !== 'authorized') return []
  if (!wanted || keeperOf(payment) !== attempt) return [{ name: 'void', attempt }] // mutant: void
  return payment.order === 'confirmed' || payment.atOnce ? [{ name: 'capture', attempt }] : [] // mutant: capture
}
