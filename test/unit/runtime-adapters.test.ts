import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge'
import {
  ConflictException,
  CreateScheduleCommand,
  DeleteScheduleCommand,
  ResourceNotFoundException,
  SchedulerClient,
} from '@aws-sdk/client-scheduler'
import { ChangeMessageVisibilityBatchCommand, SQSClient, SendMessageCommand } from '@aws-sdk/client-sqs'
import { mockClient } from 'aws-sdk-client-mock'
import { beforeEach, describe, expect, test } from 'vitest'
import { eventBridgeBus } from '../../functions/runtime/bus.eventbridge.ts'
import { sqsQueue } from '../../functions/runtime/queue.sqs.ts'
import { sqsDeadLetters } from '../../functions/runtime/dead-letters.sqs.ts'
import { schedulerTimers } from '../../functions/runtime/timers.scheduler.ts'

const region = 'eu-west-1'
const metadata = { $metadata: {}, message: '', Message: '' }

describe('the bus', () => {
  const client = new EventBridgeClient({ region })
  const eventBridge = mockClient(client)
  const bus = eventBridgeBus(client, 'orders-bus')
  const entries = ['a', 'b', 'c'].map((detail) => ({
    source: 'holdfast.orders',
    detailType: 'order.placed.v1',
    detail,
  }))
  beforeEach(() => eventBridge.reset())

  test('puts every entry on its bus', async () => {
    eventBridge.on(PutEventsCommand).resolves({ Entries: entries.map((_, index) => ({ EventId: `${index}` })) })
    expect(await bus.put(entries)).toEqual([])
    expect(eventBridge.call(0).args[0].input).toMatchObject({
      Entries: [
        { EventBusName: 'orders-bus', Source: 'holdfast.orders', DetailType: 'order.placed.v1', Detail: 'a' },
        { Detail: 'b' },
        { Detail: 'c' },
      ],
    })
  })

  test('reports the entries that were not taken although the call succeeded', async () => {
    eventBridge.on(PutEventsCommand).resolves({
      FailedEntryCount: 1,
      Entries: [{ EventId: '1' }, { ErrorCode: 'ThrottlingException', ErrorMessage: 'slow down' }],
    })
    expect(await bus.put(entries)).toEqual([
      { index: 1, cause: 'ThrottlingException: slow down' },
      { index: 2, cause: 'NoAnswer: no event id' },
    ])
  })

  test.each(['InvalidArgument', 'MalformedDetail'])(
    'reports that an entry with the fault %s never will be',
    async (code) => {
      eventBridge.on(PutEventsCommand).resolves({ Entries: [{ EventId: '1' }, { ErrorCode: code, ErrorMessage: '?' }] })
      expect(await bus.put(entries.slice(0, 2))).toEqual([{ index: 1, cause: `${code}: ?`, isFinal: true }])
    },
  )

  test('puts each entry by itself when a call is refused as a whole, so that one refuses itself alone', async () => {
    const invalid = Object.assign(new Error('Total size'), { name: 'ValidationException', $fault: 'client' })
    eventBridge.on(PutEventsCommand).callsFake(({ Entries }: { Entries: { Detail: string }[] }) => {
      if (Entries.some(({ Detail }) => Detail === 'b')) throw invalid
      return { Entries: Entries.map(() => ({ EventId: '1' })) }
    })
    expect(await bus.put(entries)).toEqual([{ index: 1, cause: 'ValidationException: Total size', isFinal: true }])
    expect(eventBridge.calls()).toHaveLength(4)
  })

  test('throws what is the fault of no entry', async () => {
    eventBridge.on(PutEventsCommand).rejects(new Error('no answer'))
    await expect(bus.put(entries)).rejects.toThrow('no answer')
    expect(eventBridge.calls()).toHaveLength(1)
  })
})

