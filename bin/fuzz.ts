import { parseArgs } from 'node:util'
import { systemClock } from '../functions/runtime/clock.ts'
import { type Findings, fuzz } from './fuzz/fuzz.ts'
import { isSound, report } from './fuzz/table.ts'
import { webhookSecretOf } from './fuzz/webhook-secret.ts'
import { progressOn } from './replay/progress.ts'
import { operatorOf, signedIn } from './replay/stack.ts'

const usage = `Asks every route for what its contract allows, and for what is like it but wrong, checks every answer, and reconciles stock and money.

  npm run fuzz
    --requests N     how many (default: 50000)
    --seed S         the same requests again (default: by the time)
    --concurrency N  requests under way at once (default: 8)
    --url URL        the stack to ask (default: one that is started for it)

HOLDFAST_EMAIL and HOLDFAST_PASSWORD name the operator; default is the one of the local stack.
Exits with 1 for an answer of 5xx, one that breaks the contract, a route of whose requests less than 30 % succeed, and stock or money that does
not balance. Designed answers of 503 (contended, unavailable) are counted: more than one in a thousand is more than load makes.
`

const { values } = parseArgs({
  options: {
    requests: { type: 'string', default: '50000' },
    seed: { type: 'string' },
    concurrency: { type: 'string', default: '8' },
    url: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
})
const requests = Number(values.requests)
const atOnce = Number(values.concurrency)
const seed = Number(values.seed ?? Date.now() % 1_000_000)

if (values.help) {
  console.log(usage)
} else if (!(requests >= 1) || !(atOnce >= 1) || !Number.isInteger(seed)) {
  console.error(usage)
  process.exitCode = 2
} else {
  const findings = await run()
  console.log(`\n${report(findings)}\nSeed ${seed}.`)
  process.exitCode = isSound(findings) ? 0 : 1
}

async function run(): Promise<Findings> {
  const target =
    values.url === undefined ? await started() : { url: values.url.replace(/\/$/, ''), stop: async () => {} }
  try {
    const operator = operatorOf(process.env)
    const stack = await signedIn(target.url, operator, systemClock)
    const webhookSecret = stack.control ? await webhookSecretOf(await stack.control.aws()) : ''
    return await fuzz(stack, { requests, seed, atOnce, operator, webhookSecret, progress: progressOn(process.stderr) })
  } finally {
    await target.stop()
  }
}

async function started() {
  const { startStack } = await import('../localstack/start.ts')
  return startStack({ port: 0, quiet: true })
}
