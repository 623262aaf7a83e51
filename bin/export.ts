import { parseArgs } from 'node:util'
import { systemClock } from '../functions/runtime/clock.ts'
import { ApiProblem } from '../schemas/client.ts'
import { BadArgument, askedBy, formats, maxDays, whats } from './export/asked.ts'
import { connect } from './export/connect.ts'
import { exportTo } from './export/export-file.ts'
import { kinds } from './export/kinds.ts'
import { UnfinishedFile, pathsOf } from './export/unfinished-file.ts'
import { progressOn } from './replay/progress.ts'

const usage = `Writes what happened on some days into a file, page by page from the API: up to ${maxDays} days.

  npm run export -- --what orders --from 2026-11-01 --to 2026-11-30 --out FILE
    --what ${whats.join('|')}   the orders placed then, their payments, or every movement of stock
    --from DAY --to DAY              both included, in UTC
    --out FILE                       grows as FILE.part until it is whole
    --format ${formats.join('|')}             default: by the name of the file
    --url URL                        the API (default: http://localhost:4000)
    --force                          replaces FILE

A run that was ended goes on when the same command is run again. A day that is not over has what was there when its page
was read. HOLDFAST_EMAIL and HOLDFAST_PASSWORD name the operator, or HOLDFAST_API_KEY a key; default is the operator of
the local stack. Exits with 1 when the file is not whole, and with 2 when an argument is none.
`

const options = {
  what: { type: 'string' },
  from: { type: 'string' },
  to: { type: 'string' },
  out: { type: 'string' },
  format: { type: 'string' },
  url: { type: 'string', default: 'http://localhost:4000' },
  force: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const

async function main(): Promise<void> {
  const { values } = parseArgs({ options })
  if (values.help) return console.log(usage)
  const { asked, out } = askedBy(values)
  const begun = performance.now()
  const connection = { environment: process.env, clock: systemClock, report: console.error }
  const api = await connect(asked.url, kinds[asked.what].needs, connection)
  const file = await UnfinishedFile.open(out, asked, values)
  if (file.state.place !== undefined) console.error(`Goes on behind ${file.state.rows} ${asked.what}.`)
  try {
    await exportTo(file, api, progressOn(process.stderr))
  } catch (error) {
    await file.close()
    console.error(`${reasonOf(error)}\n${pathsOf(out).part} stays: the same command goes on from there.`)
    process.exitCode = 1
    return
  }
  await file.finish()
  const seconds = ((performance.now() - begun) / 1_000).toFixed(1)
  console.log(`${out} has ${file.state.rows} ${asked.what} after ${seconds} s.`)
}

/** What the API answered, with the fields that it names; or why there was no answer. */
function reasonOf(error: unknown): string {
  if (error instanceof ApiProblem)
    return [error.message, ...error.errors.map(({ path, message }) => `${path}: ${message}`)].join('\n')
  if (!(error instanceof Error)) return String(error)
  const { cause } = error
  if (!(cause instanceof Error)) return error.message
  return `${error.message}: ${cause.message || ('code' in cause ? String(cause.code) : cause.name)}`
}

main().catch((error: unknown) => {
  console.error(reasonOf(error))
  const isOfArguments = error instanceof BadArgument || (error instanceof TypeError && 'code' in error)
  if (isOfArguments) console.error('npm run export -- --help names every argument.')
  process.exitCode = isOfArguments ? 2 : 1
})
