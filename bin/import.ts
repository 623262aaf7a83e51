import { createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { parseArgs } from 'node:util'
import { systemClock } from '../functions/runtime/clock.ts'
import { UnreadableFile } from '../functions/runtime/unreadable-file.ts'
import type { Written } from '../schemas/imports.ts'
import { own } from '../schemas/own.ts'
import { receivers } from './import/receivers.ts'
import { sendFile } from './import/send-file.ts'
import { progressOn } from './replay/progress.ts'
import { operatorOf, signedIn } from './replay/stack.ts'

const usage = `Imports a file: up to 200,000 products, or 100,000 adjustments of stock, and 100 MB.

  npm run import -- FILE
    --what products|stock            what its rows are (default: products)
    --format csv|ndjson              default: by the name of the file
    --encoding utf-8|windows-1252    default: utf-8
    --url URL                        the API (default: http://localhost:4000)
    --results FILE                   writes the result of each row there, a line of JSON each

HOLDFAST_EMAIL and HOLDFAST_PASSWORD name the operator; default is the one of the local stack.
Exits with 1 when a row was refused, or the file could not be read.
`

const options = {
  what: { type: 'string', default: 'products' },
  format: { type: 'string' },
  encoding: { type: 'string', default: 'utf-8' },
  url: { type: 'string', default: 'http://localhost:4000' },
  results: { type: 'string' },
  help: { type: 'boolean', default: false },
} as const

const { values, positionals } = parseArgs({ options, allowPositionals: true })
const [path, ...others] = positionals
const written = path === undefined || others.length > 0 ? undefined : writtenAs(path)
const receiverOf = own(receivers, values.what)

if (values.help) console.log(usage)
else if (path === undefined || written === undefined || receiverOf === undefined) {
  console.error(usage)
  process.exitCode = 2
} else process.exitCode = await run(path, written, receiverOf)

/** How the file is written; undefined for words that mean nothing. */
function writtenAs(path: string): Written | undefined {
  const format = values.format ?? (/\.(?:ndjson|jsonl)$/i.test(path) ? 'ndjson' : 'csv')
  const { encoding } = values
  if ((format !== 'csv' && format !== 'ndjson') || (encoding !== 'utf-8' && encoding !== 'windows-1252'))
    return undefined
  return { format, encoding }
}

async function run(
  path: string,
  written: Written,
  receiverOf: (typeof receivers)[keyof typeof receivers],
): Promise<number> {
  const begun = performance.now()
  try {
    const stack = await signedIn(values.url.replace(/\/$/, ''), operatorOf(process.env), systemClock)
    const progress = progressOn(process.stderr)
    const { id, state, rows, failure, resultsUrl } = await sendFile(receiverOf(stack), path, written, {
      clock: systemClock,
      progress,
    })
    const seconds = ((performance.now() - begun) / 1_000).toFixed(1)
    const { read, ...counts } = rows
    const counted = Object.entries(counts).map(([result, count]) => `${count} ${result}`)
    console.log(`${id} is ${state} after ${seconds} s: ${[`${read} rows`, ...counted].join(', ')}`)
    if (failure) console.error(`${failure.code}: ${failure.detail}`)
    if (resultsUrl !== undefined && values.results !== undefined) await fetchTo(resultsUrl, values.results)
    return state === 'done' && rows['refused'] === 0 ? 0 : 1
  } catch (error) {
    if (!(error instanceof UnreadableFile)) throw error
    console.error(`${error.failure.code}: ${error.message} Nothing was sent.`)
    return 1
  }
}

async function fetchTo(url: string, path: string): Promise<void> {
  const { body } = await fetch(url)
  if (body) await pipeline(Readable.fromWeb(body), createWriteStream(path))
}
