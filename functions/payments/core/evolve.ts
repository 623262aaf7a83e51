import type { Labels } from '../../../schemas/labels.ts'
import type { FailureCode, PaymentMethod } from '../../../schemas/payment.ts'
import type { Money } from '../../../schemas/shared.ts'
import { withRefund, withRefunds } from './due-refunds.ts'
import { holdOf } from './hold.ts'
import { keeperOf, restOf } from './money.ts'
import type { Attempt, Outcome, Payment, PaymentEvent } from './payment.ts'
import { type RefundEvent, evolveRefund, triedAgain } from './refund.ts'
import { refusalOf } from './refusal.ts'

/** After so many declined cards the money will not come. */
export const maxDeclined = 3

/**
 * Adds a fact, and the refunds that follow from it. The same payment comes back when the event brings nothing new. What is known of the
 * order and of each attempt only grows: events may come late, twice and in any order.
 */
export function evolve(payment: Payment, event: PaymentEvent, at: number): Payment {
  const after = added(payment, event, at)
  return after === payment ? payment : bare({ ...withRefunds(withFailure(after), at), changedAt: at })
}

/** What stands for a text that was forgotten and must be there. */
export const gone = 'erased'

/** A payment of somebody who is erased keeps sums, times and ids alone, whatever comes later. */
function bare(payment: Payment): Payment {
  if (!payment.forgotten) return payment
  const { labels: _, ...bared } = payment // mutant: forgotten-labels
  return {
    ...bared,
    attempts: payment.attempts.map(({ token: __, ...attempt }) => attempt),
    refunds: payment.refunds.map(({ reason: __, closed, ...refund }) => {
      if (closed === undefined) return refund
      const { reason: ___, ...kept } = closed
      return { ...refund, closed: { ...kept, reference: gone } }
    }),
  }
}

function added(payment: Payment, event: PaymentEvent, at: number): Payment {
  switch (event.name) {
    case 'reserved':
      // An order that waited may be held later than its wait would have ended: then its money may come later too.
      if (event.expiresAt <= (payment.expiresAt ?? -Infinity)) return payment // mutant: held-later
      return {
        ...payment,
        method: payment.attempts.length > 0 ? payment.method : event.method,
        expiresAt: event.expiresAt,
        ...(event.atOnce && { atOnce: true }),
      }
    case 'confirmed':
      if (payment.order !== 'open') return payment // mutant: closed-payment
      return approved({ ...payment, order: 'confirmed' }, at)
    case 'closed':
      return payment.order === 'closed' ? payment : { ...payment, order: 'closed' }
    case 'forgotten':
      return payment.forgotten ? payment : { ...payment, forgotten: true }
    case 'returned':
      return event.due > payment.returnsDue ? { ...payment, returnsDue: event.due } : payment
    case 'labelled':
      return labelled(payment, event.labels)
    case 'attempted':
      return refusalOf(payment, at) ? payment : attempted(payment, event.method, event.token, at)
    case 'reported':
      return reported(payment, event.attempt, event.outcome)
    case 'refund_requested':
      return refundRequested(payment, event, at)
    case 'refunded':
    case 'refund_pending':
    case 'refund_failed':
    case 'refund_closed':
      return withRefundEvent(payment, event)
    case 'resumed': {
      const { onHold: _, ...rest } = payment
      // mutant: tried-again
      return holdOf(payment) === undefined ? payment : { ...rest, refunds: payment.refunds.map(triedAgain) }
    }
  }
}

function labelled({ labels: _, ...payment }: Payment, labels: Labels): Payment {
  return { ...payment, ...(Object.keys(labels).length > 0 && { labels }) }
}

/** An operator's approval stands for the money of an order that is paid by hand: it counts as captured from then on. */
function approved(payment: Payment, at: number): Payment {
  if (payment.method !== 'manual') return payment
  return { ...payment, attempts: [...payment.attempts, { method: 'manual', state: 'captured', at }] }
}

function attempted(payment: Payment, method: PaymentMethod, token: string | undefined, at: number): Payment {
  // An order that costs nothing needs no money.
  const state = payment.amount.amount === 0 ? 'captured' : 'pending'
  const attempt = { method, ...(token !== undefined && { token }), state, at } as const
  return { ...payment, method, attempts: [...payment.attempts, attempt] }
}

// What is known of an attempt only grows. A report of the provider that money came stands over all its earlier ones.
const rank: Readonly<Record<Outcome['state'], number>> = {
  pending: 0,
  declined: 1,
  authorized: 2,
  voided: 3,
  captured: 4,
}

function reported(payment: Payment, number: number, outcome: Outcome): Payment {
  const attempt = payment.attempts[number - 1]
  if (attempt === undefined) return payment
  const { state, reference = attempt.reference } = outcome
  const known = reference === attempt.reference ? payment : withAttempt(payment, number, { ...attempt, reference })
  if (rank[state] <= rank[attempt.state]) return known // mutant: attempt-rank
  // mutant: another-amount
  if ('amount' in outcome && !isSame(outcome.amount, payment.amount)) {
    const why = `${state} ${textOf(outcome.amount)} instead of ${textOf(payment.amount)}`
    return payment.onHold === undefined ? { ...known, onHold: why } : known
  }
  const { reason: _, ...rest } = attempt
  return withAttempt(payment, number, {
    ...rest,
    state,
    ...('reason' in outcome && outcome.reason !== undefined && { reason: outcome.reason }),
    ...('withheld' in outcome && { withheld: true }),
    ...(reference !== undefined && { reference }),
  })
}

const isSame = (a: Money, b: Money): boolean => a.amount === b.amount && a.currency === b.currency

const textOf = ({ amount, currency }: Money): string => `${amount} ${currency}`

const withAttempt = (payment: Payment, number: number, attempt: Attempt): Payment => ({
  ...payment,
  attempts: payment.attempts.with(number - 1, attempt),
})

function withFailure(payment: Payment): Payment {
  const reason = payment.failed === undefined ? failureOf(payment) : undefined
  return reason === undefined ? payment : { ...payment, failed: reason }
}

/** A wallet that is too small fails at once, cards fail after the third. Money that was set aside and is gone cannot be asked for again. */
function failureOf(payment: Payment): FailureCode | undefined {
  const { attempts, order } = payment
  if (attempts.some(({ state }) => state === 'pending') || keeperOf(payment) !== undefined) return undefined
  const declined = attempts.filter(({ state }) => state === 'declined')
  const last = declined.at(-1)
  // mutant: declined-cards
  if (last && (last.method === 'wallet' || declined.length >= maxDeclined)) return last.reason ?? 'card_declined'
  return order !== 'closed' && attempts.some(({ state }) => state === 'voided') ? 'capture_failed' : undefined
}

type RefundRequest = Extract<PaymentEvent, { readonly name: 'refund_requested' }>

function refundRequested(payment: Payment, { amount, reason, by }: RefundRequest, at: number): Payment {
  const keeper = keeperOf(payment)
  if (keeper === undefined || amount > restOf(payment, keeper)) return payment
  return withRefund(payment, keeper, amount, 'operator', at, { reason, by })
}

function withRefundEvent(payment: Payment, event: RefundEvent): Payment {
  const index = payment.refunds.findIndex(({ id }) => id === event.refund)
  const refund = payment.refunds[index]
  const after = refund && evolveRefund(refund, event)
  return after === undefined || after === refund ? payment : { ...payment, refunds: payment.refunds.with(index, after) }
}
