import type { HistoryResult, HistoryRun } from './history-worker.ts'
import { distancesFrom } from './imports.ts'
import { type Mutant, mutated } from './mutant.ts'
import { filesOf, sourceOf } from './sources.ts'
import type { UnitResult, UnitRun } from './unit-worker.ts'
import { WatchedProcess } from './watched-process.ts'

export const killers = ['unit tests', 'histories', 'endless loop'] as const
export type Killer = (typeof killers)[number]

export interface Verdict {
  readonly mutant: Mutant
  /** Missing when the mutant survives. */
  readonly killer?: Killer
  /** The test file, or the seed and its promise. */
  readonly by?: string
}

export interface KillSettings {
  readonly workers: number
  /** Histories that a mutant which survives its unit tests goes through. */
  readonly seeds: number
}

/** The unit tests that import each of the files, directly or not. */
export interface Related {
  readonly tests: readonly string[]
  readonly byFile: ReadonlyMap<string, readonly string[]>
}

export function relatedTests(files: Iterable<string>): Related {
  const needed = new Map(filesOf(['test/unit/**/*.test.ts']).map((test) => [test, distancesFrom(test)]))
  const byFile = new Map(
    [...files].map((file) => [file, [...needed.keys()].filter((test) => needed.get(test)?.has(file))]),
  )
  return { tests: [...new Set([...byFile.values()].flat())], byFile }
}

/** How long each test file takes without a mutant, in milliseconds. Throws when one fails: it would kill every mutant. */
export async function timesOf(
  tests: readonly string[],
  workers: number,
  step: () => void,
): Promise<ReadonlyMap<string, number>> {
  const times = new Map<string, number>()
  await share(tests, workers, unitProcess, async (test, process) => {
    const result = await process.ask({ tests: [test] }, 600_000)
    if (result === undefined || result.failed !== undefined) throw new Error(`${test} fails without a mutant.`)
    times.set(test, result.milliseconds)
    step()
  })
  return times
}

/** Runs each mutant against the unit tests of its file: first those that have killed most of its mutants, then the quickest. */
export async function killByUnitTests(
  mutants: readonly Mutant[],
  related: Related,
  times: ReadonlyMap<string, number>,
  workers: number,
  done: (verdict: Verdict) => void,
): Promise<void> {
  // One test of a file may be all of it.
  const silenceMs = shortestSilenceMs + 3 * Math.max(0, ...times.values())
  const kills = new Map<string, number>()
  await share(mutants, workers, unitProcess, async (mutant, process) => {
    const { file } = mutant
    const killsBy = (test: string): number => kills.get(`${test} ${file}`) ?? 0
    const tests = (related.byFile.get(file) ?? []).toSorted(
      (a, b) => killsBy(b) - killsBy(a) || (times.get(a) ?? 0) - (times.get(b) ?? 0),
    )
    const result: { readonly failed?: string } | undefined =
      tests.length === 0 ? {} : await process.ask({ tests, file, source: mutatedSource(mutant) }, silenceMs)
    if (result?.failed !== undefined) kills.set(`${result.failed} ${file}`, killsBy(result.failed) + 1)
    done(verdictOf(mutant, 'unit tests', result))
  })
}

/** Runs each mutant against histories from seed 1. */
export async function killByHistories(
  mutants: readonly Mutant[],
  { workers, seeds }: KillSettings,
  done: (verdict: Verdict) => void,
): Promise<void> {
  const simulated = distancesFrom('test/simulation/history.ts')
  await share(mutants, workers, historyProcess, async (mutant, process) => {
    const { file } = mutant
    const result = simulated.has(file)
      ? await process.ask({ file, source: mutatedSource(mutant), seeds }, shortestSilenceMs)
      : {}
    done(verdictOf(mutant, 'histories', result))
  })
}

/** A process that works is silent for less, in milliseconds. */
const shortestSilenceMs = 30_000

const unitProcess = (): WatchedProcess<UnitRun, UnitResult> =>
  new WatchedProcess(new URL('unit-worker.ts', import.meta.url))

const historyProcess = (): WatchedProcess<HistoryRun, HistoryResult> =>
  new WatchedProcess(new URL('history-worker.ts', import.meta.url))

const mutatedSource = (mutant: Mutant): string => mutated(sourceOf(mutant.file), mutant)

function verdictOf(mutant: Mutant, killer: Killer, result: { readonly failed?: string } | undefined): Verdict {
  if (result === undefined) return { mutant, killer: 'endless loop' }
  return result.failed === undefined ? { mutant } : { mutant, killer, by: result.failed }
}

/** Hands the elements out, one at a time, to so many processes. */
async function share<Element, Process extends { stop(): void }>(
  elements: readonly Element[],
  workers: number,
  start: () => Process,
  handle: (element: Element, process: Process) => Promise<void>,
): Promise<void> {
  const left = elements.values()
  const work = async (): Promise<void> => {
    const process = start()
    try {
      // Every worker takes its next element from the same iterator.
      for (const element of left) await handle(element, process)
    } finally {
      process.stop()
    }
  }
  await Promise.all(Array.from({ length: Math.min(workers, elements.length) }, work))
}
