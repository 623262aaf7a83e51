import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { seeded } from '../../bin/fuzz/chance.ts'
import { Queue, type Disorder, type QueueSettings } from '../../localstack/sqs/queue.ts'
import { hours, minutes, modelDeps, seconds, start } from './model-deps.ts'

function queueUnderTest(settings: Partial<QueueSettings> = {}, disorder?: Disorder) {
  const deps = modelDeps()
  const queue = new Queue(
    { name: 'orders', arn: 'arn:aws:sqs:eu-west-1:000000000000:orders', ...settings },
    { ...deps, ...(disorder && { disorder }) },
  )
  return { queue, clock: deps.clock, deps }
}

const bodies = (queue: Queue, max = 10): string[] => queue.receive({ max }).map((message) => message.Body)

describe('a queue', () => {
  test('hands out the oldest messages first and hides them for the visibility timeout', async () => {
    const { queue, clock } = queueUnderTest({ visibilityTimeoutSeconds: 180 })
    for (const body of ['a', 'b', 'c']) queue.send({ MessageBody: body })
    expect(bodies(queue, 2)).toEqual(['a', 'b'])
    expect(bodies(queue)).toEqual(['c'])
    expect(queue.counts()).toEqual({ visible: 0, inFlight: 3, delayed: 0 })
    await clock.advance(180 * seconds - 1)
    expect(bodies(queue)).toEqual([])
    await clock.advance(1)
    expect(bodies(queue)).toEqual(['a', 'b', 'c'])
  })

  test('counts receives and keeps the time of the first', async () => {
    const { queue, clock } = queueUnderTest({ visibilityTimeoutSeconds: 30 })
    const sent = queue.send({
      MessageBody: 'a',
      MessageAttributes: { cause: { DataType: 'String', StringValue: 'why' } },
    })
    await clock.advance(seconds)
    queue.receive()
    await clock.advance(30 * seconds)
    const [message] = queue.receive()
    expect(message).toMatchObject({
      MessageId: sent.MessageId,
      MD5OfBody: '0cc175b9c0f1b6a831c399e269772661',
      MessageAttributes: { cause: { DataType: 'String', StringValue: 'why' } },
      Attributes: {
        SentTimestamp: String(start),
        ApproximateReceiveCount: '2',
        ApproximateFirstReceiveTimestamp: String(start + seconds),
      },
    })
    expect(sent.MD5OfMessageBody).toBe(message!.MD5OfBody)
  })

  test('computes the digest of attributes as SQS does', () => {
    const { queue } = queueUnderTest()
    const sent = queue.send({
      MessageBody: 'a',
      MessageAttributes: { timestamp: { DataType: 'Number', StringValue: '1493147359900' } },
    })
    expect(sent.MD5OfMessageAttributes).toBe('235c5c510d26fb653d073faed50ae77c')
  })

  test('deletes by the latest handle alone, even when the message is visible again', async () => {
    const { queue, clock } = queueUnderTest({ visibilityTimeoutSeconds: 30 })
    queue.send({ MessageBody: 'a' })
    const [first] = queue.receive()
    await clock.advance(30 * seconds)
    const [second] = queue.receive()
    queue.delete(first!.ReceiptHandle)
    expect(queue.counts().inFlight).toBe(1)
    await clock.advance(30 * seconds)
    queue.delete(second!.ReceiptHandle)
    expect(queue.counts()).toEqual({ visible: 0, inFlight: 0, delayed: 0 })
    expect(clock.pending()).toEqual([])
  })

  test('lets a receiver keep a message longer, or give it back at once', async () => {
    const { queue, clock } = queueUnderTest({ visibilityTimeoutSeconds: 30 })
    queue.send({ MessageBody: 'a' })
    const [message] = queue.receive()
    queue.changeVisibility(message!.ReceiptHandle, 60)
    await clock.advance(59 * seconds)
    expect(queue.counts().inFlight).toBe(1)
    queue.changeVisibility(message!.ReceiptHandle, 0)
    expect(queue.counts().visible).toBe(1)
    expect(() => queue.changeVisibility(message!.ReceiptHandle, 5)).toThrow(
      expect.objectContaining({ code: 'MessageNotInflight' }),
    )
  })

  test('delays messages by their own delay, else by the delay of the queue', async () => {
    const { queue, clock } = queueUnderTest({ delaySeconds: 10 })
    queue.send({ MessageBody: 'queue' })
    queue.send({ MessageBody: 'own', DelaySeconds: 900 })
    queue.send({ MessageBody: 'none', DelaySeconds: 0 })
    expect(queue.counts()).toEqual({ visible: 1, inFlight: 0, delayed: 2 })
    expect(queue.inFlight()).toEqual({ now: 0, later: 2, due: start + 10 * seconds })
    await clock.advance(10 * seconds)
    expect(bodies(queue)).toEqual(['none', 'queue'])
    await clock.advance(15 * minutes)
    expect(bodies(queue)).toContain('own')
  })

  test('moves a message received too often to its dead-letter queue, as it is', async () => {
    const { queue: dead, deps } = queueUnderTest({ name: 'dead', arn: 'arn:dead' })
    const queue = new Queue(
      { name: 'orders', arn: 'arn:orders', visibilityTimeoutSeconds: 30, redrive: { queue: dead, maxReceiveCount: 2 } },
      deps,
    )
    const sent = queue.send({
      MessageBody: 'poison',
      MessageAttributes: { a: { DataType: 'String', StringValue: 'b' } },
    })
    for (let receive = 1; receive <= 2; receive++) {
      expect(bodies(queue)).toEqual(['poison'])
      await deps.clock.advance(30 * seconds)
    }
    expect(dead.messages()).toEqual([])
    expect(bodies(queue)).toEqual([])
    expect(queue.counts()).toEqual({ visible: 0, inFlight: 0, delayed: 0 })
    expect(dead.messages()).toMatchObject([
      {
        MessageId: sent.MessageId,
        Body: 'poison',
        state: 'visible',
        MessageAttributes: { a: { StringValue: 'b' } },
        Attributes: {
          DeadLetterQueueSourceArn: 'arn:orders',
          SentTimestamp: String(start),
          ApproximateReceiveCount: '2',
        },
      },
    ])
  })

  test('forgets messages after the retention period, counted from when they were first sent', async () => {
    const { queue: dead, deps } = queueUnderTest({ name: 'dead', arn: 'arn:dead', retentionSeconds: 3600 })
    const queue = new Queue(
      {
        name: 'orders',
        arn: 'arn:orders',
        visibilityTimeoutSeconds: 1800,
        redrive: { queue: dead, maxReceiveCount: 1 },
      },
      deps,
    )
    queue.send({ MessageBody: 'a' })
    queue.receive()
    await deps.clock.advance(0.5 * hours)
    queue.receive()
    expect(dead.counts().visible).toBe(1)
    await deps.clock.advance(0.5 * hours)
    expect(dead.counts().visible).toBe(0)
  })

  test('is read without receiving', () => {
    const { queue } = queueUnderTest()
    queue.send({ MessageBody: 'a' })
    expect(queue.messages()).toMatchObject([{ Body: 'a', state: 'visible' }])
    queue.receive()
    expect(queue.messages()).toMatchObject([{ Body: 'a', state: 'in flight', due: start + 30 * seconds }])
    queue.purge()
    expect(queue.messages()).toEqual([])
  })

  test('refuses what SQS refuses, by its codes', () => {
    const { queue } = queueUnderTest({ maximumMessageBytes: 10 })
    const code = (expected: string) => expect.objectContaining({ code: expected })
    expect(() => queue.send({ MessageBody: '' })).toThrow(code('MissingParameter'))
    expect(() => queue.send({ MessageBody: 'äääääa' })).toThrow(code('InvalidParameterValue'))
    expect(() => queue.send({ MessageBody: 'a\u0000' })).toThrow(code('InvalidMessageContents'))
    expect(() => queue.send({ MessageBody: 'a', DelaySeconds: 901 })).toThrow(code('InvalidParameterValue'))
    expect(() => queue.receive({ max: 11 })).toThrow(code('InvalidParameterValue'))
    expect(() => queue.delete('nonsense')).toThrow(code('ReceiptHandleIsInvalid'))
  })
})

