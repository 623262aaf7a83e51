import type { Labels } from '../../../schemas/labels.ts'
import type { FailureCode, PaymentMethod } from '../../../schemas/payment.ts'
import type { events } from '../../../schemas/payments.ts'
import type { Money } from '../../../schemas/shared.ts'
import type { Refund, RefundEvent } from './refund.ts'

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
  /** When the hold runs out, or the wait of an order that pays at placing: the later of those that are known. No attempt begins after it. */
  readonly expiresAt?: number
  /** Of an order that waits for stock and pays at placing: money is taken at once, and not only set aside until the order is confirmed. */
  readonly atOnce?: true
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
  /** What other systems have put onto it. */
  readonly labels?: Labels
  /** The person is erased: nothing of what somebody wrote, and no card token, is kept. */
  readonly forgotten?: true
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
  /** Of a declined card: the provider was not asked. */
  readonly withheld?: true
  /** What the provider calls it. */
  readonly reference?: string | undefined
  readonly at: number
}

/** What has become of an attempt. */
export type Outcome = { readonly reference?: string | undefined } & (
  | { readonly state: 'pending' }
  | { readonly state: 'authorized' | 'captured'; readonly amount: Money }
  | { readonly state: 'declined'; readonly reason: FailureCode; readonly withheld?: true }
  | { readonly state: 'voided'; readonly reason?: FailureCode | undefined }
)

/** What happens to a payment: requests of orders, reports of the provider, and decisions of operators. */
export type PaymentEvent =
  | {
      readonly name: 'reserved'
      readonly method: PaymentMethod
      readonly expiresAt: number
      readonly atOnce?: true
    }
  | { readonly name: 'confirmed' | 'closed' | 'resumed' | 'forgotten' }
  | { readonly name: 'returned'; readonly due: number }
  /** In the place of all that there were. */
  | { readonly name: 'labelled'; readonly labels: Labels }
  | { readonly name: 'attempted'; readonly method: 'wallet' | 'card'; readonly token?: string | undefined }
  | { readonly name: 'reported'; readonly attempt: number; readonly outcome: Outcome }
  | {
      readonly name: 'refund_requested'
      readonly amount: number
      readonly reason?: string | undefined
      readonly by?: string | undefined
    }
  | RefundEvent

/** The names of the events that payments emit. */
export type PaymentEventName = Exclude<(typeof events)[keyof typeof events]['name'], 'wallet.changed'>

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

/** The id of the order that a payment is of; undefined for any other text. */
export function orderIdOfPayment(paymentId: string): string | undefined {
  const [, suffix] = /^pay_(\w+)$/.exec(paymentId) ?? []
  return suffix === undefined ? undefined : `ord_${suffix}`
}

/** The id of the order that a refund is of; undefined for any other text. */
export function orderIdOfRefund(refundId: string): string | undefined {
  const [, suffix] = /^ref_(\w+)_[1-9]\d{0,4}$/.exec(refundId) ?? []
  return suffix === undefined ? undefined : `ord_${suffix}`
}

export const suffixOf = (orderId: string): string => orderId.replace(/^ord_/, '')

/** Whether the provider of cards may have made that refund, of the money of that attempt: a report of any other is not about this payment. */
export const isOfCard = ({ refunds, attempts }: Payment, refund: string, attempt: number): boolean =>
  attempts[attempt - 1]?.method === 'card' && refunds.some((each) => each.id === refund && each.attempt === attempt)
