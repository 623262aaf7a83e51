import type { FaultName } from '../faults/faults.ts'
import { type History, history, ratesOf } from '../history.ts'
import type { Tally } from './tally.ts'
import { inWorkers } from './workers.ts'

export interface Seeds {
  readonly first: number
  readonly count: number
}

export interface Wanted extends Seeds {
  /** No new seeds are begun after this time, in milliseconds since 1970. */
  readonly until: number
  readonly workers: number
  /** Faults to leave out where a seed has chosen them. */
  readonly without: readonly FaultName[]
}

/** Few enough to show progress, and to share the last ones out. */
const mostAtOnce = 50

/** Runs the histories of the seeds, in workers and in their order, some seeds at a time. */
export function many({ first, count, until, workers, without }: Wanted): AsyncGenerator<Tally> {
  const most = Math.max(1, Math.min(mostAtOnce, Math.ceil(count / workers)))
  function* tasks(): Generator<Seeds> {
    for (let done = 0; done < count && Date.now() < until; done += most)
      yield { first: first + done, count: Math.min(most, count - done) }
  }
  return inWorkers(new URL('many-worker.ts', import.meta.url), workers, tasks(), without)
}

/** The history of a seed without these faults. */
export async function historyWithout(seed: number, without: readonly FaultName[], trace = false): Promise<History> {
  if (without.length === 0) return history(seed, { trace })
  const left = Object.entries(ratesOf(seed)).filter(([name]) => !without.includes(name as FaultName))
  return history(seed, { trace, rates: Object.fromEntries(left) })
}
