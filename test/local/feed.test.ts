import { EventBridgeClient } from '@aws-sdk/client-eventbridge'
import { SQSClient, SendMessageCommand } from '@aws-sdk/client-sqs'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { stageAt } from '../../bin/place.ts'
import { replayArchive } from '../../bin/replay-events/replay-archive.ts'
import { systemClock } from '../../functions/runtime/clock.ts'
import { detailTypeOf, sourceOf } from '../../schemas/contract.ts'
import type { FeedEvent } from '../../schemas/feed.ts'
import { publicEvents } from '../../schemas/topology.ts'
import { childOf } from './child.ts'
import { advance, died, forgetFaults, killAt, settle, state, without } from './control.ts'
import {
  type SignedIn,
  baseUrl,
  deposit,
  isLocal,
  newcomer,
  place,
  raw,
  signIn,
  stocked,
  unique,
  until,
} from './target.ts'

const canRun = spawnSync('bash', ['-c', 'command -v curl']).status === 0
const isPublic = new Set(publicEvents.map((each) => `${sourceOf(each)} ${detailTypeOf(each)}`))

let operator: SignedIn
let customer: SignedIn

beforeAll(async () => {
  operator = await signIn('operator')
  customer = await newcomer()
  await deposit(operator, customer, 100_000)
})

type Asked = { cursor?: string | undefined; types?: string; orderId?: string; limit?: number }

const read = (asked: Asked = {}, prefer?: `wait=${number}`) =>
  operator.api.listEvents({
    query: Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== undefined)),
    ...(prefer && { prefer }),
  })

/** All events from a place on, page by page to the end, and where that is. */
async function follow(asked: Asked = {}) {
  const items: FeedEvent[] = []
  for (let { cursor } = asked; ;) {
    const page = await read({ ...asked, cursor })
    items.push(...page.items)
    if (page.cursor === cursor) return { items, cursor, ids: items.map(({ id }) => id) }
    cursor = page.cursor
  }
}

/** Where the feed ends. */
const end = async (): Promise<string> => {
  await settle()
  return (await follow()).cursor ?? ''
}

/** An order from the wallet, whose parcel has arrived. */
async function wholeLife(): Promise<string> {
  const sku = await stocked(operator, 1)
  const { id } = await place(customer, { [sku]: 1 }, { payment: { method: 'wallet' } })
  const { items } = await until(
    () => operator.api.listShipments({ params: { id } }),
    (page) => page.items.length > 0,
  )
  const params = { id: items[0]!.id }
  const becomes = (wanted: string) =>
    until(
      () => operator.api.getOrder({ params: { id } }),
      ({ status }) => status === wanted,
    )
  await operator.api.dispatchShipment({ params, body: { carrier: 'Royal Mail' } })
  // An order that both events reach at once has only been delivered.
  await becomes('shipped')
  await operator.api.deliverShipment({ params })
  await becomes('completed')
  return id
}

/** The same, with all of it in the feed. */
async function settledLife(): Promise<string> {
  const id = await wholeLife()
  await settle()
  return id
}

/** What the bus has carried since an event, as far as it is public: each once. */
async function carried(since: string | undefined): Promise<string[]> {
  const { events } = await state()
  const found = events.slice(events.findLastIndex(({ id }) => id === since) + 1)
  const shown = found.filter((event) => isPublic.has(`${event.source} ${event['detail-type']}`))
  return [...new Set(shown.map(({ detail }) => detail.id))]
}

const lastEvent = async () => (await state()).events.at(-1)?.id

/** The events of an order, in their order, without those that may come sooner or later. */
const stepsOf = (items: readonly FeedEvent[]): string[] =>
  items.filter(({ type }) => type.startsWith('order.')).map(({ type }) => type)

