import type { Payment } from './payment.ts'
import type { Refund } from './refund.ts'

/** Why nothing moves until an operator resumes the payment: what was reported, or the first refund that failed. */
export function holdOf({ onHold, refunds }: Payment): string | undefined {
  const failed = refunds.find(({ state }) => state === 'failed')
  return onHold ?? (failed && `refund ${failed.id}: ${failed.failure}`) // mutant: refund-hold
}

/** The refunds that did not go through, and wait for an operator. */
export const failedOf = ({ refunds }: Payment): readonly Refund[] => refunds.filter(({ state }) => state === 'failed')
