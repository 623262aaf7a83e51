import { rmSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { localLogins } from '../lib/local-logins.ts'
import { DynamoEmulator } from './dynamodb/emulator.ts'
import { loadAssembly } from './deploy/assembly.ts'
import { AwsEndpoint } from './endpoint/aws-endpoint.ts'
import { RealClock, systemWall } from './clock/clock.ts'
import { control } from './control/control.ts'
import { type Deployment, deploy } from './deploy/deploy.ts'
import { startDynamo } from './dynamodb/start-emulator.ts'
import { type Beside, HttpApi } from './apigateway/http-api.ts'
import { distributionsBeside } from './cloudfront/distribution.ts'
import type { LogLine } from './lambda/local-function.ts'
import { Rest } from './control/rest.ts'
import { seed } from './seed.ts'
import { endWithCaller } from './terminal/ending.ts'
import { moveProgressOn, silent } from './terminal/move-progress.ts'
import { synthesize } from './template/synthesize.ts'

export interface StartOptions {
  /** Of the API; 0 for any that is free. */
  readonly port: number
  /** Prints nothing while it starts. */
  readonly quiet?: boolean
  /** Shows what the functions log. */
  readonly verbose?: boolean
}

export interface LocalStack {
  /** Of the API, without a slash at its end. */
  readonly url: string
  /** Of the AWS endpoint; the key `local` with the secret `local` may do everything there. */
  readonly endpoint: string
  readonly deployment: Deployment
  /** Ends everything that was started and removes every file that was written. */
  stop(): Promise<void>
}

/** Oldest log lines go first. */
const keptLogLines = 2_000
const place = { region: 'us-east-1', account: '000000000000' } as const

/** Starts the whole system from the CDK app. Rejects with an error of one line that names the way out, and leaves nothing behind. */
export async function startStack(options: StartOptions): Promise<LocalStack> {
  const stops: (() => Promise<void> | void)[] = []
  const stop = async () => {
    for (const each of stops.splice(0).toReversed()) await each()
  }
  try {
    return { ...(await start(options, stops)), stop }
  } catch (error) {
    await stop()
    throw error
  }
}

async function start(
  { port, quiet = false, verbose = false }: StartOptions,
  stops: (() => Promise<void> | void)[],
): Promise<Omit<LocalStack, 'stop'>> {
  const step = stepper(quiet)
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-'))
  const clean = () => rmSync(folder, { recursive: true, force: true })
  process.once('exit', clean)
  stops.push(() => {
    process.off('exit', clean)
    clean()
  })

  const api = new HttpApi()
  const url = `http://localhost:${await listen(api, port)}`
  stops.push(() => api.stop())

  const awsEndpoint = new AwsEndpoint()
  stops.push(() => awsEndpoint.stop())
  const [dynamo, endpoint] = await allOf(
    step('DynamoDB emulator', async () => {
      const started = await startDynamo()
      stops.push(() => started.stop())
      return started
    }),
    awsEndpoint.listen(),
    step('bundles and templates', () => synthesize(folder)),
  )
  const emulator = new DynamoEmulator(dynamo.endpoint)
  stops.push(() => emulator.stop())
  const clock = new RealClock(systemWall)
  const lines: LogLine[] = []
  const log = (line: LogLine): void => {
    lines.push(line)
    if (lines.length > 2 * keptLogLines) lines.splice(0, keptLogLines)
    if (verbose) console.log(`${line.function}: ${line.text}`)
  }
  const deployment = await step('stacks', () =>
    deploy(loadAssembly(folder, { ...place, endpoint, api: url }), { clock, emulator, log }),
  )
  stops.push(() => end(deployment))
  awsEndpoint.serve(deployment.endpoint)
  for (const consumer of deployment.queueConsumers.values()) consumer.start()
  for (const reader of deployment.streamReaders.values()) reader.wake()
  const rest = new Rest(deployment)
  const progress = quiet ? silent : moveProgressOn(process.stderr)
  const controlled = control({ deployment, rest, logs: () => lines.slice(-keptLogLines), progress })
  const distributed = distributionsBeside(deployment.distributions)
  const beside: Beside = async (...asked) => (await controlled(...asked)) || distributed(...asked)
  await step('users and warehouse', () => seedBackstage(deployment))
  api.serve(deployment.api, beside)
  const { webSocketApi } = deployment
  if (webSocketApi) api.upgradeWith((request, socket, head) => webSocketApi.upgrade(request, socket, head))
  return { url, endpoint, deployment }
}

/** Seeds through an API of its own: the public one opens with users and warehouse in place. */
async function seedBackstage({ api, pools }: Deployment): Promise<void> {
  const backstage = new HttpApi()
  try {
    const url = `http://localhost:${await backstage.listen(0)}`
    backstage.serve(api, async () => false)
    await seed(url, pools)
  } finally {
    await backstage.stop()
  }
}

async function end({
  clock,
  queueConsumers,
  streamReaders,
  streamConsumers,
  buses,
  topics,
  scheduler,
  webSocketApi,
  ...rest
}: Deployment) {
  clock.stop()
  webSocketApi?.stop()
  for (const each of [...queueConsumers.values(), ...streamReaders.values(), ...streamConsumers]) each.stop()
  for (const each of [...buses.values(), ...topics.values(), ...rest.asyncInvocations, scheduler]) each.stop()
  await Promise.all([...rest.functions.values()].map((fn) => fn.stop()))
}

async function listen(api: HttpApi, port: number): Promise<number> {
  try {
    return await api.listen(port)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error
    const another = port < 65_535 ? port + 1 : 4_000
    throw new Error(
      `Port ${port} is taken: end what listens there, or choose another with PORT=${another} npm start.`,
      {
        cause: error,
      },
    )
  }
}

/** As `Promise.all`, but rejects only when all have ended: nothing goes on behind a failure. */
async function allOf<const Values extends readonly unknown[]>(
  ...promises: { readonly [Index in keyof Values]: Promise<Values[Index]> }
): Promise<Values> {
  await Promise.allSettled(promises)
  return Promise.all(promises)
}

function stepper(quiet: boolean) {
  return async <Result>(name: string, work: () => Promise<Result>): Promise<Result> => {
    const began = performance.now()
    const result = await work()
    if (!quiet) console.log(`  ${name.padEnd(24)}${String(Math.round(performance.now() - began)).padStart(6)} ms`)
    return result
  }
}

function printReady({ url, endpoint }: LocalStack, milliseconds: number): void {
  console.log(`\nHoldfast runs, ${(milliseconds / 1_000).toFixed(1)} s after its start.

  API        ${url}   a page for browsers, JSON for programs
  reference  ${url}/docs
  AWS        ${endpoint}   key local, secret local
  control    ${url}/_local/state   see docs/local-stack.md
`)
  for (const { email, password } of localLogins) console.log(`  ${email.padEnd(26)}${password}`)
  console.log('\nCtrl-C ends it and leaves nothing behind.')
}

function portOf(text: string): number {
  const port = Number(text)
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port
  throw new Error(`PORT=${text} is not a port: choose one from 1 to 65535, or 0 for any that is free.`)
}

async function main(): Promise<void> {
  const flag = { type: 'boolean', default: false } as const
  const { values } = parseArgs({ options: { verbose: flag, demo: flag } })
  let stack: LocalStack | undefined
  endWithCaller(async () => stack?.stop())
  const { url } = (stack = await startStack({ port: portOf(process.env['PORT'] ?? '4000'), verbose: values.verbose }))
  if (values.demo) {
    const { fillShop } = await import('../bin/demo/small-shop.ts')
    await stepper(false)('demo shop', () => fillShop(url))
  }
  printReady(stack, performance.now())
}

if (import.meta.main) {
  main().catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error)
    process.exit(1)
  })
}
