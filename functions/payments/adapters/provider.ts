import type { Money } from '../../../schemas/shared.ts'
import type { Refuse } from '../../runtime/errors.ts'
import type { ListedCharge } from '../core/listed.ts'
import type { Outcome } from '../core/payment.ts'

/** One attempt to take money by card. */
export interface Charge {
  readonly paymentId: string
  readonly orderId: string
  /** Counted from 1 for each payment. */
  readonly attempt: number
  readonly token: string
  readonly amount: Money
  /** When the attempt began, in milliseconds since 1970. */
  readonly at: number
  /** What the provider calls it, where that is known. */
  readonly reference?: string | undefined
}

/** Money of a captured charge that goes back, in minor units. */
export interface Repayment {
  readonly id: string
  /** Counted from 1: what has failed for good can only be tried again as another one. */
  readonly try: number
  readonly charge: Charge
  readonly amount: number
  /** What the provider calls this try, where that is known. */
  readonly reference?: string | undefined
  /** When it was first wanted, in milliseconds since 1970. */
  readonly at: number
}

export type Refunded =
  | { readonly state: 'done'; readonly reference?: string | undefined }
  /** The provider has it, and the money has not arrived. */
  | { readonly state: 'pending'; readonly reference: string }
  | { readonly state: 'refused'; readonly why: string }

/** What a provider reports unasked. */
export type Notice =
  | {
      readonly about: 'charge'
      readonly orderId: string
      readonly paymentId: string
      readonly attempt: number
      readonly outcome: Outcome
    }
  | {
      readonly about: 'refund'
      readonly orderId: string
      readonly paymentId: string
      readonly attempt: number
      readonly refundId: string
      readonly try: number
      readonly answer: Exclude<Refunded, { readonly state: 'pending' }>
    }

/**
 * The service that takes money by card. Every call may be repeated: what it does, it does once for one charge, or one try of a repayment. A call that throws may
 * have been carried out.
 */
export interface CardProvider {
  readonly name: 'sandbox' | 'stripe'
  /** Sets the money aside. */
  authorize(charge: Charge): Promise<Outcome>
  /**
   * What has become of a charge, without making one: `absent` when the provider has not got it, `unsure` while it cannot tell. One that is
   * too old to be made any more is `declined`.
   */
  find(charge: Charge): Promise<Outcome | 'absent' | 'unsure'>
  /** Takes what is set aside; `voided` with a reason when that is no longer there. */
  capture(charge: Charge): Promise<Outcome>
  /** Gives up what is set aside; `captured` when it is too late for that. */
  void(charge: Charge): Promise<Outcome>
  /** Gives money back; a try that was `refused` stays so, and one that was `done` may fail later. */
  refund(repayment: Repayment): Promise<Refunded>
  /**
   * Lists the charges that were made between two times, in milliseconds since 1970, and those of which money has gone back between them.
   * Left out by a provider that keeps no list.
   */
  readonly list?: (from: number, to: number) => AsyncIterable<ListedCharge>
  /**
   * Reads what came to the webhook; undefined for what means nothing here. Refuses what the provider did not sign within the last 300 s,
   * and a body that cannot be read.
   */
  read(
    text: string,
    headers: Readonly<Record<string, string | undefined>>,
    refuse: Refuse<'invalid_signature' | 'invalid_json'>,
  ): Promise<Notice | undefined>
}
