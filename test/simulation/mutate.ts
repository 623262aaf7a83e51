import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import { type Progress, progressOn } from '../../bin/replay/progress.ts'
import { wholeNumber } from '../../functions/runtime/whole-number.ts'
import {
  type Verdict,
  killByHistories,
  killByUnitTests,
  killers,
  relatedTests,
  timesOf,
} from './mutants/generated/kill.ts'
import { type Mutant, placeOf } from './mutants/generated/mutant.ts'
import { allMutants, sampleOf } from './mutants/generated/sample.ts'
import { sourceOf } from './mutants/generated/sources.ts'

const usage = `Changes an operator, a boundary, a guard or a constant of the cores, store rules and relays, one at a time and only as they are loaded,
and runs the unit tests of the file, then histories, until one of them fails.

  npm run mutate
    --sample N       mutants (default: 400)
    --seed S         chooses them (default: 1)
    --file PART      only of files with that in their path
    --histories N    that a mutant goes through when it survives its unit tests (default: 300)
    --workers N      at once (default: as many as the machine has cores)

Exits with 1 when fewer than 95 % are killed.
`

const options = {
  sample: { type: 'string', default: '400' },
  seed: { type: 'string', default: '1' },
  file: { type: 'string', default: '' },
  histories: { type: 'string', default: '300' },
  workers: { type: 'string', default: String(availableParallelism()) },
  help: { type: 'boolean', default: false },
} as const

/** Of the sample, in percent. */
const least = 95

const { values } = parseArgs({ options })
if (values.help) console.log(usage)
else process.exitCode = await run()

async function run(): Promise<number> {
  const workers = counted('workers')
  const all = allMutants(values.file)
  const sample = sampleOf(all, counted('sample'), counted('seed'))
  const related = relatedTests(new Set(sample.map(({ file }) => file)))
  const progress = progressOn(process.stderr)
  const times = await phase(progress, 'unit tests without mutants', related.tests.length, (step) =>
    timesOf(related.tests, workers, step),
  )
  const verdicts = new Map<Mutant, Verdict>()
  const judge = (step: () => void) => (verdict: Verdict) => {
    verdicts.set(verdict.mutant, verdict)
    step()
  }
  await phase(progress, 'mutants through unit tests', sample.length, (step) =>
    killByUnitTests(sample, related, times, workers, judge(step)),
  )
  const left = sample.filter((mutant) => verdicts.get(mutant)?.killer === undefined)
  await phase(progress, 'survivors through histories', left.length, (step) =>
    killByHistories(left, { workers, seeds: counted('histories') }, judge(step)),
  )
  return report([...verdicts.values()], all.length)
}

/** Throws for what is not a whole number. */
function counted(name: 'sample' | 'seed' | 'histories' | 'workers'): number {
  const number = wholeNumber(values[name])
  if (number === undefined) throw new Error(`--${name} ${values[name]} is not a whole number.`)
  return number
}

async function phase<Result>(
  progress: Progress,
  name: string,
  total: number,
  work: (step: () => void) => Promise<Result>,
): Promise<Result> {
  progress.start(name, total)
  const result = await work(() => progress.step())
  progress.stop()
  return result
}

function report(verdicts: readonly Verdict[], total: number): number {
  console.log(`| file | mutants | ${killers.join(' | ')} | survivors |\n| --- |${' ---: |'.repeat(killers.length + 2)}`)
  const byFile = Map.groupBy(verdicts, ({ mutant }) => mutant.file)
  for (const [file, of] of [...byFile].toSorted(([a], [b]) => (a < b ? -1 : 1))) row(file, of)
  row(`all (of ${total})`, verdicts)
  const survivors = verdicts.filter(({ killer }) => killer === undefined)
  for (const { mutant } of survivors) {
    const { line, before, after } = placeOf(sourceOf(mutant.file), mutant)
    console.log(`\n${mutant.file}:${line} ${mutant.kind}\n- ${before}\n+ ${after}`)
  }
  const killed = verdicts.length - survivors.length
  const share = (killed / verdicts.length) * 100
  console.log(`\n${killed} of ${verdicts.length} killed: ${share.toFixed(1)} %, wanted: ${least} %.`)
  return share >= least ? 0 : 1
}

function row(name: string, verdicts: readonly Verdict[]): void {
  const count = (killer: Verdict['killer']): number => verdicts.filter((each) => each.killer === killer).length
  console.log(`| ${[name, verdicts.length, ...killers.map(count), count(undefined)].join(' | ')} |`)
}
