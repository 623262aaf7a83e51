import { cardStep } from '../../../schemas/currencies.ts'
import type { FailureCode, PaymentMethod, PaymentStatus, events } from '../../../schemas/payments.ts'
import { type Money, maxAmount } from '../../../schemas/shared.ts'
import { type Refund, type RefundEvent, evolveRefund, isGiven, sumOf, triedAgain } from './refund.ts'

/** What is known of the money of one order. Times are milliseconds since 1970. */
export interface Payment {
  readonly id: string
  readonly orderId: string
  readonly customerId: string
  /** What the order costs. */
  readonly amount: Money
  /** How it is to be paid, or was last tried; `manual` until the order names a method. */
  readonly method: PaymentMethod
  readonly order: 'open' | 'confirmed' | 'closed'
  /** When the hold runs out; known once stock is held. No attempt begins after it. */
  readonly expiresAt?: number
  /** The first has the number 1. */
  readonly attempts: readonly Attempt[]
  readonly refunds: readonly Refund[]
  /** What is to go back for all that was returned so far, in minor units. */
  readonly returnsDue: number
  /** Why the money will not come. Stays, also when some comes after all. */
  readonly failed?: FailureCode
  /** The report that stops every operation until an operator resumes the payment; `holdOf` has all causes of that. */
  readonly onHold?: string
  /** Of each kind of request of orders, the id of the latest event. */
  readonly requests: Readonly<Partial<Record<RequestKind, string>>>
  readonly createdAt: number
  /** When the last fact was added. */
  readonly changedAt: number
}

/** What orders ask for. */
export type RequestKind = 'reserved' | 'confirmed' | 'closed' | 'returned'

export interface Attempt {
  readonly method: PaymentMethod
  readonly token?: string | undefined
  readonly state: Outcome['state']
  readonly reason?: FailureCode | undefined
  /** What the provider calls it. */
  readonly reference?: string | undefined
  readonly at: number
}

/** What has become of an attempt. */
export type Outcome = { readonly reference?: string | undefined } & (
  | { readonly state: 'pending' }
  | { readonly state: 'authorized' | 'captured'; readonly amount: Money }
  | { readonly state: 'declined'; readonly reason: FailureCode }
  | { readonly state: 'voided'; readonly reason?: FailureCode | undefined }
)

/** What happens to a payment: requests of orders, reports of the provider, and decisions of operators. */
export type PaymentEvent =
  | {
      readonly name: 'reserved'
      readonly method: PaymentMethod
      readonly expiresAt: number
    }
  | { readonly name: 'confirmed' | 'closed' | 'resumed' }
  | { readonly name: 'returned'; readonly due: number }
  | { readonly name: 'attempted'; readonly method: 'wallet' | 'card'; readonly token?: string | undefined }
  | { readonly name: 'reported'; readonly attempt: number; readonly outcome: Outcome }
  | { readonly name: 'refund_requested'; readonly amount: number; readonly reason?: string | undefined }
  | RefundEvent

/** The names of the events that payments emit. */
export type PaymentEventName = Exclude<(typeof events)[keyof typeof events]['name'], 'wallet.changed'>

/** After so many declined cards the money will not come. */
export const maxDeclined = 3

/** The payment of an order at its first event. */
export function opened(orderId: string, customerId: string, amount: Money, at: number): Payment {
  return {
    id: paymentIdOf(orderId),
    orderId,
    customerId,
    amount,
    method: 'manual',
    order: 'open',
    attempts: [],
    refunds: [],
    returnsDue: 0,
    requests: {},
    createdAt: at,
    changedAt: at,
  }
}

/** The id of the one payment of an order. */
export const paymentIdOf = (orderId: string): string => `pay_${suffixOf(orderId)}`

/** The id of the order that a refund is of; undefined for any other text. */
export function orderIdOfRefund(refundId: string): string | undefined {
  const [, suffix] = /^ref_(\w+)_[1-9]\d{0,4}$/.exec(refundId) ?? []
  return suffix === undefined ? undefined : `ord_${suffix}`
}