describe('a timer', () => {
  const client = new SchedulerClient({ region })
  const scheduler = mockClient(client)
  const noon = Date.parse('2026-03-01T12:00:00.000Z')
  const timers = schedulerTimers(
    client,
    { group: 'holds', roleArn: 'arn:role', targetArn: 'arn:queue', deadLetterArn: 'arn:dead' },
    { now: () => noon, sleep: async () => {} },
  )
  const message = { source: 'holdfast.orders', 'detail-type': 'timer.hold_ended.v1', detail: { id: '1' } }
  const expression = () => (scheduler.call(0).args[0].input as { ScheduleExpression: string }).ScheduleExpression
  beforeEach(() => scheduler.reset())

  test('is a schedule that fires once, tries for a day, and goes', async () => {
    await timers.set('ord_1', noon + 60_000, message)
    expect(scheduler.call(0).args[0].input).toEqual({
      Name: 'ord_1',
      GroupName: 'holds',
      ScheduleExpression: 'at(2026-03-01T12:01:00)',
      ScheduleExpressionTimezone: 'UTC',
      FlexibleTimeWindow: { Mode: 'OFF' },
      ActionAfterCompletion: 'DELETE',
      Target: {
        Arn: 'arn:queue',
        RoleArn: 'arn:role',
        Input: JSON.stringify(message),
        DeadLetterConfig: { Arn: 'arn:dead' },
        RetryPolicy: { MaximumRetryAttempts: 185, MaximumEventAgeInSeconds: 86_400 },
      },
    })
  })

  test('never fires before its time, because that would do nothing', async () => {
    await timers.set('ord_1', noon + 60_001, message)
    expect(expression()).toBe('at(2026-03-01T12:01:01)')
  })

  test('whose time is over fires in a few seconds', async () => {
    await timers.set('ord_1', noon - 3_600_000, message)
    expect(expression()).toBe('at(2026-03-01T12:00:05)')
  })

  test('that exists already stays', async () => {
    scheduler.on(CreateScheduleCommand).rejects(new ConflictException(metadata))
    await expect(timers.set('ord_1', noon, message)).resolves.toBeUndefined()
  })

  test('that is gone already need not be cleared', async () => {
    scheduler.on(DeleteScheduleCommand).rejects(new ResourceNotFoundException(metadata))
    await expect(timers.clear('ord_1')).resolves.toBeUndefined()
    expect(scheduler.call(0).args[0].input).toEqual({ Name: 'ord_1', GroupName: 'holds' })
  })

  test('that cannot be set is an error, also when it is the group that is missing', async () => {
    scheduler.on(CreateScheduleCommand).rejects(new ResourceNotFoundException(metadata))
    await expect(timers.set('ord_1', noon, message)).rejects.toThrow(ResourceNotFoundException)
  })
})

describe('a message that failed', () => {
  const client = new SQSClient({ region })
  const sqs = mockClient(client)
  const queue = sqsQueue(client, 'https://sqs/events')
  const deliveries = [
    { receiptHandle: 'a', seconds: 5 },
    { receiptHandle: 'b', seconds: 300 },
  ]
  beforeEach(() => sqs.reset())

  test('comes back after its seconds, all of a batch by one call', async () => {
    sqs.on(ChangeMessageVisibilityBatchCommand).resolves({ Successful: [{ Id: '0' }, { Id: '1' }], Failed: [] })
    await queue.postpone(deliveries)
    expect(sqs.commandCalls(ChangeMessageVisibilityBatchCommand).map(({ args }) => args[0].input)).toEqual([
      {
        QueueUrl: 'https://sqs/events',
        Entries: [
          { Id: '0', ReceiptHandle: 'a', VisibilityTimeout: 5 },
          { Id: '1', ReceiptHandle: 'b', VisibilityTimeout: 300 },
        ],
      },
    ])
  })

  test('comes back also out of a batch of hundreds, ten by a call', async () => {
    sqs.on(ChangeMessageVisibilityBatchCommand).resolves({ Successful: [], Failed: [] })
    await queue.postpone(Array.from({ length: 25 }, (_, index) => ({ receiptHandle: `r${index}`, seconds: 5 })))
    const calls = sqs.commandCalls(ChangeMessageVisibilityBatchCommand).map(({ args }) => args[0].input.Entries ?? [])
    expect(calls.map((entries) => entries.length)).toEqual([10, 10, 5])
    expect(new Set(calls.flat().map(({ ReceiptHandle }) => ReceiptHandle)).size).toBe(25)
  })

  test('whose time cannot be set is an error that names why', async () => {
    const Failed = [{ Id: '1', Code: 'MessageNotInflight', SenderFault: true, Message: 'visible again' }]
    sqs.on(ChangeMessageVisibilityBatchCommand).resolves({ Successful: [], Failed })
    await expect(queue.postpone(deliveries)).rejects.toThrow('1 messages were not postponed: MessageNotInflight')
  })
})

describe('a dead letter', () => {
  const client = new SQSClient({ region })
  const sqs = mockClient(client)
  const deadLetters = sqsDeadLetters(client, 'https://sqs/dead')
  const causeOf = async (cause: string) => {
    await deadLetters.park('{}', cause)
    return sqs.commandCalls(SendMessageCommand)[0]!.args[0].input.MessageAttributes!['cause']!.StringValue
  }
  beforeEach(() => sqs.reset())

  test('is the message as it was, with its cause as an attribute', async () => {
    await deadLetters.park('{"a":1}', 'not an event')
    expect(sqs.call(0).args[0].input).toEqual({
      QueueUrl: 'https://sqs/dead',
      MessageBody: '{"a":1}',
      MessageAttributes: { cause: { DataType: 'String', StringValue: 'not an event' } },
    })
  })

  test('has a cause of at most 1,000 characters', async () => {
    expect(await causeOf('x'.repeat(5_000))).toBe('x'.repeat(1_000))
  })

  test.each([
    ['control characters', 'a\u0000b\u001Fc\n', 'a\uFFFDb\uFFFDc\n'],
    ['half a character, where it was cut', `${'x'.repeat(999)}😀`, `${'x'.repeat(999)}\uFFFD`],
    ['nothing', '', 'unknown'],
    ['other scripts', '數量 😀', '數量 😀'],
  ])('has a cause that SQS takes when it holds %s', async (_, cause, sent) => {
    expect(await causeOf(cause)).toBe(sent)
  })
})
