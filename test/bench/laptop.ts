import { renewingFetch } from '../../bin/replay/renewing-fetch.ts'
import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync, readdirSync } from 'node:fs'
import { request } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { type LocalControl, localControl } from '../../bin/replay/local-control.ts'
import { type Login, localLogins } from '../../lib/local-logins.ts'
import { type Api, api } from '../../schemas/client.ts'

const usage = `Measures npm start on this machine (Linux): memory idle and after orders, and the time that a day with all their holds takes.

  npx node test/bench/laptop.ts [--orders 10000]
`

const { values } = parseArgs({ options: { orders: { type: 'string', default: '10000' }, help: { type: 'boolean' } } })
const [operatorLogin, customerLogin] = localLogins as readonly [Login, Login]
/** Requests in flight. */
const lanes = 16
const skus = 50
/** From the last start of a worker until memory is read. */
const idleMs = 30_000

async function measure(orders: number): Promise<void> {
  const stack = spawn('npm', ['start'], { env: { ...process.env, PORT: '0' }, stdio: ['ignore', 'pipe', 'inherit'] })
  const row = (name: string, ...figures: readonly string[]): void =>
    console.log(name.padEnd(24) + figures.map((figure) => figure.padStart(14)).join(''))
  /** The processor time is that of the stack alone, which other work on the machine does not change much. */
  const phase = async <Value>(name: string, work: Promise<Value>): Promise<Value> => {
    const [began, before] = [performance.now(), processorMs(stack)]
    const value = await work
    row(name, seconds(performance.now() - began), seconds(processorMs(stack) - before))
    return value
  }
  try {
    row('', 'time', 'processor')
    const baseUrl = await phase('start', urlOf(stack))
    await sleep(idleMs)
    row('memory, idle', memoryOf(stack))
    const { operator, customer, control } = await phase('products and stock', shop(baseUrl, orders))
    await phase(`${orders} orders placed`, place(operator, await customer.getMe(), orders))
    await phase('the last of them held', settled(control))
    await sleep(idleMs)
    row('memory, orders held', memoryOf(stack))
    await phase('24 h later', nextDay(baseUrl))
    row('memory, at its end', memoryOf(stack))
    await sleep(idleMs)
    row('memory, a day later', memoryOf(stack))
    const { items } = await customer.listOrders({ query: { status: 'reserved', limit: '1' } })
    if (items.length > 0) throw new Error('Some orders are still held.')
  } finally {
    stack.kill('SIGTERM')
  }
}

const seconds = (milliseconds: number): string => `${(milliseconds / 1_000).toFixed(1)} s`

/** Waits for the start to end. */
async function urlOf({ stdout }: ChildProcess): Promise<string> {
  let output = ''
  for await (const chunk of stdout!) {
    output += String(chunk)
    const url = /API +(http\S+)/.exec(output)?.[1]
    if (url !== undefined) {
      stdout!.resume()
      return url
    }
  }
  throw new Error(`npm start ended:\n${output}`)
}

/** The resident memory of the stack and of all that it started, without npm and its shell. */
function memoryOf(stack: ChildProcess): string {
  const own = descendants(stack.pid ?? 0).filter((id) => !/^(npm|sh)/.test(readFileSync(`/proc/${id}/comm`, 'utf8')))
  const pages = own.map((id) => Number(readFileSync(`/proc/${id}/statm`, 'utf8').split(' ')[1]))
  return `${Math.round((sum(pages) * 4) / 1_024)} MB`
}

/** Of the stack and of all that it started, those included that have ended. */
function processorMs(stack: ChildProcess): number {
  const ticks = descendants(stack.pid ?? 0).map((id) => {
    const fields = readFileSync(`/proc/${id}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
    return sum(fields.slice(11, 15).map(Number))
  })
  return sum(ticks) * 10
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0)

function descendants(id: number): number[] {
  const below = readdirSync('/proc').filter((name) => /^\d+$/.test(name) && parentOf(name) === id)
  return below.flatMap((name) => [Number(name), ...descendants(Number(name))])
}

function parentOf(id: string): number | undefined {
  try {
    return Number(/\) \S (\d+)/.exec(readFileSync(`/proc/${id}/stat`, 'utf8'))?.[1])
  } catch {
    return undefined
  }
}

async function shop(baseUrl: string, orders: number) {
  const [operator, customer, control] = await Promise.all([
    signedIn(baseUrl, operatorLogin),
    signedIn(baseUrl, customerLogin),
    localControl({ baseUrl }),
  ])
  if (!control) throw new Error('This is not the local stack.')
  for (let index = 0; index < skus; index += 1) {
    const sku = `bench-${index}`
    await operator.createProduct({ body: { sku, name: sku, price: { amount: 100, currency: 'GBP' } } })
    await control.settle()
    const body = { warehouseId: 'main', delta: Math.ceil(orders / skus), reason: 'received' }
    await operator.adjustStock({ params: { sku }, idempotencyKey: `stock-${index}`, body })
  }
  return { operator, customer, control }
}

/** However long it takes. */
function settled(control: LocalControl): Promise<void> {
  return control.settle().catch(() => settled(control))
}

/** Moves the clock; `fetch` would wait for five minutes at most. */
function nextDay(baseUrl: string): Promise<void> {
  return new Promise((resolve, reject) => {
    request(`${baseUrl}/_local/clock`, { method: 'POST', headers: { 'content-type': 'application/json' } }, (answer) =>
      answer.resume().on('end', resolve),
    )
      .on('error', reject)
      .end('{"advance":"24h"}')
  })
}

async function signedIn(baseUrl: string, { email, password }: Login): Promise<Api> {
  const tokenOf = async (): Promise<string> =>
    (await api({ baseUrl }).signIn({ body: { email, password } })).accessToken
  const token = await tokenOf()
  return api({ baseUrl, token, fetch: renewingFetch(token, tokenOf) })
}

/** An operator places them for the customer, who may not hold so many. */
async function place(operator: Api, { id: customerId }: { readonly id: string }, orders: number): Promise<void> {
  let next = 0
  const lane = async (): Promise<void> => {
    for (let index = next++; index < orders; index = next++) {
      const lines = [{ sku: `bench-${index % skus}`, quantity: 1 }]
      const body = { lines, payment: { method: 'manual' as const }, customerId }
      await operator.placeOrder({ idempotencyKey: `order-${index}`, body })
    }
  }
  await Promise.all(Array.from({ length: lanes }, lane))
}

if (values.help) console.log(usage)
else await measure(Number(values.orders))
