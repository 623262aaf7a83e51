import type { StackClock } from './clock.ts'

/** Moves of the clock up to this long run everything, in milliseconds. */
const shortMoveMs = 3_600_000
/** In longer ones a rule that runs more often runs this often, in milliseconds. */
const gridMs = 300_000
/** What is this close to the end of a move always runs. */
const lastMs = 60_000

/**
 * Thins out scheduled rules while the clock is moved far: a sweep every minute of a day would be most of the work of that day. Only rules are
 * affected; one-time schedules, retries and timeouts all fire at their times.
 */
export class TimeLapse {
  private readonly lastRuns = new Map<string, number>()
  private end: number | undefined

  /** Moves the clock to `end` (milliseconds since 1970); `between` is that of `RealClock.advance`. */
  async move(
    clock: StackClock & { advance(milliseconds: number, between: () => Promise<void>): Promise<void> },
    end: number,
    between: () => Promise<void>,
  ): Promise<void> {
    const milliseconds = end - clock.now()
    this.end = milliseconds > shortMoveMs ? end : undefined
    try {
      await clock.advance(milliseconds, between)
    } finally {
      this.end = undefined
    }
  }

  /** Whether a scheduled rule is left out at this time. */
  skips(rule: string, now: number): boolean {
    const last = this.lastRuns.get(rule)
    if (this.end !== undefined && last !== undefined && now - last < gridMs && now < this.end - lastMs) return true
    this.lastRuns.set(rule, now)
    return false
  }
}
