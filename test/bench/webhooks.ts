import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { ulid } from 'ulid'
import type { Reach } from '../../functions/notifications/adapters/addresses.ts'
import { httpsReceivers } from '../../functions/notifications/adapters/receivers.https.ts'
import { keyOf, openedWith, sealedWith } from '../../functions/notifications/adapters/seals.ts'
import { newSecretBytes, secretOf } from '../../functions/notifications/adapters/signature.ts'
import type { WakeUps } from '../../functions/notifications/adapters/wake-ups.ts'
import { madeAt } from '../../functions/notifications/core/webhooks/delivery.ts'
import { makeDeliveries } from '../../functions/notifications/on/webhooks/make-deliveries.ts'
import { sendDue } from '../../functions/notifications/on/webhooks/send-due.ts'
import { made, nameOf, placeOf } from '../../functions/notifications/store/webhooks/delivery-item.ts'
import { endpointItem } from '../../functions/notifications/store/webhooks/endpoint-item.ts'
import { payloadOf } from '../../functions/notifications/store/webhooks/payload-item.ts'
import { firstPump } from '../../functions/notifications/store/webhooks/pump-item.ts'
import { systemClock } from '../../functions/runtime/clock.ts'
import { dynamoStore } from '../../functions/runtime/store.dynamodb.ts'
import { sideBySide } from '../../functions/runtime/side-by-side.ts'
import { startDynamo } from '../../localstack/dynamodb/start-emulator.ts'
import { events as ofOrders } from '../../schemas/orders.ts'

// How long an event takes to ten receivers that answer, first alone, then beside one that hangs and for which so many deliveries wait:
// npx node test/bench/webhooks.ts [deliveries that wait, 200000] [events, 200] [events a second, 4]

const [pending = 200_000, count = 200, rate = 4] = process.argv.slice(2).map(Number)
const receivers = 10
/** Functions that send at a time, as in the template. */
const concurrency = 25

const dynamo = await startDynamo()
const client = new DynamoDBClient({
  endpoint: dynamo.endpoint,
  region: 'eu-west-1',
  credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
})
const key = (name: string, kind: 'HASH' | 'RANGE') => ({ AttributeName: name, KeyType: kind })
const names = ['pk', 'sk', 'duePk', 'dueSk', 'pendingPk', 'pendingSk']
await client.send(
  new CreateTableCommand({
    TableName: 'table',
    BillingMode: 'PAY_PER_REQUEST',
    KeySchema: [key('pk', 'HASH'), key('sk', 'RANGE')],
    AttributeDefinitions: names.map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
    GlobalSecondaryIndexes: ['due', 'pending'].map((IndexName) => ({
      IndexName,
      KeySchema: [key(`${IndexName}Pk`, 'HASH'), key(`${IndexName}Sk`, 'RANGE')],
      Projection: { ProjectionType: 'KEYS_ONLY' },
    })),
  }),
)
const clock = systemClock
const store = dynamoStore(client, 'table', { random: Math.random, clock })
const sealing = keyOf('a text of chance for this bench alone')
const seals = {
  seal: async (secret: string, of: string) => sealedWith(sealing, secret, of),
  open: async (sealed: string, of: string) => openedWith(sealing, sealed, of),
}

const begun = new Map<string, number>()
let took: number[] = []
let inVain = 0
const server = createServer((request, response) => {
  request.resume()
  if (request.url === '/dead') {
    inVain += 1
    return
  }
  took.push(performance.now() - (begun.get(String(request.headers['webhook-id'])) ?? 0))
  response.writeHead(204).end()
})
await new Promise<void>((resolve) => {
  server.listen(0, '127.0.0.1', resolve)
})
const { port } = server.address() as AddressInfo

async function endpoint(path: string): Promise<string> {
  const id = `whk_${ulid()}`
  const url = `http://127.0.0.1:${port}/${path}`
  const secrets = [{ sealed: await seals.seal(secretOf(newSecretBytes()), id) }] as const
  const state = { id, url, events: ['*'], active: true, activation: 1, createdAt: Date.now(), secrets }
  const origin = { cause: 'bench', at: Date.now(), by: 'bench' }
  await store.write(...endpointItem.writes(undefined, { state, emits: [] }, origin), firstPump(id, Date.now()))
  return id
}

await Promise.all(Array.from({ length: receivers }, (_, n) => endpoint(String(n))))

/** A queue, and as many functions as take its messages at a time. */
const waiting: string[] = []
let running = 0
function take(): void {
  while (running < concurrency && waiting.length > 0) {
    const webhookId = waiting.shift() ?? ''
    running += 1
    void sendDue(deps, webhookId, Date.now() + 58_000, false)
      .catch((error: unknown) => console.error(error))
      .finally(() => {
        running -= 1
        take()
      })
  }
}
const wakeUps: WakeUps = {
  wake: async (webhookId, seconds = 0) => {
    setTimeout(() => {
      waiting.push(webhookId)
      take()
    }, seconds * 1_000).unref()
  },
  look: async () => {},
}
const reach: Reach = 'public-and-loopback'
const deps = {
  store,
  clock,
  random: Math.random,
  seals,
  wakeUps,
  receivers: httpsReceivers({ reach, clock }),
  inFlight: 5,
}
const consume = makeDeliveries({ store, clock, wakeUps })

/** The p99 of events that come at the rate, in milliseconds. */
async function measured(run: string): Promise<number> {
  took = []
  for (let n = 0; n < count; n += 1) {
    const id = `ord_${run}${n}/order@1/order.shipped`
    begun.set(id, performance.now())
    const time = new Date().toISOString()
    const event = { id, time, correlationId: 'c', causationId: 'c', data: { orderId: `ord_${run}${n}` } }
    void consume([{ ...event, contract: ofOrders.orderShipped, messageId: id }])
    await new Promise((resolve) => {
      setTimeout(resolve, 1_000 / rate)
    })
  }
  const until = performance.now() + 60_000
  while (took.length < count * receivers && performance.now() < until)
    await new Promise((resolve) => {
      setTimeout(resolve, 50)
    })
  const sorted = took.toSorted((a, b) => a - b)
  const at = (share: number): number => Math.round(sorted[Math.floor(share * (sorted.length - 1))] ?? NaN)
  console.log(
    `${run}: ${took.length} of ${count * receivers} deliveries, ${rate} events a second: p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, at most ${at(1)} ms`,
  )
  return at(0.99)
}

const alone = await measured('alone')
const dead = await endpoint('dead')
console.log(`${pending} deliveries for a receiver that hangs …`)
await store.write(payloadOf('waiting', '{}', Date.now()))
await sideBySide(
  Array.from({ length: pending }, (_, n) => n),
  16,
  async (n) => {
    const place = placeOf(Date.now(), nameOf(dead, `waiting ${n}`))
    await store.write(made({ ...madeAt(Date.now(), 'waiting', 'order.shipped'), webhookId: dead, place }))
  },
)
await wakeUps.wake(dead)
const beside = await measured('beside')
console.log(`p99 beside / alone: ${(beside / alone).toFixed(2)}; ${inVain} requests to the one that hangs`)
server.closeAllConnections()
server.close()
await dynamo.stop()
process.exit(0)
