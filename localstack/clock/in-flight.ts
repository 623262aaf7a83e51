/** What a model still has to do by itself. */
export interface InFlight {
  /** Pieces of work that go on by themselves now: they end without the clock being moved. */
  readonly now: number
  /** Pieces of work that wait for a later time: retries, visibility timeouts, delays, batching windows. */
  readonly later: number
  /** When the earliest of `later` falls due, in milliseconds since 1970. */
  readonly due?: number
}

/** One piece of work that waits for its time, to be shown. */
export interface Waiting {
  /** Milliseconds since 1970. */
  readonly due: number
  readonly what: string
}

/** The sum of several models. */
export function sumInFlight(models: Iterable<InFlight>): InFlight {
  let now = 0
  let later = 0
  let due = Infinity
  for (const model of models) {
    now += model.now
    later += model.later
    due = Math.min(due, model.due ?? Infinity)
  }
  return due === Infinity ? { now, later } : { now, later, due }
}
