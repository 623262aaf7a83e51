import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { WebSocket } from 'ws'
import { localControl } from '../../bin/replay/local-control.ts'
import { sideBySide } from '../../functions/runtime/side-by-side.ts'
import { type Login, localLogins } from '../../lib/local-logins.ts'
import { startStack } from '../../localstack/start.ts'
import { api } from '../../schemas/client.ts'
import type { LiveFrame } from '../../schemas/live.ts'

const usage = `Opens connections to a local stack of its own, each of which follows an order, and measures the time from event to frame, and memory.
Then half of them are cut off, miss an event, and come again.

  npx node test/bench/live.ts [--connections 1000]
`

const { values } = parseArgs({
  options: { connections: { type: 'string', default: '1000' }, help: { type: 'boolean' } },
})
const [operatorLogin, customerLogin] = localLogins as readonly [Login, Login]
/** Requests, and connections that open, at once. */
const lanes = 16

/** A connection that follows one order, and what it has got of it. */
class Follower {
  readonly orderId: string
  readonly latencies: number[] = []
  readonly types: string[] = []
  status = 'unknown'
  #socket: WebSocket | undefined

  constructor(orderId: string) {
    this.orderId = orderId
  }

  /** Connects and follows; resolves when the last state has come. */
  connect(url: string, token: string): Promise<void> {
    const socket = new WebSocket(url, { headers: { authorization: `Bearer ${token}` } })
    this.#socket = socket
    return new Promise((resolve, reject) => {
      socket.on('error', reject)
      socket.on('open', () => socket.send(JSON.stringify({ action: 'subscribe', orderId: this.orderId })))
      socket.on('message', (data: Buffer) => {
        const frame = JSON.parse(data.toString()) as LiveFrame
        if (frame.type === 'error') reject(new Error(frame.code))
        if (!('order' in frame)) return
        this.status = frame.order.status
        if (frame.type === 'subscribed') return resolve()
        this.types.push(frame.event.type)
        this.latencies.push(Date.now() - Date.parse(frame.event.time))
      })
    })
  }

  cut(): void {
    this.#socket?.terminate()
  }
}

async function measure(count: number): Promise<void> {
  const stack = await startStack({ port: 0, quiet: true })
  const followers: Follower[] = []
  try {
    const control = await localControl({ baseUrl: stack.url })
    const settled = async (): Promise<void> => control?.settle()
    const operatorToken = (await api({ baseUrl: stack.url }).signIn({ body: loginOf(operatorLogin) })).accessToken
    const operator = api({ baseUrl: stack.url, token: operatorToken })
    const { accessToken, user } = await api({ baseUrl: stack.url }).signIn({ body: loginOf(customerLogin) })
    const url = `${stack.url.replace(/^http/, 'ws')}/live`
    const price = { amount: 250, currency: 'GBP' }
    await operator.createProduct({ body: { sku: 'LIVE', name: 'Live', price } })
    const body = { warehouseId: 'main', delta: count, reason: 'received' } as const
    await operator.adjustStock({ params: { sku: 'LIVE' }, idempotencyKey: 'live', body })
    row('memory, idle', memory())
    await sideBySide([...Array(count).keys()], lanes, async (index) => {
      const order = {
        lines: [{ sku: 'LIVE', quantity: 1 }],
        payment: { method: 'manual' as const },
        customerId: user.id,
      }
      followers.push(new Follower((await operator.placeOrder({ idempotencyKey: `live-${index}`, body: order })).id))
    })
    await settled()
    await timed(`${count} connect and follow`, () =>
      sideBySide(followers, lanes, (each) => each.connect(url, accessToken)),
    )
    row('memory, connected', memory())
    await timed('each order is approved', async () => {
      await sideBySide(followers, lanes, ({ orderId }) => operator.approveOrder({ params: { id: orderId } }))
      await settled()
    })
    check('has each event of its order', followers, ({ types }) => types.includes('order.confirmed'))
    figures('event to frame', followers)
    const cut = followers.filter((_, index) => index % 2 === 0)
    for (const each of cut) each.cut()
    for (const each of followers) each.latencies.length = 0
    await timed('half are cut off, each order is cancelled', async () => {
      await sideBySide(followers, lanes, ({ orderId }) => operator.cancelOrder({ params: { id: orderId } }))
      await settled()
    })
    figures('event to frame, of the rest', followers)
    await timed('the half comes again', () => sideBySide(cut, lanes, (each) => each.connect(url, accessToken)))
    check('has the last state of its order', followers, ({ status }) => status === 'cancelled')
    row('memory, at its end', memory())
  } finally {
    for (const each of followers) each.cut()
    await stack.stop()
  }
}

const loginOf = ({ email, password }: Login) => ({ email, password })

const row = (name: string, ...figures: readonly string[]): void =>
  console.log(name.padEnd(44) + figures.map((figure) => figure.padStart(12)).join(''))

async function timed(name: string, work: () => Promise<unknown>): Promise<void> {
  const began = performance.now()
  await work()
  row(name, `${((performance.now() - began) / 1_000).toFixed(1)} s`)
}

function check(what: string, all: readonly Follower[], is: (each: Follower) => boolean): void {
  const good = all.filter(is).length
  row(what, `${good} of ${all.length}`)
  if (good < all.length) process.exitCode = 1
}

function figures(name: string, all: readonly Follower[]): void {
  const sorted = all.flatMap(({ latencies }) => latencies).toSorted((a, b) => a - b)
  const at = (share: number): string => `${sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]} ms`
  row(`${name}, p50 and p99`, at(0.5), at(0.99))
}

/** The resident memory of this process: stack, functions and connections, without DynamoDB. */
const memory = (): string =>
  `${Math.round((Number(readFileSync('/proc/self/statm', 'utf8').split(' ')[1]) * 4) / 1_024)} MB`

if (values.help) console.log(usage)
else await measure(Number(values.connections))
