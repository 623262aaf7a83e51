import type { Outcome, Payment } from './payment.ts'
import { isGiven, sumOf } from './refund.ts'

/** Money is wanted until the order closes or the payment fails. */
export const isWanted = ({ order, failed }: Payment): boolean => order !== 'closed' && failed === undefined

/**
 * The number of the attempt whose money is kept: of the captured ones the one with a refund already, which stays valid
 * when money comes twice, or the first; else the first that is authorized.
 */
export function keeperOf({ attempts, refunds }: Payment): number | undefined {
  const doubled = new Set(refunds.filter(({ cause }) => cause === 'duplicate').map(({ attempt }) => attempt))
  const numbers = attempts.map((_, index) => index + 1)
  const captured = numbers.filter((number) => attempts[number - 1]?.state === 'captured' && !doubled.has(number))
  const given = captured.find((number) => refunds.some(({ attempt }) => attempt === number))
  // mutant: keeper
  return given ?? captured[0] ?? numbers.find((number) => attempts[number - 1]?.state === 'authorized')
}

/** Of the money of that attempt, what no refund covers. */
export function restOf({ attempts, refunds, amount }: Payment, number: number): number {
  if (attempts[number - 1]?.state !== 'captured') return 0
  return amount.amount - sumOf(refunds.filter(({ attempt }) => attempt === number)) // mutant: refundable
}

/** In minor units, what came. */
export const capturedOf = ({ attempts, amount }: Payment): number =>
  attempts.filter(({ state }) => state === 'captured').length * amount.amount

/** In minor units, what went back. */
export const refundedOf = ({ refunds }: Payment): number => sumOf(refunds.filter(isGiven))

/** In minor units, what went back for returned goods. */
export const refundedForReturns = ({ refunds }: Payment): number =>
  sumOf(refunds.filter((refund) => isGiven(refund) && refund.cause === 'return'))

/** In minor units, what went back because it had come twice. */
export const refundedTwice = ({ refunds }: Payment): number =>
  sumOf(refunds.filter((refund) => isGiven(refund) && refund.cause === 'duplicate'))

/** How many attempts are in that state. */
export const countOf = (payment: Payment | undefined, state: Outcome['state']): number =>
  payment?.attempts.filter((attempt) => attempt.state === state).length ?? 0
