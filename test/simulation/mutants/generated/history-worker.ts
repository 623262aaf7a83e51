import type * as histories from '../../history.ts'
import { loadMutated } from '../load-mutated.ts'
import { answer, ready, signOfLife } from './watched-answers.ts'

/** Histories to run from seed 1 up to the first that finds the mutant. */
export interface HistoryRun {
  readonly file: string
  readonly source: string
  readonly seeds: number
}

export interface HistoryResult {
  /** The seed, and the promise that its history breaks. */
  readonly failed?: string
}

answer(run)
ready()

async function run({ file, source, seeds }: HistoryRun): Promise<HistoryResult> {
  try {
    const { history } = await loadMutated<typeof histories>(new Map([[file, () => source]]), 'history.ts')
    for (let seed = 1; seed <= seeds; seed += 1) {
      const { violation } = await history(seed)
      signOfLife()
      if (violation) return { failed: `seed ${seed}: ${violation.promise}` }
    }
    return {}
  } catch (error) {
    return { failed: String(error) }
  }
}
