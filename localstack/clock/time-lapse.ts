import type { StackClock } from './clock.ts'

/** Moves of the clock up to this long run everything at its own time, in milliseconds. */
const shortMoveMs = 3_600_000
/** In longer ones a rule that runs more often runs this often, in milliseconds. */
const gridMs = 900_000
/** What is this close to the end of a move always runs. */
const lastMs = 60_000
/** A schedule of Scheduler may run this much after its time, in milliseconds: within the minute. */
const precisionMs = 60_000

/**
 * Uses the freedom that AWS has in time while the clock is moved far. A sweep every minute of a day would be most of the work of that day;
 * schedules of one minute and records of one read come in full batches, where each by itself would cost as much as a batch. Retries and
 * timeouts all fire at their times.
 */
export class TimeLapse {
  private readonly lastRuns = new Map<string, number>()
  private readonly putOff: (() => void)[] = []
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
      await clock.advance(milliseconds, async () => {
        do await between()
        while (this.runPutOff())
      })
    } finally {
      this.end = undefined
      this.runPutOff()
    }
  }

  /** Whether a scheduled rule is left out at this time. */
  skips(rule: string, now: number): boolean {
    const last = this.lastRuns.get(rule)
    if (this.end !== undefined && last !== undefined && now - last < gridMs && now < this.end - lastMs) return true
    this.lastRuns.set(rule, now)
    return false
  }

  /** When a schedule runs that falls due at `due`: in a long move at the end of its minute, with all others of that minute. */
  runsAt(due: number): number {
    return this.end === undefined ? due : Math.max(due, Math.min(Math.ceil(due / precisionMs) * precisionMs, this.end))
  }

  /** Whether `task` is put off until all else of this time has come to rest: in a long move, as the next poll of Lambda would come then. */
  putsOff(task: () => void): boolean {
    if (this.end === undefined) return false
    this.putOff.push(task)
    return true
  }

  private runPutOff(): boolean {
    const tasks = this.putOff.splice(0)
    for (const task of tasks) task()
    return tasks.length > 0
  }
}
