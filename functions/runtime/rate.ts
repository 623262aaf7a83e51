import type { Rate } from '../../schemas/rates.ts'

/** How often something has happened. Times are milliseconds since 1970. */
export interface Count {
  readonly count: number
  /** When it began to count. */
  readonly since: number
  /** When it happened last. */
  readonly last: number
}

/** When the count is forgotten. */
export const endOf = ({ since, last }: Count, { seconds, waits }: Rate): number =>
  (waits ? last : since) + seconds * 1_000

const liveOf = (count: Count | undefined, rate: Rate, now: number): Count | undefined =>
  count && now < endOf(count, rate) ? count : undefined

/** How long it has to wait until it may happen once more, in milliseconds; 0 where it may now. */
export function waitOf(count: Count | undefined, rate: Rate, now: number): number {
  const { most, seconds, waits } = rate
  const live = liveOf(count, rate, now)
  if ((live?.count ?? 0) < most) return 0
  if (live === undefined) return seconds * 1_000
  if (waits === undefined) return endOf(live, rate) - now
  const wait = Math.min(waits.first * 2 ** (live.count - most), waits.longest) * 1_000
  return Math.max(0, live.last + wait - now)
}

/** The count after it happened once more. */
export function onceMore(count: Count | undefined, rate: Rate, now: number): Count {
  const live = liveOf(count, rate, now)
  return { count: (live?.count ?? 0) + 1, since: live?.since ?? now, last: now }
}
