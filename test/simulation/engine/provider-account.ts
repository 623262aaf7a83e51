import type { Outcome } from '../../../functions/payments/core/payment.ts'
import type { Charge } from '../../../functions/payments/adapters/provider.ts'

/** What the provider knows of one charge. */
export interface Account {
  readonly charge: Charge
  state: Outcome['state']
  /** When it came to that state, in milliseconds since 1970. */
  since: number
  /** Whether that was ever its answer. */
  refused: boolean
  /** Captured ones; a charge is captured once. */
  captures: number
  /** Minor units by refund and try, of what is given back. */
  readonly refunds: Map<string, number>
  /** Those of `refunds` whose outcome is still open. */
  readonly waiting: Set<string>
  /** Why tries of refunds will never be, by refund and try. */
  readonly failed: Map<string, string>
}

const declined: Outcome = { state: 'declined', reason: 'card_declined' }

export const nameOf = ({ paymentId, attempt }: Charge): string => `${paymentId}/${attempt}`

/** The provider's name for a try of a refund. */
export const tryNameOf = (id: string, number: number): string => `${id}/${number}`

const referenceOf = (charge: Charge): string => `bank ${nameOf(charge)}`

export const sumOf = (refunds: ReadonlyMap<string, number>): number =>
  [...refunds.values()].reduce((sum, each) => sum + each, 0)

export function outcomeOf({ charge, state }: Account): Outcome {
  const reference = referenceOf(charge)
  if (state === 'authorized' || state === 'captured') return { state, amount: charge.amount, reference }
  return state === 'declined' ? { ...declined, reference } : { state, reference }
}

/** The webhook of a charge; undefined while nothing is decided. */
export function textOf({ charge: { orderId, paymentId, attempt, amount }, state }: Account): string | undefined {
  if (state === 'pending') return undefined
  const about = { orderId, paymentId, attempt }
  const more = state === 'declined' ? { reason: 'card_declined' } : state === 'voided' ? {} : { amount }
  return JSON.stringify({ type: state, data: { ...about, ...more } })
}
