import { describe, expect, test } from 'vitest'
import { AsyncInvocations } from '../../localstack/lambda/async-invocations.ts'
import { VirtualClock } from '../../localstack/clock/clock.ts'
import type { OutgoingMessage } from '../../localstack/sqs/message.ts'

const failed = { requestId: 'r', payload: { errorMessage: 'no' }, functionError: 'Unhandled' } as const

function invocations(
  failures: number,
  settings: { maximumRetryAttempts?: number; maximumEventAgeSeconds?: number } = {},
) {
  const clock = new VirtualClock(0)
  const times: number[] = []
  const dead: OutgoingMessage[] = []
  const records: OutgoingMessage[] = []
  const subject = new AsyncInvocations(
    { functionArn: 'arn:f', ...settings },
    {
      clock,
      invoke: async () => (times.push(clock.now()) <= failures ? failed : { requestId: 'r', payload: null }),
      deadLetter: async (message) => void dead.push(message),
      onFailure: async (message) => void records.push(message),
    },
  )
  return { clock, times, dead, records, subject }
}

/** Lets the first invocation end before the clock is moved. */
const turn = () => new Promise((resolve) => setImmediate(resolve))

describe('an asynchronous invocation', () => {
  test('is done once when it succeeds', async () => {
    const { clock, times, dead, subject } = invocations(0)
    subject.send({ a: 1 })
    await clock.advance(1_000_000)
    expect([times, dead, subject.inFlight()]).toEqual([[0], [], { now: 0, later: 0 }])
  })

  test('is tried again after one minute and after two more, then its event is a dead letter', async () => {
    const { clock, times, dead, records, subject } = invocations(3)
    subject.send({ a: 1 })
    await turn()
    await clock.advance(59_999)
    expect(subject.inFlight()).toEqual({ now: 0, later: 1, due: 60_000 })
    await clock.advance(1_000_000)
    expect(times).toEqual([0, 60_000, 180_000])
    expect(dead).toMatchObject([{ MessageBody: '{"a":1}', MessageAttributes: { ErrorMessage: { StringValue: 'no' } } }])
    expect(JSON.parse(records[0]?.MessageBody ?? '')).toMatchObject({
      requestContext: { condition: 'RetriesExhausted', approximateInvokeCount: 3 },
      requestPayload: { a: 1 },
    })
  })

  test('is given up sooner by the number of retries and by its age', async () => {
    for (const settings of [{ maximumRetryAttempts: 0 }, { maximumEventAgeSeconds: 59 }]) {
      const { clock, times, dead, subject } = invocations(3, settings)
      subject.send({})
      await turn()
      await clock.advance(1_000_000)
      expect([times, dead.length]).toEqual([[0], 1])
    }
  })
})