describe('a queue that uses its freedom', () => {
  test('delivers out of order', () => {
    const { queue } = queueUnderTest({}, { reorder: 1, duplicate: 0 })
    const sent = Array.from({ length: 10 }, (_, index) => String(index))
    for (const body of sent) queue.send({ MessageBody: body })
    const received = bodies(queue)
    expect(received).not.toEqual(sent)
    expect(received.toSorted()).toEqual(sent)
  })

  test('delivers a message once more although it was deleted', () => {
    const { queue } = queueUnderTest({}, { reorder: 0, duplicate: 1 })
    const sent = queue.send({ MessageBody: 'a' })
    const [first] = queue.receive()
    queue.delete(first!.ReceiptHandle)
    const [second] = queue.receive()
    expect(second!.MessageId).toBe(sent.MessageId)
    queue.delete(second!.ReceiptHandle)
    expect(queue.counts()).toEqual({ visible: 0, inFlight: 0, delayed: 0 })
  })

  test('never loses and never invents a message, whatever is done with it', async () => {
    const act = fc.oneof(
      fc.constant('send' as const),
      fc.constant('receive' as const),
      fc.constant('delete' as const),
      fc.constant('wait' as const),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(act, { maxLength: 60 }), fc.integer(), async (acts, seed) => {
        const { clock } = modelDeps()
        const dead = new Queue({ name: 'dead', arn: 'arn:dead' }, { clock, random: seeded(seed) })
        const queue = new Queue(
          { name: 'q', arn: 'arn:q', visibilityTimeoutSeconds: 5, redrive: { queue: dead, maxReceiveCount: 3 } },
          { clock, random: seeded(seed), disorder: { reorder: 0.5, duplicate: 0.2 } },
        )
        const sent = new Set<string>()
        const deleted = new Set<string>()
        let inHand = queue.receive({ max: 10 })
        for (const step of acts) {
          if (step === 'send') sent.add(queue.send({ MessageBody: 'x' }).MessageId)
          if (step === 'receive') inHand = queue.receive({ max: 3 })
          if (step === 'wait') await clock.advance(3 * seconds, () => Promise.resolve())
          if (step === 'delete') {
            for (const message of inHand) {
              deleted.add(message.MessageId)
              queue.delete(message.ReceiptHandle)
            }
          }
        }
        const held = new Set([...queue.messages(), ...dead.messages()].map((message) => message.MessageId))
        for (const id of held) expect(sent.has(id)).toBe(true)
        for (const id of sent) expect(held.has(id) || deleted.has(id)).toBe(true)
      }),
    )
  })
})
