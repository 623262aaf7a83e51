import { randomUUID } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { parseArgs } from 'node:util'
import { systemClock } from '../functions/runtime/clock.ts'
import type { Reconciliation } from '../functions/operations/core/reconcile.ts'
import { isSound } from './replay/figures.ts'
import { type StockPlan, stockPlans } from './replay/open-stock.ts'
import { type Course, payPlans } from './replay/pay-plan.ts'
import { progressOn } from './replay/progress.ts'
import { replay } from './replay/replay.ts'
import { operatorOf, signedIn } from './replay/stack.ts'
import { report } from './replay/table.ts'
import { fits, linesOf, tablesOf } from './replay/tables.ts'
import { tradingDay } from './replay/trading-day.ts'

const usage = `Replays trading days against a running stack, or one that it starts.

  npm run replay -- FILE.csv [FILE.csv ...]
    --stock plenty|scarce|nightly
                           opening stock: more than the days ask for, 60 % of it, or 60 % of what the first day asks for; then
                           orders wait for what is short, and each night brings what was expected, some of it short
                           (default: plenty)
    --pay wallet|card|manual|none
                           how: from wallets filled before, by cards of the sandbox, by an operator's approval, or not at all
                           (default: wallet)
    --ship yes|no          dispatches and delivers what is paid (default: yes where it is)
    --url URL              the stack to trade with (default: one that is started for it)
    --halfway yes|no       reconciles the tables of a local stack also in the middle of the day, while orders flow, which slows
                           them (default: yes)
    --follow yes|no        holds the feed, a webhook and the reports of a local stack against the orders, which slows them
                           (default: no)
    --concurrency N        requests under way at once (default: 8)
    --json FILE            writes the figures there

HOLDFAST_EMAIL and HOLDFAST_PASSWORD name the operator; default is the one of the local stack.
Of a local stack, the tables are reconciled as well.
Exits with 1 when stock, money or tables do not reconcile.
`

const options = {
  stock: { type: 'string', default: 'plenty' },
  pay: { type: 'string', default: 'wallet' },
  ship: { type: 'string' },
  url: { type: 'string' },
  halfway: { type: 'string', default: 'yes' },
  follow: { type: 'string', default: 'no' },
  concurrency: { type: 'string', default: '8' },
  json: { type: 'string' },
  help: { type: 'boolean', default: false },
} as const

const { values, positionals } = parseArgs({ options, allowPositionals: true })
const stock = values.stock
const course = courseOf(values.pay, values.ship)
const atOnce = Number(values.concurrency)

if (values.help) {
  console.log(usage)
} else if (
  positionals.length === 0 ||
  !isStockPlan(stock) ||
  course === undefined ||
  !(atOnce >= 1) ||
  !isAnswer(values.halfway) ||
  !isAnswer(values.follow)
) {
  console.error(usage)
  process.exitCode = 2
} else {
  process.exitCode = await run(stock, course)
}

function isAnswer(text: string): boolean {
  return text === 'yes' || text === 'no'
}

function isStockPlan(text: string): text is StockPlan {
  return (stockPlans as readonly string[]).includes(text)
}

/** Undefined for words that mean nothing, and for parcels that nobody has paid. */
function courseOf(pay: string, ship: string | undefined): Course | undefined {
  const plan = payPlans.find((each) => each === pay)
  if (plan === undefined || !(ship === undefined || isAnswer(ship))) return undefined
  if (plan === 'none') return ship === 'yes' ? undefined : { pay: plan, ship: false }
  return { pay: plan, ship: ship !== 'no' }
}

async function run(stock: StockPlan, course: Course): Promise<number> {
  const files = positionals.map(async (path) => ({ name: basename(path), text: await readFile(path, 'utf8') }))
  const day = tradingDay(await Promise.all(files))
  const target =
    values.url === undefined ? await started() : { url: values.url.replace(/\/$/, ''), stop: async () => {} }
  try {
    const stack = await signedIn(target.url, operatorOf(process.env), systemClock)
    const progress = progressOn(process.stderr)
    const isLocal = stack.control !== undefined
    let meanwhile: Promise<Reconciliation> | undefined
    const halfway = (): void => {
      meanwhile = tablesOf(target.url, { atRest: false })
      // What it throws is thrown below, where it is waited for.
      meanwhile.catch(() => undefined)
    }
    const options = {
      stock,
      course,
      atOnce,
      runId: randomUUID(),
      progress,
      ...(isLocal && values.halfway === 'yes' && { halfway }),
      follow: isLocal && values.follow === 'yes',
    }
    const figures = await replay(stack, day, options)
    console.log(`\n${report(figures)}`)
    const flowing = await meanwhile
    await stack.control?.settle()
    const resting = isLocal ? await tablesOf(target.url, { atRest: true }) : undefined
    if (flowing) console.log(linesOf('while orders flowed', flowing).join('\n'))
    if (resting) console.log(linesOf('at the end', resting).join('\n'))
    const isWhole = (!flowing || fits(flowing, { atRest: false })) && (!resting || fits(resting, { atRest: true }))
    if (values.json !== undefined) await writeFile(values.json, `${JSON.stringify(figures, null, 2)}\n`)
    return isSound(figures) && isWhole ? 0 : 1
  } finally {
    await target.stop()
  }
}

async function started() {
  const { startStack } = await import('../localstack/start.ts')
  return startStack({ port: 0, quiet: true })
}
