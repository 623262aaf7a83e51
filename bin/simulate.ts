import { parseArgs } from 'node:util'
import { type FaultName, faultNames } from '../test/simulation/faults.ts'
import { type History, history, ratesOf } from '../test/simulation/history.ts'
import { experiments, prove } from '../test/simulation/prove.ts'
import { commandOf, shortened, storyOf } from '../test/simulation/story.ts'
import { progressOn, silent } from './replay/progress.ts'

const usage = `Runs the real handlers through histories that a seed decides: who does what, in which order, and what goes wrong.

  npm run simulate
    --seeds N        histories (default: 1000)
    --minutes M      as many as this time allows
    --seed S         the first seed (default: 1); without --seeds and --minutes only this one
    --trace          prints what happened
    --without FAULT  leaves a fault out that the seed has chosen; may be repeated
    --prove          plants each known defect into the code, as it is loaded, alone and in pairs, and says by which seed it is found
                     (of --seeds at most, default 1000; --defect NAME for those with that in their name)

Exits with 1 when a promise was broken.
`

const options = {
  seeds: { type: 'string' },
  seed: { type: 'string' },
  minutes: { type: 'string' },
  trace: { type: 'boolean', default: false },
  without: { type: 'string', multiple: true },
  prove: { type: 'boolean', default: false },
  defect: { type: 'string', default: '' },
  help: { type: 'boolean', default: false },
} as const

const { values } = parseArgs({ options })
if (values.help) console.log(usage)
else process.exitCode = values.prove ? await table() : await run()

async function run(): Promise<number> {
  const first = Number(values.seed ?? 1)
  const single = values.seed !== undefined && values.seeds === undefined && values.minutes === undefined
  const count = single ? 1 : values.minutes === undefined ? Number(values.seeds ?? 1_000) : Infinity
  const end = Date.now() + Number(values.minutes ?? Infinity) * 60_000
  const progress = single || count === Infinity ? silent : progressOn(process.stderr)
  progress.start('histories', count)
  const begun = performance.now()
  const faults = new Map<FaultName, number>()
  const failed: History[] = []
  let run = 0
  let steps = 0
  for (; run < count && Date.now() < end && failed.length < 5; run += 1) {
    const one = await repeated(first + run)
    steps += one.steps
    for (const [name, times] of one.faults) faults.set(name, (faults.get(name) ?? 0) + times)
    if (values.trace) console.log(one.lines.join('\n'))
    if (one.violation) failed.push(one)
    progress.step()
  }
  progress.stop()
  const seconds = (performance.now() - begun) / 1_000
  for (const each of failed) await explain(each)
  const struck = faultNames.flatMap((name) => (faults.has(name) ? [`${name} ${faults.get(name)}`] : []))
  console.log(`${run} histories in ${seconds.toFixed(1)} s, ${(run / seconds).toFixed(0)} each second, ${steps} steps`)
  console.log(`Faults: ${struck.join(', ') || 'none'}`)
  console.log(failed.length === 0 ? 'No promise was broken.' : `${failed.length} histories broke a promise.`)
  return failed.length === 0 ? 0 : 1
}

async function table(): Promise<number> {
  const chosen = experiments(values.defect)
  let survived = 0
  console.log('| planted | first seed | broken promise |\n| --- | ---: | --- |')
  for await (const { planted, found } of prove(chosen, Number(values.seeds ?? 1_000))) {
    if (found === undefined) survived += 1
    console.log(`| ${planted.join(' + ')} | ${found?.seed ?? '-'} | ${found?.promise ?? ''} |`)
  }
  console.log(`\n${chosen.length - survived} of ${chosen.length} found.`)
  return survived === 0 ? 0 : 1
}

async function repeated(seed: number): Promise<History> {
  const { trace, without = [] } = values
  const fewer = Object.fromEntries(Object.entries(ratesOf(seed)).filter(([name]) => !without.includes(name)))
  return history(seed, { trace, rates: fewer })
}

async function explain(failed: History): Promise<void> {
  const story = await shortened(failed)
  console.log(`\nSeed ${failed.seed} broke a promise.\n${story.violation?.message}\n`)
  if (!values.trace) console.log(storyOf(story).join('\n'))
  console.log(`\nRepeat: ${commandOf(story, ratesOf(failed.seed))}\n`)
}
