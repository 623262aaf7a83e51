import type { AdjustmentCode, AdjustmentRow } from '../../../schemas/bulk-adjustment.ts'
import type { CountPosting, CountStatus } from '../../../schemas/count.ts'

/** A sheet. Times are RFC 3339. */
export interface Count {
  readonly id: string
  readonly warehouseId: string
  readonly status: CountStatus
  readonly reference?: string
  /** Each sku once, and its units on hand when the sheet was made. */
  readonly lines: readonly (readonly [sku: string, onHand: number])[]
  /** Lines whose difference could not be posted. */
  readonly refused?: readonly (readonly [sku: string, code: AdjustmentCode])[]
  readonly createdAt: string
  readonly createdBy: string
  /** When it was posted or cancelled. */
  readonly closedAt?: string
  readonly closedBy?: string
}

/** What was counted of a sku, and what there was of it by the books at that moment. */
export interface CountedLine {
  readonly sku: string
  readonly counted: number
  readonly onHand: number
  readonly countedAt: string
  readonly by: string
}

interface Closing {
  readonly at: string
  readonly by: string
}

/** By how much the books were wrong when the units were counted: whatever moves since then moves besides. */
export const differenceOf = ({ counted, onHand }: CountedLine): number => counted - onHand // mutant: count-difference

/** Whether lines can still be entered. */
export const isOpen = ({ status }: Count): boolean => status === 'open'

/** The sheet with fixed lines, of which none may change any more while they are posted. */
export const fixed = (count: Count): Count => (isOpen(count) ? { ...count, status: 'posting' } : count)

export const cancelled = (count: Count, { at: closedAt, by: closedBy }: Closing): Count => ({
  ...count,
  status: 'cancelled',
  closedAt,
  closedBy,
})

/** The sheet once all that could be posted is. */
export function posted(
  { refused: _, ...count }: Count,
  refused: Count['refused'] & object,
  { at, by }: Closing,
): Count {
  const closing = count.status === 'posted' ? {} : { closedAt: at, closedBy: by }
  return { ...count, status: 'posted', ...closing, ...(refused.length > 0 && { refused }) }
}

/**
 * What is still to be posted of a sheet whose lines are fixed: one row for each difference, always the same one for a sku. Of a sheet that is
 * posted, the lines that were refused.
 */
export function rowsOf(count: Count, lines: readonly CountedLine[]): readonly AdjustmentRow[] {
  const again = count.status === 'posted' ? new Set((count.refused ?? []).map(([sku]) => sku)) : undefined
  return lines.flatMap((line): AdjustmentRow[] => {
    const { sku } = line
    const delta = differenceOf(line)
    if (delta === 0 || again?.has(sku) === false) return []
    return [{ key: sku, sku, warehouseId: count.warehouseId, delta, reason: 'count', reference: count.id }]
  })
}

/** How many lines became what. */
export function tallyOf(
  { lines, refused = [] }: Count,
  counted: readonly CountedLine[],
): Pick<CountPosting, 'changed' | 'equal' | 'uncounted' | 'refused'> {
  const different = counted.filter((line) => differenceOf(line) !== 0).length
  return {
    changed: different - refused.length,
    equal: counted.length - different,
    uncounted: lines.length - counted.length,
    refused: refused.map(([sku, code]) => ({ sku, code })),
  }
}
