import type { SQSEvent } from 'aws-lambda'
import { describe, expect, test } from 'vitest'
import type { InvokeResult } from '../../localstack/lambda/invoke.ts'
import { QueueConsumer, type QueueConsumerSettings } from '../../localstack/lambda/queue-consumer.ts'
import { Queue } from '../../localstack/sqs/queue.ts'
import { answer, functionError, modelDeps, seconds, start, turn } from './model-deps.ts'

/** A queue with its consumer, and the invocations that a test answers. */
function consumerUnderTest(settings: Partial<QueueConsumerSettings> = {}) {
  const deps = modelDeps()
  const { clock } = deps
  const dead = new Queue({ name: 'dead', arn: 'arn:dead' }, deps)
  const queue = new Queue(
    { name: 'orders', arn: 'arn:orders', visibilityTimeoutSeconds: 180, redrive: { queue: dead, maxReceiveCount: 2 } },
    deps,
  )
  const calls: { readonly event: SQSEvent; readonly end: (result: InvokeResult) => void; readonly fail: () => void }[] =
    []
  const consumer = new QueueConsumer(
    queue,
    { region: 'eu-west-1', ...settings },
    {
      clock,
      invoke: (event) =>
        new Promise((resolve, reject) => {
          calls.push({ event, end: resolve, fail: () => reject(new Error('throttled')) })
        }),
    },
  )
  consumer.start()
  const send = (...bodies: string[]) => bodies.map((MessageBody) => queue.send({ MessageBody }).MessageId)
  const settle = async () => {
    await clock.advance(0)
    await turn()
    await clock.advance(0)
  }
  const batches = () => calls.map(({ event }) => event.Records.map((record) => record.body))
  return { queue, dead, consumer, clock, calls, send, settle, batches }
}

const failures = (...ids: (string | null)[]) =>
  answer({ batchItemFailures: ids.map((itemIdentifier) => ({ itemIdentifier })) })

