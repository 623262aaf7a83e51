import { describe, expect, test } from 'vitest'
import { AwsError } from '../../localstack/endpoint/aws-error.ts'
import type { BusEvent } from '../../localstack/eventbridge/bus-event.ts'
import { Bus, type BusSettings, type RuleSettings, type RuleTarget } from '../../localstack/eventbridge/bus.ts'
import type { OutgoingMessage } from '../../localstack/sqs/message.ts'
import { hours, minutes, modelDeps, seconds, start } from './model-deps.ts'

const account = '000000000000'
const region = 'eu-west-1'

function busUnderTest(settings: Partial<BusSettings> = {}) {
  const deps = modelDeps()
  const bus = new Bus({ name: 'holdfast', arn: 'arn:aws:events:bus', account, region, ...settings }, deps)
  return { bus, clock: deps.clock }
}

const entry = (Source = 'holdfast.orders', DetailType = 'order.placed.v1', detail: unknown = { id: 'e-1' }) => ({
  Source,
  DetailType,
  Detail: JSON.stringify(detail),
})

/** A target that keeps what it gets, unless `fail` throws. */
function target(fail: (attempt: number) => Error | undefined = () => undefined, rest: Partial<RuleTarget> = {}) {
  const events: BusEvent[] = []
  const letters: OutgoingMessage[] = []
  let attempts = 0
  const settings: RuleTarget = {
    id: 'queue',
    arn: 'arn:queue',
    deliver: async (event) => {
      attempts += 1
      const error = fail(attempts)
      if (error) throw error
      events.push(event)
    },
    deadLetter: async (message) => {
      letters.push(message)
    },
    ...rest,
  }
  return { settings, events, letters, attempts: () => attempts }
}

const rule = (targets: RuleTarget[], settings: Partial<RuleSettings> = {}): RuleSettings => ({
  name: 'to-inventory',
  arn: 'arn:rule',
  pattern: { source: ['holdfast.orders'] },
  targets,
  ...settings,
})