const suffixOf = (orderId: string): string => orderId.replace(/^ord_/, '')

/**
 * Adds a fact, and the refunds that follow from it. The same payment comes back when the event brings nothing new. What is known of the
 * order and of each attempt only grows: events may come late, twice and in any order.
 */
export function evolve(payment: Payment, event: PaymentEvent, at: number): Payment {
  const after = added(payment, event, at)
  return after === payment ? payment : { ...withRefunds(withFailure(after), at), changedAt: at }
}

function added(payment: Payment, event: PaymentEvent, at: number): Payment {
  switch (event.name) {
    case 'reserved':
      if (payment.expiresAt !== undefined) return payment
      return {
        ...payment,
        method: payment.attempts.length > 0 ? payment.method : event.method,
        expiresAt: event.expiresAt,
      }
    case 'confirmed':
      if (payment.order !== 'open') return payment // mutant: closed-payment
      return approved({ ...payment, order: 'confirmed' }, at)
    case 'closed':
      return payment.order === 'closed' ? payment : { ...payment, order: 'closed' }
    case 'returned':
      return event.due > payment.returnsDue ? { ...payment, returnsDue: event.due } : payment
    case 'attempted':
      return refusalOf(payment, at) ? payment : attempted(payment, event.method, event.token, at)
    case 'reported':
      return reported(payment, event.attempt, event.outcome)
    case 'refund_requested':
      return refundRequested(payment, event.amount, event.reason, at)
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

/** Money is wanted until the order closes or the payment fails. */
const isWanted = ({ order, failed }: Payment): boolean => order !== 'closed' && failed === undefined

/**
 * The number of the attempt whose money is kept: of the captured ones the one with a refund already, which stays valid
 * when money comes twice, or the first; else the first that is authorized.
 */
function keeperOf({ attempts, refunds }: Payment): number | undefined {
  const doubled = new Set(refunds.filter(({ cause }) => cause === 'duplicate').map(({ attempt }) => attempt))
  const numbers = attempts.map((_, index) => index + 1)
  const captured = numbers.filter((number) => attempts[number - 1]?.state === 'captured' && !doubled.has(number))
  const given = captured.find((number) => refunds.some(({ attempt }) => attempt === number))
  // mutant: keeper
  return given ?? captured[0] ?? numbers.find((number) => attempts[number - 1]?.state === 'authorized')
}

/** Of the money of that attempt, what no refund covers. */
function restOf({ attempts, refunds, amount }: Payment, number: number): number {
  if (attempts[number - 1]?.state !== 'captured') return 0
  return amount.amount - sumOf(refunds.filter(({ attempt }) => attempt === number)) // mutant: refundable
}

/** Money that is not wanted, that came twice, or that returned goods have cost goes back: each by one refund, and never more than came. */
function withRefunds(payment: Payment, at: number): Payment {
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

function withRefund(
  payment: Payment,
  attempt: number,
  amount: number,
  cause: Refund['cause'],
  at: number,
  reason?: string,
): Payment {
  if (amount <= 0) return payment
  const manual = payment.attempts[attempt - 1]?.method === 'manual'
  const refund: Refund = {
    id: `ref_${suffixOf(payment.orderId)}_${payment.refunds.length + 1}`,
    attempt,
    amount,
    cause,
    // Money that an operator took by hand is given back by hand.
    state: manual ? 'done' : 'due',
    ...(reason !== undefined && { reason }),
    at,
  }
  return { ...payment, refunds: [...payment.refunds, refund] }
}

function refundRequested(payment: Payment, amount: number, reason: string | undefined, at: number): Payment {
  const keeper = keeperOf(payment)
  if (keeper === undefined || amount > restOf(payment, keeper)) return payment
  return withRefund(payment, keeper, amount, 'operator', at, reason)
}

function withRefundEvent(payment: Payment, event: RefundEvent): Payment {
  const index = payment.refunds.findIndex(({ id }) => id === event.refund)
  const refund = payment.refunds[index]
  const after = refund && evolveRefund(refund, event)
  return after === undefined || after === refund ? payment : { ...payment, refunds: payment.refunds.with(index, after) }
}

/** Whether the provider of cards may have made that refund, of the money of that attempt: a report of any other is not about this payment. */
export const isOfCard = ({ refunds, attempts }: Payment, refund: string, attempt: number): boolean =>
  attempts[attempt - 1]?.method === 'card' && refunds.some((each) => each.id === refund && each.attempt === attempt)

/** Why nothing moves until an operator resumes the payment: what was reported, or the first refund that failed. */
export function holdOf({ onHold, refunds }: Payment): string | undefined {
  const failed = refunds.find(({ state }) => state === 'failed')
  return onHold ?? (failed && `refund ${failed.id}: ${failed.failure}`) // mutant: refund-hold
}

/** In minor units, what came. */
export const capturedOf = ({ attempts, amount }: Payment): number =>
  attempts.filter(({ state }) => state === 'captured').length * amount.amount

/** In minor units, what went back. */
export const refundedOf = ({ refunds }: Payment): number => sumOf(refunds.filter(isGiven))

/** In minor units, what went back for returned goods. */
export const refundedForReturns = ({ refunds }: Payment): number =>
  sumOf(refunds.filter((refund) => isGiven(refund) && refund.cause === 'return'))

/** What the facts amount to. */
export function status(payment: Payment): PaymentStatus {
  const { attempts, failed } = payment
  const any = (state: Outcome['state']): boolean => attempts.some((attempt) => attempt.state === state)
  const captured = capturedOf(payment)
  if (isWanted(payment)) {
    if (any('captured')) return 'captured'
    if (any('authorized')) return 'authorized'
    return any('pending') ? 'in_flight' : 'requested'
  }
  if (captured > refundedOf(payment)) return 'refund_due'
  if (any('authorized')) return 'authorized'
  if (any('pending')) return 'in_flight'
  if (captured > 0) return 'refunded'
  return failed === undefined ? 'voided' : 'failed'
}

/** What has still to happen at the provider, or in the wallet: `recall` what is in flight, `void` what is set aside. */
export type Operation =
  | { readonly name: 'authorize' | 'recall' | 'capture' | 'void'; readonly attempt: number }
  | { readonly name: 'refund'; readonly refund: Refund }

/** What has still to happen elsewhere; nothing by itself while the payment is on hold. */
export function pending(payment: Payment): readonly Operation[] {
  if (holdOf(payment) !== undefined) return []
  const due = payment.refunds.filter(({ state }) => state === 'due')
  return [
    ...payment.attempts.flatMap((_, index) => operationsOf(payment, index + 1)),
    ...due.map((refund) => ({ name: 'refund' as const, refund })),
  ]
}

function operationsOf(payment: Payment, attempt: number): Operation[] {
  const state = payment.attempts[attempt - 1]?.state
  const wanted = isWanted(payment)
  if (state === 'pending') return [{ name: wanted ? 'authorize' : 'recall', attempt }]
  if (state !== 'authorized') return []
  if (!wanted || keeperOf(payment) !== attempt) return [{ name: 'void', attempt }] // mutant: void
  return payment.order === 'confirmed' ? [{ name: 'capture', attempt }] : [] // mutant: capture
}

/** The events that a change emits. */
export function emits(before: Payment | undefined, after: Payment): readonly PaymentEventName[] {
  const names: PaymentEventName[] = []
  if (has(after, 'captured') > has(before, 'captured')) names.push('payment.completed')
  if (refundedOf(after) > (before ? refundedOf(before) : 0)) names.push('payment.refunded')
  // mutant: refund-failed
  if (failedOf(after).length > (before ? failedOf(before).length : 0)) names.push('payment.refund_failed')
  const is = status(after)
  if (is === 'requested' && has(after, 'declined') > has(before, 'declined')) names.push('payment.declined')
  const name = eventOfStatus[is]
  if (name !== undefined && (before === undefined || is !== status(before))) names.push(name)
  return names
}

/** The refunds that did not go through, and wait for an operator. */
export const failedOf = ({ refunds }: Payment): readonly Refund[] => refunds.filter(({ state }) => state === 'failed')

const has = (payment: Payment | undefined, state: Outcome['state']): number =>
  payment?.attempts.filter((attempt) => attempt.state === state).length ?? 0

// The event of each new status; the others come with the money that made them.
const eventOfStatus: Readonly<Partial<Record<PaymentStatus, PaymentEventName>>> = {
  in_flight: 'payment.requested',
  authorized: 'payment.authorized',
  failed: 'payment.failed',
  voided: 'payment.voided',
}

/** The events that repeat how the payment stands, for a request that comes again. */
function currentEvents(payment: Payment): readonly PaymentEventName[] {
  const is = status(payment)
  switch (is) {
    case 'requested':
      return has(payment, 'declined') > 0 ? ['payment.declined'] : []
    case 'captured':
      return [refundedOf(payment) > 0 ? 'payment.refunded' : 'payment.completed']
    case 'refund_due':
      return ['payment.completed']
    case 'refunded':
      return ['payment.refunded']
    case 'in_flight':
    case 'authorized':
    case 'failed':
    case 'voided':
      return [eventOfStatus[is] ?? 'payment.voided']
  }
}

export interface Change {
  readonly state: Payment
  readonly emits: readonly PaymentEventName[]
}

/** The payment with the events, and what this emits; undefined when nothing is new. A payment that is new itself is a change. */
export function change(
  before: Payment | undefined,
  payment: Payment,
  events: readonly PaymentEvent[],
  at: number,
): Change | undefined {
  const after = events.reduce((facts, event) => evolve(facts, event, at), payment)
  return after === before ? undefined : { state: after, emits: emits(before, after) }
}

/**
 * The same for a request of orders, by the id of its event. A request that is known already changes nothing; one that comes again
 * under a new id and changes nothing emits how the payment stands.
 */
export function answer(
  before: Payment | undefined,
  payment: Payment,
  { kind, id, events }: { readonly kind: RequestKind; readonly id: string; readonly events: readonly PaymentEvent[] },
  at: number,
): Change | undefined {
  if (payment.requests[kind] === id) return undefined
  const changed = change(before, payment, events, at)
  const after = changed?.state ?? payment
  return {
    state: { ...after, requests: { ...after.requests, [kind]: id } },
    emits: changed?.emits ?? currentEvents(payment),
  }
}

/** Why an attempt cannot begin now. */
export type Refusal = 'order_closed' | 'payment_manual' | 'payment_in_flight' | 'already_paid' | 'payment_on_hold'

/** Whether money may be asked for at that time, and if not, why. */
export function refusalOf(payment: Payment, now: number): Refusal | undefined {
  if (!isWanted(payment) || payment.expiresAt === undefined) return 'order_closed' // mutant: order-closed
  if (payment.method === 'manual') return 'payment_manual'
  if (keeperOf(payment) !== undefined) return 'already_paid' // mutant: already-paid
  if (holdOf(payment) !== undefined) return 'payment_on_hold'
  if (has(payment, 'pending') > 0) return 'payment_in_flight' // mutant: payment-in-flight
  return now >= payment.expiresAt ? 'order_closed' : undefined // mutant: payable-until
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

/** How long an operation is left to the function that began it, in milliseconds: longer than a function lives. */
export const reminderDelayMs = 30_000
const longestReminderDelayMs = 3_600_000

/**
 * When the sweeper has to visit the payment: soon after an operation became pending, then each time after as long again as it is old, at
 * most an hour. Undefined when nothing is pending.
 */
export function nextSweepAt(payment: Payment, now: number): number | undefined {
  if (pending(payment).length === 0) return undefined // mutant: payment-reminder
  return now + Math.min(Math.max(now - payment.changedAt, reminderDelayMs), longestReminderDelayMs)
}
