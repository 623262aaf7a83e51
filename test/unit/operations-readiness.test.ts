import { nobody } from '../../functions/runtime/identity.ts'
import { CloudWatchClient, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch'
import { mockClient } from 'aws-sdk-client-mock'
import { describe, expect, test } from 'vitest'
import { cloudWatchAges } from '../../functions/operations/adapters/ages.cloudwatch.ts'
import { type Ages, lateOf } from '../../functions/operations/core/readiness.ts'
import { handlers } from '../../functions/operations/http.ts'
import { type GatewayEvent, dispatch } from '../../functions/runtime/http.ts'
import { routes } from '../../schemas/operations.ts'

const start = 1_700_000_000_000
const well: Ages = {
  queues: [
    { service: 'inventory', oldestMessageSeconds: 0 },
    { service: 'orders', oldestMessageSeconds: 12 },
  ],
  unfinished: [
    { service: 'inventory', oldestMessageSeconds: 8 },
    { service: 'orders', oldestMessageSeconds: 0 },
  ],
  sweeps: [
    { service: 'inventory', lastSweepSeconds: 90 },
    { service: 'orders', lastSweepSeconds: 61 },
  ],
}

describe('the services', () => {
  test.each<[string, Partial<Ages>, readonly string[]]>([
    ['keep up', {}, []],
    [
      'are late when a message waits for five minutes',
      { queues: [{ service: 'orders', oldestMessageSeconds: 300 }] },
      ['a message of orders has waited for 300 s'],
    ],
    [
      'are late when a message is retried for five minutes, which the queue leaves out',
      { unfinished: [{ service: 'orders', oldestMessageSeconds: 300 }] },
      ['a message of orders is not finished after 300 s'],
    ],
    [
      'are late when a sweep is five minutes ago',
      { sweeps: [{ service: 'orders', lastSweepSeconds: 300 }] },
      ['the last sweep of orders is 300 s ago'],
    ],
    [
      'are late when no sweep is known',
      { sweeps: [{ service: 'orders', lastSweepSeconds: undefined }] },
      ['the last sweep of orders is not known'],
    ],
  ])('%s', (_, more, late) => {
    expect(lateOf({ ...well, ...more })).toEqual(late)
  })
})

describe('GET /health/ready', () => {
  let now = start
  let ages = well
  let read = 0
  const answerOf = dispatch(
    routes,
    handlers({
      clock: { now: () => now, sleep: async () => {} },
      readAges: async () => {
        read += 1
        return ages
      },
    }),
    nobody,
  )
  const get = () =>
    answerOf({
      routeKey: 'GET /health/ready',
      headers: {},
      requestContext: { requestId: 'r1' },
    } as unknown as GatewayEvent)

  test('gives the largest age of each kind, and all of them', async () => {
    const { statusCode, headers, body } = await get()
    expect({ statusCode, headers }).toMatchObject({ statusCode: 200, headers: { 'cache-control': 'no-store' } })
    expect(JSON.parse(body!)).toEqual({ status: 'ready', oldestMessageSeconds: 12, lastSweepSeconds: 90, ...well })
  })

  test('takes what is not finished for the oldest message, where it is', async () => {
    now += 15_000
    ages = { ...well, unfinished: [{ service: 'inventory', oldestMessageSeconds: 65 }] }
    const { body } = await get()
    expect(JSON.parse(body!)).toMatchObject({ oldestMessageSeconds: 65 })
    ages = well
    read = 0
    now += 15_000
    await get()
  })

  test('reads the ages once in 15 seconds, however often it is asked', async () => {
    await get()
    expect(read).toBe(1)
    now += 15_000
    await get()
    expect(read).toBe(2)
  })

  test('is 503 with what is late', async () => {
    now += 15_000
    ages = { ...well, queues: [{ service: 'orders', oldestMessageSeconds: 301 }] }
    await expect(get()).rejects.toMatchObject({
      status: 503,
      code: 'not_ready',
      message: 'Not ready: a message of orders has waited for 301 s.',
    })
  })
})

test('CloudWatch is asked once for all ages, and an empty queue has none', async () => {
  const client = mockClient(CloudWatchClient)
  client.on(GetMetricDataCommand).resolves({
    MetricDataResults: [
      { Id: 'queue0', Values: [], Timestamps: [] },
      { Id: 'queue1', Values: [42.4, 7], Timestamps: [new Date(start), new Date(start - 60_000)] },
      {
        Id: 'unfinished0',
        Values: [65, 501, 9_000],
        Timestamps: [start, start - 419_000, start - 420_000].map((time) => new Date(time)),
      },
      { Id: 'unfinished1', Values: [], Timestamps: [] },
      { Id: 'sweep0', Values: [1, 1], Timestamps: [new Date(start - 60_000), new Date(start - 120_000)] },
      { Id: 'sweep1', Values: [], Timestamps: [] },
    ],
  })
  const watched = {
    stage: 'prod',
    queues: { catalog: 'CatalogQueue', orders: 'OrdersQueue' },
    services: ['catalog', 'orders'],
    sweeps: ['orders', 'payments'],
  }
  const clock = { now: () => start, sleep: async () => {} }
  const read = cloudWatchAges(watched, clock, client as unknown as CloudWatchClient)
  expect(await read()).toEqual({
    queues: [
      { service: 'catalog', oldestMessageSeconds: 0 },
      { service: 'orders', oldestMessageSeconds: 42 },
    ],
    // The oldest of the last seven minutes, not the latest: several messages may come in turn.
    unfinished: [
      { service: 'catalog', oldestMessageSeconds: 501 },
      { service: 'orders', oldestMessageSeconds: 0 },
    ],
    sweeps: [
      { service: 'orders', lastSweepSeconds: 60 },
      { service: 'payments', lastSweepSeconds: undefined },
    ],
  })
  const [asked] = client.commandCalls(GetMetricDataCommand)
  expect(asked?.args[0].input.MetricDataQueries?.map(({ MetricStat }) => MetricStat?.Metric)).toEqual([
    {
      Namespace: 'AWS/SQS',
      MetricName: 'ApproximateAgeOfOldestMessage',
      Dimensions: [{ Name: 'QueueName', Value: 'CatalogQueue' }],
    },
    {
      Namespace: 'AWS/SQS',
      MetricName: 'ApproximateAgeOfOldestMessage',
      Dimensions: [{ Name: 'QueueName', Value: 'OrdersQueue' }],
    },
    ...[
      ['OldestUnfinished', 'catalog'],
      ['OldestUnfinished', 'orders'],
      ['Sweeps', 'orders'],
      ['Sweeps', 'payments'],
    ].map(([MetricName, service]) => ({
      Namespace: 'Holdfast',
      MetricName,
      Dimensions: [
        { Name: 'service', Value: service },
        { Name: 'stage', Value: 'prod' },
      ],
    })),
  ])
})
