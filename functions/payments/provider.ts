import type { Money } from '../../schemas/shared.ts'
import type { Outcome } from './payment.ts'

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
  readonly charge: Charge
  readonly amount: number
  /** When it was first wanted, in milliseconds since 1970. */
  readonly at: number
}

export type Refunded =
  | { readonly state: 'done'; readonly reference?: string | undefined }
  | { readonly state: 'refused'; readonly why: string }

/** What a provider told of itself. */
export type Notice =
  | {
      readonly about: 'charge'
      readonly orderId: string
      readonly paymentId: string
      readonly attempt: number
      readonly outcome: Outcome
    }
  | { readonly about: 'refund'; readonly orderId: string; readonly paymentId: string; readonly why: string }

/**
 * Who takes money by card. Every call may be repeated: what it does, it does once for one charge or repayment. A call that throws may
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
  refund(repayment: Repayment): Promise<Refunded>
  /**
   * Reads what came to the webhook; undefined for news that mean nothing here. Throws `HttpProblem` 400 `invalid_signature` for what the
   * provider did not say within the last 300 s, `invalid_json` for what nobody can read.
   */
  read(text: string, headers: Readonly<Record<string, string | undefined>>): Promise<Notice | undefined>
}
