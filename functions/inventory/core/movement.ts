import { type Bucket, type Cause, type Counts, type Delta, none } from './level.ts'
import type { Stock } from './stock.ts'

export const buckets = ['available', 'reserved', 'allocated', 'unavailable'] as const satisfies readonly Bucket[]

export const plus = (counts: Pick<Counts, Bucket>, delta: Delta, sign: 1 | -1 = 1): Record<Bucket, number> => ({
  available: counts.available + sign * (delta.available ?? 0),
  reserved: counts.reserved + sign * (delta.reserved ?? 0),
  allocated: counts.allocated + sign * (delta.allocated ?? 0),
  unavailable: counts.unavailable + sign * (delta.unavailable ?? 0),
})

/** What leads from one level to the other; undefined when both are the same. */
export function differenceOf(before: Pick<Counts, Bucket>, after: Pick<Counts, Bucket>): Delta | undefined {
  const changed = buckets.filter((bucket) => before[bucket] !== after[bucket])
  if (changed.length === 0) return undefined
  return Object.fromEntries(changed.map((bucket) => [bucket, after[bucket] - before[bucket]]))
}

/** The stock with a pending move for each level that is another one than before. */
export function withMoves(before: Stock | undefined, after: Stock, cause: Cause): Stock {
  const levels = new Map(after.levels)
  for (const [warehouseId, counts] of after.levels) {
    const delta = differenceOf(before?.levels.get(warehouseId) ?? none, counts)
    if (delta === undefined) continue
    levels.set(warehouseId, { ...counts, pending: [...(counts.pending ?? []), { ...cause, delta }] })
  }
  return { ...after, levels }
}
