import type { Refuse } from '../../runtime/errors.ts'
import { dayAfter, daysBetween } from '../adapters/days.ts'
import type { AnalyticsDeps } from '../deps.ts'

interface Asked {
  readonly from?: string | undefined
  readonly to?: string | undefined
}

/** How many days a report has that names no first one. */
const daysByDefault = 7

/** The days of a request, in order; by default the last seven. Refuses days that end before they begin, and more than `most`. */
export function daysAsked(
  { clock, days }: AnalyticsDeps,
  { from: first, to: last }: Asked,
  most: number,
  refuse: Refuse<'validation_failed'>,
): readonly string[] {
  const to = last ?? days.of(clock.now())
  const from = first ?? dayAfter(to, 1 - daysByDefault)
  const count = daysBetween(from, to)
  const wrong = count < 1 ? 'later than to' : count > most ? `more than ${most} days before to` : undefined
  if (wrong !== undefined)
    throw refuse('validation_failed', 'The request has invalid fields.', { errors: [{ path: 'from', message: wrong }] })
  return Array.from({ length: count }, (_, index) => dayAfter(from, index))
}
