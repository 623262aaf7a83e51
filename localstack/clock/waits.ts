import type { Cancel, StackClock } from './clock.ts'
import type { InFlight, Waiting } from './in-flight.ts'

/** The work of one model that waits for its time, kept to be counted and shown. */
export class Waits {
  readonly #clock: StackClock
  readonly #entries = new Map<Waiting, Cancel>()

  constructor(clock: StackClock) {
    this.#clock = clock
  }

  /** Runs `task` at `due`, unless cancelled before. */
  until(due: number, what: string, task: () => void): Cancel {
    const entry: Waiting = { due, what }
    const cancel = this.#clock.at(due, () => {
      this.#entries.delete(entry)
      task()
    })
    this.#entries.set(entry, cancel)
    return () => {
      this.#entries.delete(entry)
      cancel()
    }
  }

  /** What waits here, together with `now` pieces of work that do not. */
  inFlight(now: number): InFlight {
    const later = this.#entries.size
    if (later === 0) return { now, later }
    let due = Infinity
    for (const entry of this.#entries.keys()) due = Math.min(due, entry.due)
    return { now, later, due }
  }

  /** Earliest first. */
  list(): Waiting[] {
    return [...this.#entries.keys()].toSorted((a, b) => a.due - b.due)
  }

  clear(): void {
    for (const cancel of this.#entries.values()) cancel()
    this.#entries.clear()
  }
}