describe('a bus', () => {
  test('delivers an event to the targets of every enabled rule that matches', async () => {
    const { bus, clock } = busUnderTest()
    const [one, two, other, off] = [target(), target(), target(), target()]
    bus.putRule(rule([one.settings, two.settings]))
    bus.putRule(rule([other.settings], { name: 'other', pattern: { source: ['holdfast.inventory'] } }))
    bus.putRule(rule([off.settings], { name: 'off', enabled: false }))
    await clock.advance(1500)
    const answer = bus.putEvents([{ ...entry(), Resources: ['ord_1'] }])
    expect(one.events).toEqual([])
    expect(bus.inFlight()).toEqual({ now: 2, later: 0 })
    await clock.advance(0)
    expect(one.events).toEqual([
      {
        version: '0',
        id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/),
        'detail-type': 'order.placed.v1',
        source: 'holdfast.orders',
        account,
        time: '2026-03-01T00:00:01Z',
        region,
        resources: ['ord_1'],
        detail: { id: 'e-1' },
      },
    ])
    expect(answer).toEqual({ FailedEntryCount: 0, Entries: [{ EventId: one.events[0]!.id }] })
    expect(two.events).toEqual(one.events)
    expect([...other.events, ...off.events]).toEqual([])
    expect(bus.counts()).toEqual({ accepted: 1, matched: 1, delivered: 2, retried: 0, deadLettered: 0, dropped: 0 })
    expect(bus.inFlight()).toEqual({ now: 0, later: 0 })
  })

  test('answers faults entry by entry, by the codes of PutEvents, and takes the others', async () => {
    const { bus, clock } = busUnderTest()
    const { settings, events } = target()
    bus.putRule(rule([settings]))
    const answer = bus.putEvents([
      entry(),
      { DetailType: 'x', Detail: '{}' },
      { ...entry(), Detail: '{' },
      { ...entry(), Detail: '[]' },
      entry('aws.ec2'),
    ])
    await clock.advance(0)
    expect(answer.FailedEntryCount).toBe(4)
    expect(answer.Entries.map((item) => ('ErrorCode' in item ? item.ErrorCode : 'taken'))).toEqual([
      'taken',
      'InvalidArgument',
      'MalformedDetail',
      'MalformedDetail',
      'NotAuthorizedForSourceException',
    ])
    expect(events).toHaveLength(1)
  })

  test('refuses a request without entries, with more than 10, or with more than 256 KB together', () => {
    const { bus } = busUnderTest()
    const refused = expect.objectContaining({ code: 'ValidationException' })
    expect(() => bus.putEvents([])).toThrow(refused)
    expect(() => bus.putEvents(Array.from({ length: 11 }, () => entry()))).toThrow(refused)
    const half = entry('holdfast.orders', 'x', { text: 'x'.repeat(131_100) })
    expect(() => bus.putEvents([half, half])).toThrow(refused)
    expect(bus.putEvents([half]).FailedEntryCount).toBe(0)
  })

  test('tries again with growing pauses until the target takes the event', async () => {
    const { bus, clock } = busUnderTest()
    const flaky = target((attempt) => (attempt < 4 ? new Error('unavailable') : undefined))
    bus.putRule(rule([flaky.settings]))
    bus.putEvents([entry()])
    await clock.advance(0)
    expect(bus.inFlight()).toEqual({ now: 0, later: 1, due: expect.any(Number) })
    expect(bus.waiting()).toEqual([
      { due: bus.inFlight().due, what: 'order.placed.v1 by rule to-inventory, attempt 2' },
    ])
    await clock.advance(minutes)
    expect(flaky.events).toHaveLength(1)
    expect(bus.counts()).toMatchObject({ delivered: 1, retried: 3 })
  })

  test('gives up after the retries of the policy, into the dead-letter queue of the target', async () => {
    const { bus, clock } = busUnderTest()
    const broken = target(() => new Error('unavailable'), { retry: { maximumRetryAttempts: 2 } })
    bus.putRule(rule([broken.settings]))
    bus.putEvents([entry()])
    await clock.advance(hours)
    expect(broken.attempts()).toBe(3)
    expect(JSON.parse(broken.letters[0]!.MessageBody)).toMatchObject({
      source: 'holdfast.orders',
      detail: { id: 'e-1' },
    })
    expect(texts(broken.letters[0]!)).toEqual({
      RULE_ARN: 'arn:rule',
      TARGET_ARN: 'arn:queue',
      ERROR_CODE: 'ERROR_FROM_TARGET',
      ERROR_MESSAGE: 'unavailable',
      EXHAUSTED_RETRY_CONDITION: 'MaximumRetryAttempts',
      RETRY_ATTEMPTS: '2',
    })
  })

  test('gives up when the event is too old: 24 hours, 185 retries by default', async () => {
    const { bus, clock } = busUnderTest()
    const short = target(() => new Error('unavailable'), { retry: { maximumEventAgeSeconds: 60 } })
    const standard = target(() => new Error('unavailable'))
    bus.putRule(rule([short.settings, standard.settings]))
    bus.putEvents([entry()])
    await clock.advance(minutes)
    expect(texts(short.letters[0]!)).toMatchObject({ EXHAUSTED_RETRY_CONDITION: 'MaximumEventAgeInSeconds' })
    await clock.advance(12 * hours)
    expect(standard.letters).toEqual([])
    await clock.advance(12 * hours)
    expect(standard.letters).toHaveLength(1)
    expect(standard.attempts()).toBeGreaterThan(100)
  })

  test.for<[string, string]>([
    ['AccessDenied', 'NO_PERMISSIONS'],
    ['AWS.SimpleQueueService.NonExistentQueue', 'NO_RESOURCE'],
  ])('does not try again what %s will not let pass', async ([code, expected]) => {
    const { bus, clock } = busUnderTest()
    const closed = target(() => new AwsError(code, 'no'))
    bus.putRule(rule([closed.settings]))
    bus.putEvents([entry()])
    await clock.advance(0)
    expect(closed.attempts()).toBe(1)
    expect(texts(closed.letters[0]!)).toEqual({
      RULE_ARN: 'arn:rule',
      TARGET_ARN: 'arn:queue',
      ERROR_CODE: expected,
      ERROR_MESSAGE: 'no',
      RETRY_ATTEMPTS: '0',
    })
  })

  test('drops what cannot be delivered when the target has no dead-letter queue, and counts it', async () => {
    const { bus, clock } = busUnderTest()
    const { settings } = target(() => new AwsError('AccessDenied', 'no'))
    const { deadLetter: _, ...bare } = settings
    bus.putRule(rule([bare]))
    bus.putEvents([entry()])
    await clock.advance(0)
    expect(bus.counts()).toMatchObject({ deadLettered: 0, dropped: 1 })
  })

  test('refuses rules that PutRule refuses', () => {
    const { bus } = busUnderTest()
    const none = { name: 'r', arn: 'arn:r', targets: [] }
    const code = (expected: string) => expect.objectContaining({ code: expected })
    expect(() => bus.putRule(none)).toThrow(code('ValidationException'))
    expect(() => bus.putRule({ ...none, pattern: { source: 'x' } })).toThrow(code('InvalidEventPatternException'))
    expect(() => bus.putRule({ ...none, pattern: { source: ['x'.repeat(2048)] } })).toThrow(
      code('InvalidEventPatternException'),
    )
    expect(() => bus.putRule({ ...none, schedule: 'rate(5 minutes)' })).toThrow('only on the default event bus')
    expect(() => bus.putRule({ ...none, pattern: { a: ['x'] }, targets: Array(6).fill(target().settings) })).toThrow(
      code('LimitExceededException'),
    )
  })

  test('runs scheduled rules on the default bus', async () => {
    const { bus, clock } = busUnderTest({ name: 'default' })
    const { settings, events } = target()
    bus.putRule({ name: 'sweep', arn: 'arn:sweep', schedule: 'rate(5 minutes)', targets: [settings] })
    await clock.advance(16 * minutes)
    expect(events).toHaveLength(3)
    expect(events[0]).toMatchObject({
      source: 'aws.events',
      'detail-type': 'Scheduled Event',
      time: '2026-03-01T00:05:00Z',
      resources: ['arn:sweep'],
      detail: {},
    })
    bus.deleteRule('sweep')
    await clock.advance(hours)
    expect(events).toHaveLength(3)
  })

  test('keeps the latest events and sends those of a window again, marked as replayed', async () => {
    const { bus, clock } = busUnderTest({ archive: { capacity: 3 } })
    const { settings, events } = target()
    bus.putRule(rule([settings]))
    for (let event = 1; event <= 5; event++) {
      bus.putEvents([entry('holdfast.orders', `event-${event}`)])
      await clock.advance(seconds)
    }
    expect(bus.archived().map((event) => event['detail-type'])).toEqual(['event-3', 'event-4', 'event-5'])
    events.length = 0
    expect(bus.replay(start + 3 * seconds, start + 4 * seconds, { name: 'again' })).toBe(1)
    await clock.advance(0)
    expect(events).toMatchObject([{ 'detail-type': 'event-4', 'replay-name': 'again' }])
    expect(bus.archived().map((event) => event['detail-type'])).toEqual(['event-3', 'event-4', 'event-5'])
    expect(bus.replay(start, start + hours, { rules: ['other'] })).toBe(3)
    await clock.advance(0)
    expect(events).toHaveLength(1)
  })
})

const texts = (message: OutgoingMessage) =>
  Object.fromEntries(Object.entries(message.MessageAttributes ?? {}).map(([name, value]) => [name, value.StringValue]))
