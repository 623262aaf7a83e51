/** What a model still has to do without being asked again. */
export interface InFlight {
  /** Pieces of work that go on by themselves now: they end without the clock being moved. */
  readonly now: number
  /** Pieces of work that wait for a later time: retries, visibility timeouts, delays, batching windows. */
  readonly later: number
  /** When the earliest of `later` falls due, in milliseconds since 1970. */
  readonly due?: number
}

/** One piece of work that waits for its time, for people to read. */
export interface Waiting {
  /** Milliseconds since 1970. */
  readonly due: number
  readonly what: string
}

/** The sum of several models. */
export function sumInFlight(parts: Iterable<InFlight>): InFlight {
  let now = 0
  let later = 0
  let due = Infinity
  for (const part of parts) {
    now += part.now
    later += part.later
    due = Math.min(due, part.due ?? Infinity)
  }
  return due === Infinity ? { now, later } : { now, later, due }
}
