import type { DayOf } from '../core/counts.ts'

const dayMs = 86_400_000

/** The days of a time zone: each begins at its midnight, and has 23 or 25 hours where clocks change. */
export interface Days {
  /** A name of the IANA database: `Europe/London`. */
  readonly timeZone: string
  readonly of: DayOf
}

/** Throws `RangeError` for a zone that nobody knows. */
export function daysIn(timeZone: string): Days {
  // Its short dates are the days of ISO 8601.
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short' })
  return { timeZone, of: (time) => format.format(time) } // mutant: day-zone
}

/** The day so many days after another one. */
export const dayAfter = (day: string, days: number): string =>
  new Date(Date.parse(day) + days * dayMs).toISOString().slice(0, 10)

/** How many days there are from one to the other, both counted; 0 or less where the second comes first. */
export const daysBetween = (from: string, to: string): number => (Date.parse(to) - Date.parse(from)) / dayMs + 1
