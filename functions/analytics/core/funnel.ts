import { type FunnelReport, funnelEnds, funnelSteps } from '../../../schemas/analytics.ts'
import type { Counts } from './counts.ts'

/** The count of each end. */
const countOf = {
  cancelled: 'cancelled',
  expired: 'expired',
  rejected: 'rejected',
  payment_failed: 'paymentFailed',
} as const satisfies Readonly<Record<(typeof funnelEnds)[number], string>>

/**
 * The funnel of these counts. Each counts what happened on its days: who is confirmed on one of them may have been placed before, and who is
 * placed may be confirmed after. The longer the days, the less that matters.
 */
export function funnelOf(counts: Counts): Pick<FunnelReport, 'steps' | 'ends'> {
  const of = (name: string): number => counts[name] ?? 0
  const placed = of('placed')
  const steps = funnelSteps.map((step, index) => {
    const before = funnelSteps[index - 1]
    const ofPlaced = share(of(step), placed)
    const ofPrevious = before && share(of(step), of(before)) // mutant: funnel-previous
    return {
      step,
      orders: of(step),
      ...(ofPlaced !== undefined && { ofPlaced }),
      ...(ofPrevious !== undefined && { ofPrevious }),
    }
  })
  const ends = funnelEnds.map((end) => {
    const orders = of(countOf[end]) // mutant: funnel-ends
    const ofPlaced = share(orders, placed)
    return { end, orders, ...(ofPlaced !== undefined && { ofPlaced }) }
  })
  return { steps, ends }
}

const share = (orders: number, others: number): number | undefined => (others > 0 ? orders / others : undefined)
