import type { Context, SQSEvent, SQSRecord } from 'aws-lambda'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import * as z from 'zod'
import { wakeUpConsumer } from '../../functions/notifications/adapters/wake-up-consumer.ts'
import { type DeadLetters, events } from '../../functions/runtime/events.ts'
import { logger, metrics } from '../../functions/runtime/log.ts'
import { messageConsumer } from '../../functions/runtime/message-consumer.ts'
import { type RelayDeps, relay } from '../../functions/runtime/relay.ts'
import { countUnfinished } from '../../functions/runtime/unfinished.ts'
import { event } from '../../schemas/contract.ts'

const now = Date.parse('2026-03-04T12:00:00.000Z')

const record = (messageId: string, receives: number | string, ageSeconds: number | undefined) =>
  ({
    messageId,
    receiptHandle: messageId,
    body: '{}',
    eventSourceARN: 'arn:aws:sqs:eu-west-1:1:Orders-Queue',
    attributes: {
      ApproximateReceiveCount: String(receives),
      SentTimestamp: ageSeconds === undefined ? '' : String(now - ageSeconds * 1_000),
    },
  }) as SQSRecord

let lines: Readonly<Record<string, unknown>>[]
beforeEach(() => {
  lines = []
  vi.spyOn(metrics, 'publishStoredMetrics').mockImplementation(() => {
    lines.push(metrics.serializeMetrics())
    metrics.clearMetrics()
    metrics.clearMetadata()
    return metrics
  })
  vi.spyOn(logger, 'error').mockImplementation(() => {})
  vi.spyOn(logger, 'warn').mockImplementation(() => {})
})
afterEach(() => vi.restoreAllMocks())

const ages = () => lines.flatMap(({ OldestUnfinished }) => OldestUnfinished ?? [])

describe('the age of what is not finished', () => {
  test('is that of the oldest message which comes again, by service and stage, in a line that names it', () => {
    countUnfinished({ Records: [record('a', 4, 200), record('b', 915, 9_000), record('c', 1, 99_000)] }, now)
    expect(lines).toEqual([
      {
        _aws: {
          Timestamp: expect.any(Number),
          CloudWatchMetrics: [
            {
              Namespace: 'Holdfast',
              Dimensions: [['service', 'stage']],
              Metrics: [{ Name: 'OldestUnfinished', Unit: 'Seconds' }],
            },
          ],
        },
        service: expect.any(String),
        stage: expect.any(String),
        OldestUnfinished: 9_000,
        queue: 'Orders-Queue',
        messageId: 'b',
        receives: '915',
      },
    ])
  })

  test.each<[string, SQSRecord[]]>([
    ['no message comes', []],
    ['all come for the first time, however late', [record('a', 1, 9_000)]],
    ['nobody knows when it was sent', [record('a', 7, undefined)]],
  ])('is not counted where %s', (_, Records) => {
    countUnfinished({ Records }, now)
    expect(lines).toEqual([])
  })

  test('is counted where nobody knows how often it came, and is never below 0', () => {
    countUnfinished({ Records: [record('a', '', 20)] }, now)
    countUnfinished({ Records: [record('a', 2, -3)] }, now)
    expect(ages()).toEqual([20, 0])
  })
})

const deadLetters: DeadLetters = { park: async () => {} }
const delivery = {
  deadLetters,
  queue: { postpone: async () => {} },
  clock: { now: () => now, sleep: async () => {} },
  random: () => 1,
}
const context = { getRemainingTimeInMillis: () => 30_000 } as Context
/** Ends as a function does whose process dies: nothing that it does afterwards is seen. */
const dies = () => new Promise<never>(() => {})

const placed = event('orders', 'order.placed', 1, '', z.object({}))
const detail = { id: 'a@1', time: '2026-03-01T12:00:00.000Z', correlationId: 'o', causationId: 'c', data: {} }
const body = JSON.stringify({ source: 'holdfast.orders', 'detail-type': 'order.placed.v1', detail })
const image = { dynamodb: { SequenceNumber: '1', NewImage: { pk: { S: 'a' } } } }

describe('a message is counted before it is handled, so that one is seen which ends its function each time', () => {
  test.each<[string, (event: SQSEvent) => unknown, string]>([
    ['an event', (event) => events([placed], () => ({ ...delivery, consumer: dies }))(event, context), body],
    ['a file', (event) => messageConsumer(() => ({ ...delivery, take: dies }))(event, context), '{}'],
    [
      'a wake-up of a webhook',
      (event) => wakeUpConsumer(() => ({ ...delivery, send: dies }))(event, context),
      '{"webhookId":"w"}',
    ],
    [
      'a record that was spilled',
      (event) => relay(() => ({ ...delivery, unmarshall: dies, bus: { put: dies } }) as unknown as RelayDeps)(event),
      JSON.stringify(image),
    ],
  ])('%s', async (_, take, text) => {
    void take({ Records: [{ ...record('a', 5, 700), body: text }, record('b', 1, 800)] })
    await new Promise(setImmediate)
    expect(ages()).toEqual([700])
  })
})
