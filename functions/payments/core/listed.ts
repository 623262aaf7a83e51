import { holdOf } from './hold.ts'
import type { Payment } from './payment.ts'
import { pending } from './pending.ts'
import { sumOf } from './refund.ts'

/** What a provider has of one attempt, as its list shows it; amounts in minor units. */
export interface ListedCharge {
  readonly orderId: string
  readonly attempt: number
  /** What the provider calls it. */
  readonly reference: string
  /** What came and has not gone back. */
  readonly kept: number
  /** What is set aside, and neither taken nor given up. */
  readonly aside: number
}

/** What a payment has of one attempt by card; amounts in minor units. */
export interface KnownCharge {
  readonly attempt: number
  /** When it began, in milliseconds since 1970. */
  readonly at: number
  readonly isAside: boolean
  /** What is kept at most, and at least: a refund that was closed by hand may have been given at the provider, or elsewhere. */
  readonly most: number
  readonly least: number
}

/** The attempts by card of a payment of which nothing is under way; undefined for any other, and for one that is on hold. */
export function knownCharges(payment: Payment): readonly KnownCharge[] | undefined {
  if (holdOf(payment) !== undefined || pending(payment).length > 0) return undefined
  return payment.attempts.flatMap(({ method, state, at }, index) => {
    if (method !== 'card') return []
    const refunds = payment.refunds.filter(({ attempt }) => attempt === index + 1)
    const given = (by: 'done' | 'closed'): number => sumOf(refunds.filter((refund) => refund.state === by))
    const most = (state === 'captured' ? payment.amount.amount : 0) - given('done')
    return [{ attempt: index + 1, at, isAside: state === 'authorized', most, least: most - given('closed') }]
  })
}
