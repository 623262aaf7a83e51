import type { DynamoDBRecord } from 'aws-lambda'
import { describe, expect, test } from 'vitest'
import type { InvokeResult } from '../../localstack/lambda/invoke.ts'
import { StreamConsumer } from '../../localstack/lambda/stream-consumer.ts'
import type { StreamConsumerSettings } from '../../localstack/lambda/stream-consumer-settings.ts'
import { type StreamFailure, failureObject } from '../../localstack/lambda/stream-failure.ts'
import { answer, functionError, hours, minutes, modelDeps, seconds, start, turn } from './model-deps.ts'

const streamArn = 'arn:aws:dynamodb:eu-west-1:000000000000:table/orders/stream/2026-03-01'

const record = (number: number, eventName: 'INSERT' | 'REMOVE' = 'INSERT'): DynamoDBRecord => ({
  eventID: String(number),
  eventName,
  dynamodb: { SequenceNumber: String(number), ApproximateCreationDateTime: start / 1000 },
})

const records = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => record(from + index))

const numbersOf = (batch: readonly DynamoDBRecord[]) => batch.map((item) => Number(item.dynamodb!.SequenceNumber))

const failed = (...numbers: number[]) =>
  answer({ batchItemFailures: numbers.map((number) => ({ itemIdentifier: String(number) })) })

/** A consumer whose function answers with `handle`. */
function consumerUnderTest(
  settings: Partial<StreamConsumerSettings>,
  handle: (numbers: number[], call: number) => InvokeResult | Promise<InvokeResult> = () => answer(),
) {
  const deps = modelDeps()
  const batches: number[][] = []
  const letters: StreamFailure[] = []
  const times: number[] = []
  const consumer = new StreamConsumer(
    { streamArn, functionArn: 'arn:aws:lambda:eu-west-1:000000000000:function:relay', ...settings },
    {
      ...deps,
      invoke: async ({ Records }) => {
        batches.push(numbersOf(Records))
        times.push(deps.clock.now() - start)
        return await handle(numbersOf(Records), batches.length)
      },
      onFailure: async (message) => {
        letters.push(message)
      },
    },
  )
  return { consumer, clock: deps.clock, batches, times, letters }
}

