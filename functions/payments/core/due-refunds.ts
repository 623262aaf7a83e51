import { cardStep } from '../../../schemas/currencies.ts'
import { maxAmount } from '../../../schemas/shared.ts'
import { isWanted, keeperOf, restOf } from './money.ts'
import { type Payment, suffixOf } from './payment.ts'
import { type Refund, sumOf } from './refund.ts'

/** Money that is not wanted, that came twice, or that returned goods have cost goes back: each by one refund, and never more than came. */
export function withRefunds(payment: Payment, at: number): Payment {
  const wanted = isWanted(payment)
  const keeper = keeperOf(payment)
  return payment.attempts.reduce((all, _, index) => {
    const number = index + 1
    if (!wanted) return withRefund(all, number, restOf(all, number), 'order_closed', at) // mutant: unwanted-money
    // mutant: duplicate-money
    if (number !== keeper) return withRefund(all, number, restOf(all, number), 'duplicate', at)
    const given = sumOf(all.refunds.filter(({ cause }) => cause === 'return'))
    // Up to what a card can be given back: the rest would stay due for ever.
    const due = Math.ceil((all.returnsDue - given) / stepOf(all, number)) * stepOf(all, number) // mutant: returns-due
    return withRefund(all, number, Math.min(due, restOf(all, number)), 'return', at)
  }, payment)
}

/** The step, in minor units, in which money of that attempt goes back. */
const stepOf = ({ attempts, amount: { currency } }: Payment, number: number): number =>
  attempts[number - 1]?.method === 'card' ? cardStep(currency) : 1

export function withRefund(
  payment: Payment,
  attempt: number,
  amount: number,
  cause: Refund['cause'],
  at: number,
  asked: Pick<Refund, 'reason' | 'by'> = {},
): Payment {
  if (amount <= 0) return payment
  const { reason, by } = asked
  const manual = payment.attempts[attempt - 1]?.method === 'manual'
  const refund: Refund = {
    id: `ref_${suffixOf(payment.orderId)}_${payment.refunds.length + 1}`,
    attempt,
    amount,
    cause,
    // Money that an operator took by hand is given back by hand.
    state: manual ? 'done' : 'due',
    ...(reason !== undefined && { reason }),
    ...(by !== undefined && { by }),
    at,
  }
  return { ...payment, refunds: [...payment.refunds, refund] }
}

/** In minor units, what an operator can still give back. */
export function refundable(payment: Payment): number {
  const keeper = keeperOf(payment)
  return keeper === undefined ? 0 : Math.min(restOf(payment, keeper), maxAmount)
}

/** The step, in minor units, in which an operator can give back some; all that is left he always can. */
export function refundStep(payment: Payment): number {
  const keeper = keeperOf(payment)
  return keeper === undefined ? 1 : stepOf(payment, keeper)
}
