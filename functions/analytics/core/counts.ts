import { type Timed, timeBounds } from '../../../schemas/analytics.ts'
import { own } from '../../../schemas/own.ts'
import { type CountedOrder, type Refunded, leftAt } from './counted-order.ts'

/** Figures by name; what is not there is 0. */
export type Counts = Readonly<Record<string, number>>

/** Counts by what they are of: a day and a currency (`2026-11-28 GBP`). */
export type CountsBy = Readonly<Record<string, Counts>>

/** Makes a day (`2026-11-28`) of a time (milliseconds since 1970). */
export type DayOf = (time: number) => string

/** What an order adds to the figures of days: each fact on the day on which it happened. */
export function countsOf(order: CountedOrder, dayOf: DayOf): CountsBy {
  const { total, placed, confirmedAt, closed, completedAt } = order
  if (total === undefined) return {}
  const counts: Record<string, Record<string, number>> = {}
  const add = (at: number, name: string, count = 1): void => {
    const of = (counts[`${dayOf(at)} ${total.currency}`] ??= {})
    of[name] = (of[name] ?? 0) + count
  }
  if (placed) add(placed.at, 'placed')
  if (confirmedAt !== undefined) {
    add(confirmedAt, 'confirmed')
    add(confirmedAt, 'gross', total.amount)
    add(confirmedAt, 'units', placed?.units ?? 0)
    if (placed) add(confirmedAt, classOf('toConfirmed', confirmedAt - placed.at))
  }
  const back = confirmedAt === undefined ? [] : changesOf(order.refunds ?? []) // mutant: unconfirmed-refund
  for (const { at, refunded, uncollected } of back) {
    add(at, 'refunded', refunded) // mutant: refund-day
    add(at, 'uncollected', uncollected)
    add(at, 'gross', -uncollected * total.amount)
    add(at, 'units', -uncollected * (placed?.units ?? 0))
  }
  if (closed) add(closed.at, closed.as)
  const left = leftAt(order)
  if (left !== undefined) {
    add(left, 'shipped')
    if (placed) add(left, classOf('toShipped', left - placed.at))
  }
  if (completedAt !== undefined) add(completedAt, 'completed')
  return counts
}

/**
 * The days, and the currency, that the lines of an order count in: once, when it is confirmed and its lines are known; and -1 times when it
 * is known that its money never came.
 */
export function soldOn({ total, placed, confirmedAt, refunds = [] }: CountedOrder, dayOf: DayOf): Counts {
  if (total === undefined || placed === undefined || confirmedAt === undefined) return {}
  const once = { at: confirmedAt, times: 1 }
  const back = changesOf(refunds).map(({ at, uncollected }) => ({ at, times: -uncollected })) // mutant: uncollected-lines
  return sumOf([once, ...back].map(({ at, times }) => ({ [`${dayOf(at)} ${total.currency}`]: times })))
}

interface PaymentChange {
  readonly at: number
  /** What has gone back since the version before, in minor units. */
  readonly refunded: number
  /** 1 where it became known that the money never came; -1 where it has come after all. */
  readonly uncollected: number
}

/** What each version of a payment has changed. */
const changesOf = (refunds: readonly Refunded[]): readonly PaymentChange[] =>
  refunds.map(([, at, amount, uncollected = false], index) => {
    const [, , before = 0, wasUncollected = false] = refunds[index - 1] ?? []
    // mutant: refund-sum
    return { at, refunded: amount - before, uncollected: Number(uncollected) - Number(wasUncollected) }
  })

/** What the class of a time is called, of a time in milliseconds; where clocks differ it may be below 0. */
function classOf(timed: Timed, milliseconds: number): string {
  const bounds = timeBounds[timed]
  const index = bounds.findIndex((bound) => milliseconds <= bound * 1_000)
  return `${timed}${index < 0 ? bounds.length : index}`
}

/** How often times fell into each class, and into the one beyond the bounds. */
export const classesOf = (timed: Timed, counts: Counts): number[] =>
  Array.from({ length: timeBounds[timed].length + 1 }, (_, index) => counts[`${timed}${index}`] ?? 0)

/** The bound that the share of the times does not pass; undefined without times, and where it is beyond the last bound. */
export function quantile(timed: Timed, classes: readonly number[], share: number): number | undefined {
  const all = classes.reduce((sum, count) => sum + count, 0)
  let sum = 0
  for (const [index, count] of classes.entries()) {
    sum += count
    if (all > 0 && sum >= all * share) return timeBounds[timed][index]
  }
  return undefined
}

/** What has come to the counts; without what is the same. */
export function difference(before: CountsBy, after: CountsBy): CountsBy {
  const keys = new Set([...Object.keys(before), ...Object.keys(after)])
  const changes = [...keys].map(
    (key) => [key, sumOf([own(after, key) ?? {}, negative(own(before, key) ?? {})])] as const,
  )
  return Object.fromEntries(changes.filter(([, change]) => Object.keys(change).length > 0))
}

const negative = (counts: Counts): Counts =>
  Object.fromEntries(Object.entries(counts).map(([name, count]) => [name, -count]))

/** The sum, without what comes to 0. */
export function sumOf(all: readonly Counts[]): Counts {
  const sum = new Map<string, number>()
  for (const counts of all)
    for (const [name, count] of Object.entries(counts)) sum.set(name, (sum.get(name) ?? 0) + count)
  return Object.fromEntries([...sum].filter(([, count]) => count !== 0))
}