describe('the consumer of a stream', () => {
  test('hands over records in order, a batch at a time', async () => {
    const { consumer, clock, batches } = consumerUnderTest({ batchSize: 2 })
    consumer.push(records(1, 5))
    expect(consumer.inFlight()).toEqual({ now: 5, later: 0 })
    await clock.advance(0)
    expect(batches).toEqual([[1, 2], [3, 4], [5]])
    expect(consumer.inFlight()).toEqual({ now: 0, later: 0 })
    expect(consumer.counts()).toEqual({ taken: 5, filtered: 0, handled: 5, retried: 0, givenUp: 0 })
  })

  test('with a tumbling window names the shard, and hands the state of a window from one batch to the next', async () => {
    const { clock, random } = modelDeps()
    const seen: unknown[] = []
    const functionArn = 'arn:aws:lambda:eu-west-1:000000000000:function:fold'
    const consumer = new StreamConsumer(
      { streamArn, functionArn, batchSize: 1, tumblingWindowSeconds: 900 },
      {
        clock,
        random,
        invoke: async ({ Records, ...windowed }) => {
          seen.push([numbersOf(Records), windowed.shardId, windowed.state, windowed.window?.start])
          // Without a state it is a failure.
          return seen.length === 2 ? answer({ batchItemFailures: [] }) : answer({ state: { batches: seen.length } })
        },
      },
    )
    consumer.push(records(1, 2), 'shard-7')
    await clock.advance(15 * minutes)
    consumer.push(records(3, 3), 'shard-7')
    await clock.advance(0)
    const [first, second] = ['2026-03-01T00:00:00.000Z', '2026-03-01T00:15:00.000Z']
    expect(seen).toEqual([
      [[1], 'shard-7', {}, first],
      [[2], 'shard-7', { batches: 1 }, first],
      [[2], 'shard-7', { batches: 1 }, first],
      [[3], 'shard-7', {}, second],
    ])
  })

  test('waits for its window to fill a batch', async () => {
    const { consumer, clock, batches, times } = consumerUnderTest({ batchSize: 3, maximumBatchingWindowSeconds: 5 })
    consumer.push(records(1, 2))
    await clock.advance(2 * seconds)
    expect(consumer.inFlight()).toEqual({ now: 0, later: 1, due: start + 5 * seconds })
    consumer.push(records(3, 4))
    await clock.advance(5 * seconds)
    expect(batches).toEqual([[1, 2, 3], [4]])
    expect(times).toEqual([2 * seconds, 7 * seconds])
  })

  test('never shows the function what its filter does not want', async () => {
    const { consumer, clock, batches } = consumerUnderTest({ filters: [JSON.stringify({ eventName: ['INSERT'] })] })
    consumer.push([record(1, 'REMOVE'), record(2), record(3, 'REMOVE')])
    await clock.advance(0)
    expect(batches).toEqual([[2]])
    expect(consumer.counts()).toMatchObject({ taken: 3, filtered: 2, handled: 1 })
  })

  test('holds back later records of the shard while a batch fails, and not those of another shard', async () => {
    const { consumer, clock, batches } = consumerUnderTest({ batchSize: 2 }, (numbers, call) =>
      numbers.includes(1) && call < 4 ? functionError() : answer(),
    )
    consumer.push(records(1, 3), 'shard-a')
    consumer.push(records(9, 9), 'shard-b')
    await clock.advance(0)
    expect(batches).toEqual([[1, 2], [9]])
    const { due } = consumer.inFlight()
    consumer.push(records(4, 4), 'shard-a')
    expect(consumer.inFlight()).toEqual({ now: 0, later: 1, due })
    await clock.advance(minutes)
    expect(batches).toEqual([[1, 2], [9], [1, 2], [1, 2], [3, 4]])
  })

  test('waits longer before each retry, a minute at most', async () => {
    const { consumer, clock, times } = consumerUnderTest({}, () => functionError())
    consumer.push(records(1, 1))
    await clock.advance(hours)
    const pauses = times.slice(1).map((time, index) => time - times[index]!)
    expect(pauses[0]).toBeLessThanOrEqual(0.5 * seconds)
    expect(pauses[3]).toBeGreaterThan(1.9 * seconds)
    expect(Math.max(...pauses)).toBeLessThanOrEqual(minutes)
  })

  test('takes up at the lowest failure that the function reports', async () => {
    const { consumer, clock, batches } = consumerUnderTest({ reportBatchItemFailures: true }, (_, call) =>
      call === 1 ? failed(4, 3) : answer(),
    )
    consumer.push(records(1, 5))
    await clock.advance(minutes)
    expect(batches).toEqual([
      [1, 2, 3, 4, 5],
      [3, 4, 5],
    ])
  })

  test('takes a batch as failed whole when a report names a record that is not of it', async () => {
    const { consumer, clock, batches } = consumerUnderTest({ reportBatchItemFailures: true }, (_, call) =>
      call === 1 ? failed(99) : answer(),
    )
    consumer.push(records(1, 2))
    await clock.advance(minutes)
    expect(batches).toEqual([
      [1, 2],
      [1, 2],
    ])
  })

  test('halves a failed batch until the bad record stands alone, and counts retries only then', async () => {
    const { consumer, clock, batches, letters } = consumerUnderTest(
      { bisectBatchOnFunctionError: true, maximumRetryAttempts: 1 },
      (numbers) => (numbers.includes(3) ? functionError() : answer()),
    )
    consumer.push(records(1, 4))
    await clock.advance(minutes)
    expect(batches).toEqual([[1, 2, 3, 4], [1, 2], [3, 4], [3], [3], [4]])
    expect(letters).toHaveLength(1)
    expect(consumer.counts()).toMatchObject({ handled: 3, givenUp: 1 })
  })

  test('parks one bad record alone when reports and halving go together', async () => {
    const { consumer, clock, batches, letters } = consumerUnderTest(
      { bisectBatchOnFunctionError: true, reportBatchItemFailures: true, maximumRetryAttempts: 1 },
      (numbers) => (numbers.includes(3) ? failed(3) : answer()),
    )
    consumer.push(records(1, 6))
    await clock.advance(minutes)
    expect(batches.flat().filter((number) => number < 3)).toEqual([1, 2])
    expect(batches.slice(-3).flat()).toEqual(expect.arrayContaining([4, 5, 6]))
    expect(letters).toHaveLength(1)
    expect(consumer.counts()).toMatchObject({ handled: 5, givenUp: 1 })
  })

  test('sends the on-failure destination the positions of the records that it gave up', async () => {
    const { consumer, clock, letters, batches } = consumerUnderTest({ maximumRetryAttempts: 2 }, (numbers) =>
      numbers.includes(1) ? functionError() : answer(),
    )
    consumer.push(records(1, 2), 'shard-a')
    await clock.advance(0)
    consumer.push(records(3, 3), 'shard-a')
    await clock.advance(minutes)
    expect(batches).toEqual([[1, 2], [1, 2], [1, 2], [3]])
    expect(letters[0]!.report).toEqual({
      requestContext: {
        requestId: 'r-1',
        functionArn: 'arn:aws:lambda:eu-west-1:000000000000:function:relay',
        condition: 'RetryAttemptsExhausted',
        approximateInvokeCount: 3,
      },
      responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
      version: '1.0',
      timestamp: expect.stringMatching(/^2026-03-01T00:00:0/),
      DDBStreamBatchInfo: {
        shardId: 'shard-a',
        startSequenceNumber: '1',
        endSequenceNumber: '2',
        approximateArrivalOfFirstRecord: '2026-03-01T00:00:00Z',
        approximateArrivalOfLastRecord: '2026-03-01T00:00:00Z',
        batchSize: 2,
        streamArn,
      },
    })
  })

  test('gives up records that are too old, and only those', async () => {
    const { consumer, clock, batches, letters } = consumerUnderTest({ maximumRecordAgeSeconds: 60 }, (numbers) =>
      numbers.includes(1) ? functionError() : answer(),
    )
    consumer.push(records(1, 1))
    await clock.advance(50 * seconds)
    consumer.push(records(2, 2))
    await clock.advance(2 * minutes)
    expect(batches.at(-1)).toEqual([2])
    expect(letters).toHaveLength(1)
    expect(letters[0]!.report).toMatchObject({
      requestContext: { condition: 'RecordAgeExceeded' },
      DDBStreamBatchInfo: { startSequenceNumber: '1', endSequenceNumber: '1' },
    })
  })

  test('leaves a bucket the records themselves, under a key of the mapping, the shard and the time', async () => {
    const { consumer, clock, letters } = consumerUnderTest({ maximumRetryAttempts: 0 }, () => functionError())
    consumer.push(records(1, 2), 'shard-a')
    await clock.advance(0)
    const { key, body } = failureObject(letters[0]!, 'mapping', 'id')
    expect(key).toBe('aws/lambda/mapping/shard-a/2026/03/01/2026-03-01T00.00.00-id')
    const { payload, ...report } = JSON.parse(body) as Record<string, unknown>
    expect(report).toEqual(letters[0]!.report)
    expect(JSON.parse(payload as string)).toEqual({ Records: records(1, 2) })
  })

  test('keeps records no longer than the stream does, 24 hours', async () => {
    const { consumer, clock } = consumerUnderTest({}, () => functionError())
    consumer.push(records(1, 1))
    await clock.advance(23 * hours)
    expect(consumer.counts().givenUp).toBe(0)
    await clock.advance(2 * hours)
    expect(consumer.counts().givenUp).toBe(1)
  })

  test('does not count it against the retries when the function could not be invoked', async () => {
    const { consumer, clock, batches, letters } = consumerUnderTest({ maximumRetryAttempts: 0 }, (_, call) =>
      call < 5 ? Promise.reject(new Error('throttled')) : answer(),
    )
    consumer.push(records(1, 1))
    await clock.advance(minutes)
    expect(batches).toHaveLength(5)
    expect(letters).toEqual([])
  })

  test('counts records as under way while they are with the function', async () => {
    const ends: ((result: InvokeResult) => void)[] = []
    const { consumer, clock } = consumerUnderTest({ batchSize: 2 }, () => new Promise((resolve) => ends.push(resolve)))
    consumer.push(records(1, 3))
    await clock.advance(0)
    expect(consumer.inFlight()).toEqual({ now: 3, later: 0 })
    consumer.push(records(4, 4))
    await clock.advance(0)
    expect(ends).toHaveLength(1)
    ends[0]!(answer())
    await turn()
    await clock.advance(0)
    expect(consumer.inFlight()).toEqual({ now: 2, later: 0 })
  })
})
