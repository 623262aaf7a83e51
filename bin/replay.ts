import { randomUUID } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { parseArgs } from 'node:util'
import { systemClock } from '../functions/runtime/clock.ts'
import { isSound } from './replay/figures.ts'
import { progressOn } from './replay/progress.ts'
import { replay } from './replay/replay.ts'
import { operatorOf, signedIn } from './replay/stack.ts'
import { report } from './replay/table.ts'
import { tradingDay } from './replay/trading-day.ts'

const usage = `Replays trading days against a running stack, or one that it starts.

  npm run replay -- FILE.csv [FILE.csv ...]
    --stock plenty|scarce  opening stock: more than the days ask for, or 60 % of it (default: plenty)
    --url URL              the stack to trade with (default: one that is started for it)
    --concurrency N        requests under way at once (default: 8)
    --json FILE            writes the figures there

HOLDFAST_EMAIL and HOLDFAST_PASSWORD name the operator; default is the one of the local stack.
Exits with 1 when the books do not balance.
`

const options = {
  stock: { type: 'string', default: 'plenty' },
  url: { type: 'string' },
  concurrency: { type: 'string', default: '8' },
  json: { type: 'string' },
  help: { type: 'boolean', default: false },
} as const

const { values, positionals } = parseArgs({ options, allowPositionals: true })
const stock = values.stock
const atOnce = Number(values.concurrency)

if (values.help) {
  console.log(usage)
} else if (positionals.length === 0 || !(stock === 'plenty' || stock === 'scarce') || !(atOnce >= 1)) {
  console.error(usage)
  process.exitCode = 2
} else {
  process.exitCode = await run(stock)
}

async function run(stock: 'plenty' | 'scarce'): Promise<number> {
  const files = positionals.map(async (path) => ({ name: basename(path), text: await readFile(path, 'utf8') }))
  const day = tradingDay(await Promise.all(files))
  const target =
    values.url === undefined ? await started() : { url: values.url.replace(/\/$/, ''), stop: async () => {} }
  try {
    const stack = await signedIn(target.url, operatorOf(process.env), systemClock)
    const progress = progressOn(process.stderr)
    const figures = await replay(stack, day, { stock, atOnce, runId: randomUUID(), progress })
    console.log(`\n${report(figures)}`)
    if (values.json !== undefined) await writeFile(values.json, `${JSON.stringify(figures, null, 2)}\n`)
    return isSound(figures) ? 0 : 1
  } finally {
    await target.stop()
  }
}

async function started() {
  const { startStack } = await import('../localstack/start.ts')
  return startStack({ port: 0, quiet: true })
}