describe.runIf(isLocal)('the feed', () => {
  it('has every public event of the bus once', async () => {
    const [cursor, since] = [await end(), await lastEvent()]
    await settledLife()
    const { ids } = await follow({ cursor })
    expect(ids.toSorted()).toEqual((await carried(since)).toSorted())
    expect(ids.length).toBeGreaterThan(10)
  })

  it('has the story of an order with cause and effect, and nothing of others', async () => {
    const id = await settledLife()
    const { items } = await follow({ orderId: id, limit: 3 })
    const whole = (await follow()).items.filter(({ orderId }) => orderId === id)
    expect(items).toEqual(whole)
    expect(stepsOf(items)).toEqual(
      expect.arrayContaining(['order.placed', 'order.reserved', 'order.confirmed', 'order.shipped', 'order.completed']),
    )
    const byId = new Map(items.map((each) => [each.id, each]))
    const root = (event: FeedEvent): FeedEvent => {
      const cause = byId.get(event.causationId)
      return cause ? root(cause) : event
    }
    // Whatever has another event for its cause goes back to what a request has caused.
    expect(items.filter(({ causationId }) => byId.has(causationId)).length).toBeGreaterThan(5)
    for (const each of items) expect(root(each).causationId).not.toContain('@')
    const placed = items.find(({ type }) => type === 'order.placed')
    expect(placed).toMatchObject({ orderId: id, correlationId: id, sequence: 1, data: { orderId: id } })
    const sequences = items.filter(({ type }) => type.startsWith('order.')).map(({ sequence }) => sequence ?? 0)
    expect(new Set(sequences).size).toBeGreaterThan(3)
  })

  it('gives a reader that polls all along exactly what is in it, each once and in its order', async () => {
    const start = await end()
    const seen: FeedEvent[] = []
    let cursor = start
    let isOver = false
    const reader = (async () => {
      for (;;) {
        const over = isOver
        const page = await read({ cursor, limit: 7 }, 'wait=1')
        seen.push(...page.items)
        if (over && page.cursor === cursor) return
        cursor = page.cursor
      }
    })()
    const sku = await stocked(operator, 30)
    await Promise.all(
      Array.from({ length: 12 }, () => place(customer, { [sku]: 1 }, { payment: { method: 'wallet' } })),
    )
    await settle()
    isOver = true
    await reader
    const { ids } = await follow({ cursor: start })
    expect(seen.map(({ id }) => id)).toEqual(ids)
    expect(new Set(ids).size).toBe(ids.length)
    expect(ids.filter((id) => id.endsWith('order.confirmed'))).toHaveLength(12)
  })

  it('stays where it is at its end, and answers a waiting reader as soon as something comes', async () => {
    const cursor = await end()
    expect(await read({ cursor })).toEqual({ items: [], cursor })
    const waiting = read({ cursor, types: 'product.created' }, 'wait=5')
    const sku = await stocked(operator, 0)
    const began = performance.now()
    const { items } = await waiting
    expect(items.map(({ data }) => data['sku'])).toEqual([sku])
    expect(performance.now() - began).toBeLessThan(4_500)
  })

  it('takes nothing again when its archive is replayed, and nothing that is delivered twice', async () => {
    const cursor = await end()
    // The bus writes times down in whole seconds.
    const from = new Date(Date.parse((await state()).now) - 1_000)
    const id = await settledLife()
    const before = await follow({ cursor })
    const found = await stageAt({ url: baseUrl, aws: false })
    const request = { from, to: new Date(Date.parse((await state()).now) + 60_000), service: 'feed' } as const
    const client = new EventBridgeClient(found.settings)
    await replayArchive(client, found, request, { clock: systemClock, report: () => {} })
    await settle()
    expect((await follow({ cursor })).ids).toEqual(before.ids)
    const event = (await state()).events.find(
      ({ detail, 'detail-type': type }) => type === 'order.placed.v1' && detail.correlationId === id,
    )
    const { endpoint, region, queues } = await state()
    const credentials = { accessKeyId: 'local', secretAccessKey: 'local' }
    const [, , , , account, name] = (
      queues.find((each) => each.name.includes('-notifications-FeedQueue'))?.arn ?? ''
    ).split(':')
    const message = { QueueUrl: `${endpoint}/${account}/${name}`, MessageBody: JSON.stringify(event) }
    const sqs = new SQSClient({ endpoint, region, credentials })
    for (let times = 0; times < 3; times += 1) await sqs.send(new SendMessageCommand(message))
    await settle()
    expect((await follow({ cursor })).ids).toEqual(before.ids)
  })

  it('has each event once where its function dies before and after its page is put, and where the table is away', async () => {
    const [cursor, since] = [await end(), await lastEvent()]
    for (const when of ['before', 'after'] as const)
      for (const nth of [2, 6]) await killAt({ function: 'notifications-FeedHandler', operation: 'PutItem', nth, when })
    await wholeLife()
    await died()
    await forgetFaults()
    const sku = await stocked(operator, 1)
    // What the dead ones had comes back after three minutes.
    await advance('4m')
    await settle()
    await without('dynamodb', () => advance('1m'))
    await place(customer, { [sku]: 1 })
    await advance('10m')
    await settle()
    const { ids } = await follow({ cursor })
    expect(ids.toSorted()).toEqual((await carried(since)).toSorted())
  })

  it('is open to keys that have the scope, and to no customer', async () => {
    expect((await customer.send({ method: 'GET', path: '/events' })).status).toBe(403)
    const { key } = await operator.api
      .createApiKey({ body: { name: unique('feed'), scopes: ['events:read'] } })
      .catch(() => ({ key: '' }))
    const answer = await raw({ method: 'GET', path: '/events?limit=1', headers: { authorization: `Bearer ${key}` } })
    expect(answer.status).toBe(200)
  })

  it.runIf(canRun)(
    'is followed by a few lines of curl from the documentation, which go on where they were ended',
    async () => {
      const text = readFileSync(new URL('../../docs/feed.md', import.meta.url), 'utf8')
      const commands = (/```sh\n([^]*?)```/.exec(text)?.[1] ?? '').replace('http://localhost:4000', baseUrl)
      expect(commands.trim().split('\n').length).toBeLessThanOrEqual(8)
      const folder = mkdtempSync(join(tmpdir(), 'holdfast-feed-'))
      const seen: string[] = []
      for (let run = 0; run < 2; run += 1) {
        const reader = childOf('bash', ['-euo', 'pipefail', '-c', commands], {
          cwd: folder,
          detached: true,
          env: {
            ...process.env,
            PATH: `${new URL('../../node_modules/.bin', import.meta.url).pathname}:${process.env['PATH']}`,
          },
        })
        let output = ''
        reader.stdout.on('data', (data: Buffer) => (output += data.toString()))
        const id = await settledLife()
        const lines = () => output.split('\n').filter((line) => line.includes(id))
        await until(
          async () => lines(),
          (found) => found.some((line) => line.includes('order.completed')),
          60_000,
        )
        // The cursor is written once the page is printed.
        await until(
          async () => read({ cursor: readFileSync(join(folder, 'feed.cursor'), 'utf8').trim() }),
          ({ items }) => items.length === 0,
        )
        process.kill(-(reader.pid ?? 0))
        seen.push(...output.split('\n').filter((line) => line !== ''))
      }
      expect(new Set(seen).size).toBe(seen.length)
    },
    120_000,
  )
})
