import type { Refund as Shown } from '../../../schemas/payment.ts'

/** Money of one attempt that goes back. Times are milliseconds since 1970. */
export interface Refund {
  readonly id: string
  /** The number of the attempt whose money goes back. */
  readonly attempt: number
  /** In minor units of the payment's currency. */
  readonly amount: number
  readonly cause: Shown['cause']
  readonly state: Shown['state']
  /** The number of the try that the state is of, from 2: each has a key of its own at the provider. */
  readonly tries?: number | undefined
  /** Why the last try that failed did. */
  readonly failure?: string | undefined
  readonly reason?: string | undefined
  /** The operator or key that asked for it. */
  readonly by?: string | undefined
  /** What the provider calls the last try. */
  readonly reference?: string | undefined
  readonly closed?: Closed | undefined
  readonly at: number
}

/** The operator that gave the money back in another way, and where that is found. */
export interface Closed {
  readonly by: string
  readonly reference: string
  readonly reason?: string | undefined
  readonly at: number
}

/** What becomes of a refund. A report of a try is about that try alone, however late it comes. */
export type RefundEvent = { readonly refund: string } & (
  | { readonly name: 'refunded'; readonly try: number; readonly reference?: string | undefined }
  | { readonly name: 'refund_pending'; readonly try: number; readonly reference: string }
  | { readonly name: 'refund_failed'; readonly try: number; readonly why: string }
  | { readonly name: 'refund_closed'; readonly closed: Closed }
)

/** The number of the try that is under way, or was the last. */
export const tryOf = ({ tries = 1 }: Refund): number => tries

/**
 * The refund after the event; the same one when it brings nothing new. A try fails for good, also one that was done; what was closed by hand
 * stays closed.
 */
export function evolveRefund(refund: Refund, event: RefundEvent): Refund {
  const { state } = refund
  if (event.name === 'refund_closed')
    return state === 'failed' ? { ...refund, state: 'closed', closed: event.closed } : refund // mutant: refund-closing
  if (event.try !== tryOf(refund)) return refund // mutant: refund-outcome
  switch (event.name) {
    case 'refund_failed':
      // mutant: refund-failure
      return state === 'due' || state === 'done' ? { ...refund, state: 'failed', failure: clipped(event.why) } : refund
    case 'refund_pending':
      return state === 'due' && event.reference !== refund.reference
        ? { ...refund, reference: event.reference }
        : refund
    case 'refunded': {
      if (state !== 'due') return refund
      const { failure: _, reference = event.reference, ...rest } = refund
      return { ...rest, state: 'done', ...(reference !== undefined && { reference }) }
    }
  }
}

/** A refund that failed is due again, as another try. */
export function triedAgain(refund: Refund): Refund {
  if (refund.state !== 'failed') return refund
  const { reference: _, ...rest } = refund
  return { ...rest, state: 'due', tries: tryOf(refund) + 1 } // mutant: refund-try
}

/** Whether the money is back: by the provider, in the wallet, or by hand. */
export const isGiven = ({ state }: Refund): boolean => state === 'done' || state === 'closed' // mutant: refund-given

/** In minor units. */
export const sumOf = (refunds: readonly Refund[]): number => refunds.reduce((sum, { amount }) => sum + amount, 0)

/** A provider may give reasons of any length; the item holds a hundred refunds. */
const longestFailure = 200
const clipped = (why: string): string => why.slice(0, longestFailure).toWellFormed()
