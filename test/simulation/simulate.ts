import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import { wholeNumber } from '../../functions/runtime/whole-number.ts'
import { type FaultName, faultNames } from './faults/faults.ts'
import { ratesOf } from './history.ts'
import { historyWithout, many } from './runs/many.ts'
import { showTable } from './mutants/planted/table.ts'
import { commandOf, shortened, storyOf } from './runs/story.ts'
import { type Tally, added, hashOf, nothing, tallyOf } from './runs/tally.ts'
import { type Progress, progressOn } from '../../bin/replay/progress.ts'
import { showCoverage } from './coverage/table.ts'

const usage = `Runs the real handlers through histories that a seed decides: who does what, in which order, and what goes wrong.

  npm run simulate
    --seeds N        histories (default: 1000)
    --minutes M      as many as this time allows
    --workers N      at once (default: as many as the machine has cores)
    --seed S         the first seed (default: 1); without --seeds and --minutes only this one, in this process
    --trace          prints what happened in it
    --without FAULT  leaves a fault out that the seed has chosen; may be repeated
    --prove          plants each known defect into the code, as it is loaded, alone and in pairs, and names the seed that finds it
                     (of --seeds from --seed on, default 2000, after the one in docs/simulation.md; --defect NAME for those with that in their
                     name; --write puts what is found into docs/simulation.md)
    --coverage       lists which branches of the cores and event handlers the histories reach; exits with 1 below 95 % of a file

Stops after five histories that broke a promise, explains each, and exits with 1.
`

const options = {
  seeds: { type: 'string' },
  seed: { type: 'string' },
  minutes: { type: 'string' },
  workers: { type: 'string', default: String(availableParallelism()) },
  trace: { type: 'boolean', default: false },
  without: { type: 'string', multiple: true },
  prove: { type: 'boolean', default: false },
  defect: { type: 'string', default: '' },
  write: { type: 'boolean', default: false },
  coverage: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const

const mostFailures = 5

const { values } = parseArgs({ options })
const seeds = counted('seeds', values.seeds ?? (values.prove ? '2000' : '1000'))
const seed = counted('seed', values.seed ?? '1')
const minutes = counted('minutes', values.minutes ?? '0')
const workers = counted('workers', values.workers)
const without = (values.without ?? []) as FaultName[]
if (values.help) console.log(usage)
else if (values.coverage) process.exitCode = await showCoverage(seeds)
else if (values.prove) process.exitCode = await showTable(values.defect, { first: seed, count: seeds }, values.write)
else if (values.seed !== undefined && values.seeds === undefined && values.minutes === undefined)
  process.exitCode = await one(seed)
else process.exitCode = await run()

/** Throws for what is not a whole number: nothing is counted up to it. */
function counted(name: string, text: string): number {
  const number = wholeNumber(text)
  if (number === undefined) throw new Error(`--${name} ${text} is not a whole number.`)
  return number
}

async function one(seed: number): Promise<number> {
  const begun = performance.now()
  const story = await historyWithout(seed, without, values.trace)
  if (values.trace) console.log(story.lines.join('\n'))
  return report(tallyOf(story), begun, 1)
}

async function run(): Promise<number> {
  const timed = values.minutes !== undefined
  const count = timed ? Infinity : seeds
  const begun = performance.now()
  const until = timed ? Date.now() + minutes * 60_000 : Infinity
  const follow = progress(timed ? Math.ceil(minutes * 60) : count, timed)
  let tally = nothing
  for await (const more of many({ first: seed, count, until, workers, without })) {
    tally = added(tally, more)
    follow.to(timed ? (performance.now() - begun) / 1_000 : tally.histories)
    if (tally.failed.length >= mostFailures) break
  }
  follow.stop()
  return report(tally, begun, workers)
}

/** Follows the histories of the run or, where nobody knows how many there will be, its seconds. */
function progress(total: number, timed: boolean): { to(at: number): void } & Pick<Progress, 'stop'> {
  const shown = progressOn(process.stderr)
  shown.start(timed ? 'seconds' : 'histories', total)
  let done = 0
  const to = (at: number): void => {
    for (; done < Math.min(at, total); done += 1) shown.step()
  }
  return { to, stop: () => shown.stop() }
}

async function report(tally: Tally, begun: number, workers: number): Promise<number> {
  const { histories, orders, calls, faults, failed } = tally
  const seconds = (performance.now() - begun) / 1_000
  for (const seed of failed) await explain(seed)
  const struck = faultNames.flatMap((name) => (faults[name] === undefined ? [] : [`${name} ${faults[name]}`]))
  const each = (sum: number): string => (sum / histories).toFixed(1)
  const rate = (sum: number): string => (sum / seconds / workers).toFixed(sum / seconds < 100 ? 1 : 0)
  console.log(
    `${histories} histories in ${seconds.toFixed(1)} s with ${workers} at once: ${rate(histories)} each second per worker`,
  )
  console.log(`In each ${each(orders)} orders and ${each(calls)} calls; ${rate(calls)} calls each second per worker`)
  console.log(`Faults: ${struck.join(', ') || 'none'}`)
  console.log(`Hash: ${hashOf(tally)}`)
  console.log(
    failed.length === 0
      ? 'No promise was broken.'
      : `${failed.length} histories broke a promise: ${failed.join(', ')}.`,
  )
  return failed.length === 0 ? 0 : 1
}

async function explain(seed: number): Promise<void> {
  const story = await shortened(await historyWithout(seed, without))
  console.log(`\nSeed ${seed} broke a promise.\n${story.violation?.message}\n`)
  if (story.violation?.cause instanceof Error) console.log(story.violation.cause.stack)
  if (!values.trace) console.log(storyOf(story).join('\n'))
  console.log(`\nRepeat: ${commandOf(story, ratesOf(seed))}\n`)
}