describe('the consumer of a queue', () => {
  test('invokes the function with a batch and deletes it when that went well', async () => {
    const { queue, consumer, calls, send, settle } = consumerUnderTest()
    const [id] = send('a', 'b')
    expect(consumer.inFlight()).toEqual({ now: 2, later: 0 })
    await settle()
    expect(calls[0]!.event.Records).toHaveLength(2)
    expect(calls[0]!.event.Records[0]).toMatchObject({
      messageId: id,
      body: 'a',
      attributes: { ApproximateReceiveCount: '1', SentTimestamp: String(start) },
      eventSource: 'aws:sqs',
      eventSourceARN: 'arn:orders',
      awsRegion: 'eu-west-1',
    })
    expect(consumer.inFlight()).toEqual({ now: 1, later: 0 })
    calls[0]!.end(answer())
    await settle()
    expect(queue.counts()).toEqual({ visible: 0, inFlight: 0, delayed: 0 })
    expect(consumer.inFlight()).toEqual({ now: 0, later: 0 })
  })

  test('takes at most a batch at a time and has at most its concurrency of them under way', async () => {
    const { calls, send, settle, batches } = consumerUnderTest({ batchSize: 2, maximumConcurrency: 2 })
    send('a', 'b', 'c', 'd', 'e')
    await settle()
    expect(batches()).toEqual([
      ['a', 'b'],
      ['c', 'd'],
    ])
    calls[1]!.end(answer())
    await settle()
    expect(batches()).toEqual([['a', 'b'], ['c', 'd'], ['e']])
  })

  test('deletes nothing when the function failed; the whole batch comes again after the visibility timeout', async () => {
    const { queue, clock, calls, send, settle, batches } = consumerUnderTest({ reportBatchItemFailures: true })
    send('a', 'b')
    await settle()
    calls[0]!.end(functionError())
    await settle()
    expect(queue.counts().inFlight).toBe(2)
    expect(queue.inFlight()).toEqual({ now: 0, later: 2, due: start + 180 * seconds })
    await clock.advance(180 * seconds)
    expect(batches()).toEqual([
      ['a', 'b'],
      ['a', 'b'],
    ])
  })

  test('deletes nothing when the function could not be invoked', async () => {
    const { queue, calls, send, settle } = consumerUnderTest()
    send('a')
    await settle()
    calls[0]!.fail()
    await settle()
    expect(queue.counts().inFlight).toBe(1)
  })

  test('keeps the messages that the function reports as failed', async () => {
    const { queue, clock, calls, send, settle, batches } = consumerUnderTest({ reportBatchItemFailures: true })
    const ids = send('a', 'b', 'c')
    await settle()
    calls[0]!.end(failures(ids[1]!))
    await settle()
    expect(queue.messages().map((message) => message.Body)).toEqual(['b'])
    await clock.advance(180 * seconds)
    expect(batches().at(-1)).toEqual(['b'])
  })

  test('ignores reported failures without ReportBatchItemFailures', async () => {
    const { queue, calls, send, settle } = consumerUnderTest()
    const ids = send('a')
    await settle()
    calls[0]!.end(failures(ids[0]!))
    await settle()
    expect(queue.messages()).toEqual([])
  })

  test.for<[string, unknown, number]>([
    ['nothing', null, 0],
    ['an empty object', {}, 0],
    ['no list', { batchItemFailures: null }, 0],
    ['an empty list', { batchItemFailures: [] }, 0],
    ['an unknown identifier', { batchItemFailures: [{ itemIdentifier: 'unknown' }] }, 2],
    ['an empty identifier', { batchItemFailures: [{ itemIdentifier: '' }] }, 2],
    ['a missing identifier', { batchItemFailures: [{ messageId: 'x' }] }, 2],
    ['identifiers that are no objects', { batchItemFailures: ['x'] }, 2],
    ['a list that is none', { batchItemFailures: 'x' }, 2],
    ['a text', 'done', 2],
  ])('takes an answer with %s as AWS does', async ([, payload, left]) => {
    const { queue, calls, send, settle } = consumerUnderTest({ reportBatchItemFailures: true })
    send('a', 'b')
    await settle()
    calls[0]!.end(answer(payload))
    await settle()
    expect(queue.messages()).toHaveLength(left)
  })

  test('leaves a message that fails too often to the dead-letter queue', async () => {
    const { queue, dead, clock, calls, send, settle } = consumerUnderTest()
    send('poison')
    for (const attempt of [0, 1]) {
      await settle()
      calls[attempt]!.end(functionError())
      await settle()
      await clock.advance(180 * seconds)
    }
    expect(calls).toHaveLength(2)
    expect(queue.messages()).toEqual([])
    expect(dead.messages().map((message) => message.Body)).toEqual(['poison'])
  })

  test('waits for its window to fill a batch, no longer than until it is full', async () => {
    const { clock, consumer, send, settle, batches } = consumerUnderTest({
      batchSize: 3,
      maximumBatchingWindowSeconds: 20,
    })
    send('a')
    await settle()
    expect(consumer.inFlight()).toEqual({ now: 0, later: 1, due: start + 20 * seconds })
    await clock.advance(10 * seconds)
    send('b')
    await clock.advance(9 * seconds)
    expect(batches()).toEqual([])
    await clock.advance(seconds)
    expect(batches()).toEqual([['a', 'b']])
    send('c')
    await settle()
    send('d', 'e', 'f')
    await settle()
    expect(batches()).toEqual([
      ['a', 'b'],
      ['c', 'd', 'e'],
    ])
    await clock.advance(30 * seconds)
    expect(batches()).toEqual([['a', 'b'], ['c', 'd', 'e'], ['f']])
  })

  test('refuses a batch above 10 without a window', () => {
    expect(() => consumerUnderTest({ batchSize: 11 })).toThrow(
      expect.objectContaining({ code: 'InvalidParameterValueException' }),
    )
  })

  test('drops messages that its filter does not want', async () => {
    const { queue, send, settle, batches } = consumerUnderTest({
      filters: [JSON.stringify({ body: { kind: ['good'] } })],
    })
    send('{"kind":"bad"}', '{"kind":"good"}', 'no json')
    await settle()
    expect(batches()).toEqual([['{"kind":"good"}']])
    expect(queue.messages().map((message) => message.Body)).toEqual(['{"kind":"good"}'])
  })

  test('takes nothing once stopped', async () => {
    const { queue, consumer, calls, send, settle } = consumerUnderTest()
    consumer.stop()
    send('a')
    await settle()
    expect(calls).toEqual([])
    expect(queue.counts().visible).toBe(1)
    expect(consumer.inFlight()).toEqual({ now: 0, later: 0 })
  })
})
