import type { Clock } from './clock.ts'
import { poll } from './poll.ts'

/** How long something may be on its way here before it counts as unknown, in milliseconds. */
const waitMs = 1_000 // mutant: arrival-wait

interface ReadOptions {
  /** False for the first read: it is the cheap one, and seldom misses anything. */
  readonly consistent: boolean
}

/** The second that one request gives what other services have just made to arrive here: one for all that it does not know yet. */
export class Arrivals {
  readonly #clock: Clock
  #end: number | undefined

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Reads until it is there or the second is over; returns what was read last. */
  async one<Seen>(isThere: (seen: Seen) => boolean, read: (options: ReadOptions) => Promise<Seen>): Promise<Seen> {
    const first = await read({ consistent: false })
    if (isThere(first)) return first
    this.#end ??= this.#clock.now() + waitMs
    return poll(this.#clock, first, { waitMs: this.#end - this.#clock.now(), isThere }, () =>
      read({ consistent: true }),
    )
  }

  /** What is known of these ids, by id, once all are known or the second is over. Those that are known are not read again. */
  async all<Known>(
    ids: readonly string[],
    find: (missing: readonly string[], options: ReadOptions) => Promise<ReadonlyMap<string, Known>>,
  ): Promise<ReadonlyMap<string, Known>> {
    const known = new Map<string, Known>()
    const missing = (): readonly string[] => ids.filter((id) => !known.has(id))
    await this.one<readonly string[]>(
      (left) => left.length === 0,
      async (options) => {
        for (const [id, each] of await find(missing(), options)) known.set(id, each)
        return missing()
      },
    )
    return known
  }
}
