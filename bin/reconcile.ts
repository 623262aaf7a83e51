import { createInterface } from 'node:readline/promises'
import { parseArgs } from 'node:util'
import { systemClock } from '../functions/runtime/clock.ts'
import { type FoundStage, placeOptions, placeUsage, stageAt } from './place.ts'
import { type Reconciliation, listedMs } from '../functions/operations/core/reconcile.ts'
import { wholeNumber } from '../functions/runtime/whole-number.ts'
import { planOf, repair } from './reconcile/repair.ts'
import { reconcileStage } from './reconcile/tables.ts'
import { progressOn } from './replay/progress.ts'
import { operatorOf, signedIn } from './replay/stack.ts'

const dayMs = 86_400_000

const usage = `Holds stock against its movements, reservations and supplies, orders against their reservations and payments,
and payments against the list of the card provider where it keeps one.
Works while orders flow; ends with 1 where something does not fit together. Without --repair it changes nothing.

  npm run reconcile
    --repair         proposes an adjustment for each level that one mends, asks on a terminal whether to post it, and
                     reconciles again; names what a person does about the rest
    --yes            posts all of them, and asks nothing
    --days N         how far the list of the card provider goes back (default: ${listedMs / dayMs})
${placeUsage}

HOLDFAST_EMAIL and HOLDFAST_PASSWORD name the operator who posts; default is the one of the local stack.
`

const options = {
  ...placeOptions,
  repair: { type: 'boolean', default: false },
  yes: { type: 'boolean', default: false },
  days: { type: 'string', default: String(listedMs / dayMs) },
} as const

async function main(): Promise<void> {
  const { values } = parseArgs({ options })
  if (values.help) return console.log(usage)
  if (values.yes && !values.repair) throw new Error('--yes is for --repair.')
  const days = wholeNumber(values.days)
  if (days === undefined || days === 0) throw new Error('--days takes a whole number from 1.')
  const place = await stageAt(values)
  const found = await reconciled(place, days)
  const isMended = values.repair && (await posted(found, values.url ?? place.outputs['ApiUrl'] ?? '', values.yes)) > 0
  const { differences } = isMended ? await reconciled(await stageAt(values), days) : found
  if (differences.length > 0) process.exitCode = 1
}

async function reconciled(place: FoundStage, days: number): Promise<Reconciliation> {
  const found = await reconcileStage(place, progressOn(process.stderr), days * dayMs)
  const { skus, orders, charges, differences, moving } = found
  console.log(
    `Read ${skus} skus and ${orders} orders${charges > 0 ? `, and ${charges} charges of the card provider` : ''}.`,
  )
  if (moving.length > 0) console.log(`${moving.length} skus moved in every reading: run it again for them.`)
  for (const { kind, of, detail } of differences) console.log(`${kind}: ${of}: ${detail}`)
  console.log(
    differences.length === 0 ? 'Everything fits together.' : `${differences.length} things do not fit together.`,
  )
  return found
}

/** How many adjustments were posted. */
async function posted(found: Reconciliation, baseUrl: string, all: boolean): Promise<number> {
  const terminal = process.stdin.isTTY && !all ? createInterface(process.stdin, process.stdout) : undefined
  const asked = terminal && (async (question: string) => /^y(es)?$/i.test(await terminal.question(`${question} y/N `)))
  const confirm = all ? () => Promise.resolve(true) : asked
  let signing: ReturnType<typeof signedIn> | undefined
  const api = async () => (await (signing ??= signedIn(baseUrl, operatorOf(process.env), systemClock))).api
  try {
    return await repair(planOf(found), confirm && { confirm, api, clock: systemClock }, (line) => console.log(line))
  } finally {
    terminal?.close()
  }
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error)
  process.exit(1)
})
