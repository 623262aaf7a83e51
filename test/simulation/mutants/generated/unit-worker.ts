import { join } from 'node:path'
import { createVitest } from 'vitest/node'
import { root } from './sources.ts'
import { answer, ready, signOfLife } from './watched-answers.ts'

/** Unit tests to run one after the other up to the first that fails, with another source for one file. */
export interface UnitRun {
  readonly tests: readonly string[]
  readonly file?: string
  readonly source?: string
}

export interface UnitResult {
  readonly failed?: string
  /** Of the run. */
  readonly milliseconds: number
}

class InOrder {
  readonly shard = async <Files>(files: Files): Promise<Files> => files
  readonly sort = async <Files>(files: Files): Promise<Files> => files
}

const loaded: { path?: string | undefined; source?: string | undefined } = {}

const vitest = await createVitest(
  'test',
  {
    config: false,
    root,
    include: ['test/unit/**/*.test.ts'],
    testTimeout: 10_000,
    watch: false,
    // A cache on disk goes by the source on disk.
    fsModuleCache: false,
    cache: false,
    pool: 'threads',
    maxWorkers: 1,
    bail: 1,
    silent: true,
    reporters: [{ onTestCaseResult: signOfLife }],
    sequence: { sequencer: InOrder },
  },
  {
    plugins: [
      {
        name: 'mutant',
        enforce: 'pre',
        load: (id: string) => (id === loaded.path ? loaded.source : undefined),
      },
    ],
  },
)
await vitest.globTestSpecifications()
answer(run)
ready()

async function run({ tests, file, source }: UnitRun): Promise<UnitResult> {
  const path = file && join(root, file)
  for (const changed of [loaded.path, path]) if (changed !== undefined) vitest.invalidateFile(changed)
  Object.assign(loaded, { path, source })
  const specifications = tests.flatMap((test) => vitest.getModuleSpecifications(join(root, test)))
  const begun = performance.now()
  const { testModules, unhandledErrors } = await vitest.rerunTestSpecifications(specifications)
  const milliseconds = performance.now() - begun
  const states = new Map(testModules.map((each) => [each.relativeModuleId, each.state()]))
  const failed = tests.find((test) => states.get(test) === 'failed')
  if (failed !== undefined) return { failed, milliseconds }
  return unhandledErrors.length > 0 ? { failed: 'an unhandled error', milliseconds } : { milliseconds }
}
