import { describe, expect, test } from 'vitest'
import { AwsError } from '../../localstack/endpoint/aws-error.ts'
import type { OutgoingMessage } from '../../localstack/sqs/message.ts'
import { parseRuleSchedule, parseSchedule } from '../../localstack/eventbridge/schedule-expression.ts'
import { type ScheduleRequest, Scheduler } from '../../localstack/scheduler/scheduler.ts'
import { hours, minutes, modelDeps, seconds, start } from './model-deps.ts'

function schedulerUnderTest(
  fail: (attempt: number) => Error | undefined = () => undefined,
  runsAt?: (due: number) => number,
) {
  const deps = modelDeps()
  const runs: { at: number; input: string }[] = []
  const letters: { queueArn: string; message: OutgoingMessage }[] = []
  let attempts = 0
  const scheduler = new Scheduler(
    { account: '000000000000', region: 'eu-west-1' },
    {
      ...deps,
      deliver: async (_, input) => {
        attempts += 1
        const error = fail(attempts)
        if (error) throw error
        runs.push({ at: deps.clock.now(), input })
      },
      deadLetter: async (queueArn, message) => {
        letters.push({ queueArn, message })
      },
      ...(runsAt && { runsAt }),
    },
  )
  return { scheduler, clock: deps.clock, runs, letters, attempts: () => attempts }
}

const request = (settings: Partial<ScheduleRequest> = {}): ScheduleRequest => ({
  Name: 'ord_1',
  ScheduleExpression: 'at(2026-03-02T00:00:00)',
  FlexibleTimeWindow: { Mode: 'OFF' },
  Target: {
    Arn: 'arn:aws:sqs:eu-west-1:000000000000:orders',
    RoleArn: 'arn:aws:iam::000000000000:role/scheduler',
    Input: '{"detail":{}}',
    DeadLetterConfig: { Arn: 'arn:dead' },
  },
  ...settings,
})

const code = (expected: string) => expect.objectContaining({ code: expected })

describe('EventBridge Scheduler', () => {
  test('delivers within its precision when it is let, with the time that was asked for; not what is deleted before', async () => {
    const { scheduler, clock, runs } = schedulerUnderTest(undefined, (due) => due + 30 * seconds)
    const Target = { ...request().Target, Input: '<aws.scheduler.scheduled-time>' }
    scheduler.create(request({ Target }))
    scheduler.create(request({ Name: 'ord_2' }))
    await clock.advance(24 * hours + 29 * seconds)
    expect(runs).toEqual([])
    scheduler.delete('ord_2')
    await clock.advance(1 * seconds)
    expect(runs).toEqual([{ at: start + 24 * hours + 30 * seconds, input: '2026-03-02T00:00:00Z' }])
  })

  test('delivers a one-time schedule at its time and deletes it after completion', async () => {
    const { scheduler, clock, runs } = schedulerUnderTest()
    scheduler.create(request({ ActionAfterCompletion: 'DELETE' }))
    scheduler.create(request({ Name: 'stays' }))
    expect(scheduler.nextRun('ord_1')).toBe(start + 24 * hours)
    expect(scheduler.inFlight()).toEqual({ now: 0, later: 0 })
    await clock.advance(24 * hours - 1)
    expect(runs).toEqual([])
    await clock.advance(1)
    expect(runs).toEqual([
      { at: start + 24 * hours, input: '{"detail":{}}' },
      { at: start + 24 * hours, input: '{"detail":{}}' },
    ])
    expect(scheduler.list().map(({ Name }) => Name)).toEqual(['stays'])
    await clock.advance(24 * hours)
    expect(runs).toHaveLength(2)
  })

  test('keeps a schedule until its delivery is through, however often that has to be tried', async () => {
    const { scheduler, clock, runs } = schedulerUnderTest((attempt) =>
      attempt < 3 ? new Error('unavailable') : undefined,
    )
    scheduler.create(request({ ActionAfterCompletion: 'DELETE' }))
    await clock.advance(24 * hours)
    expect(scheduler.list()).toHaveLength(1)
    expect(scheduler.inFlight()).toMatchObject({ now: 0, later: 1 })
    await clock.advance(minutes)
    expect(runs).toHaveLength(1)
    expect(scheduler.list()).toEqual([])
  })

  test('answers as created, with the defaults', async () => {
    const { scheduler } = schedulerUnderTest()
    const created = scheduler.create(request({ ClientToken: 'once' }))
    expect(scheduler.get('ord_1')).toEqual({
      ...request(),
      Arn: 'arn:aws:scheduler:eu-west-1:000000000000:schedule/default/ord_1',
      GroupName: 'default',
      ScheduleExpressionTimezone: 'UTC',
      State: 'ENABLED',
      ActionAfterCompletion: 'NONE',
      CreationDate: start / 1000,
      LastModificationDate: start / 1000,
    })
    expect(created.ScheduleArn).toBe(scheduler.get('ord_1').Arn)
  })

  test('refuses a second schedule of a name, except the same call come twice', () => {
    const { scheduler } = schedulerUnderTest()
    const first = scheduler.create(request({ ClientToken: 'once' }))
    expect(scheduler.create(request({ ClientToken: 'once' }))).toEqual(first)
    expect(() => scheduler.create(request({ ClientToken: 'other' }))).toThrow(code('ConflictException'))
    expect(() => scheduler.create(request())).toThrow(code('ConflictException'))
  })

  test('does not know what was deleted or never was', () => {
    const { scheduler } = schedulerUnderTest()
    scheduler.create(request())
    scheduler.delete('ord_1')
    const unknown = code('ResourceNotFoundException')
    expect(() => scheduler.delete('ord_1')).toThrow(unknown)
    expect(() => scheduler.get('ord_1')).toThrow(unknown)
    expect(() => scheduler.update(request())).toThrow(unknown)
    expect(() => scheduler.create(request({ GroupName: 'nowhere' }))).toThrow(unknown)
  })

  test('runs nothing that was deleted or disabled in time', async () => {
    const { scheduler, clock, runs } = schedulerUnderTest()
    scheduler.create(request())
    scheduler.create(request({ Name: 'disabled', State: 'DISABLED' }))
    scheduler.delete('ord_1')
    await clock.advance(48 * hours)
    expect(runs).toEqual([])
  })

  test('runs an updated schedule at its new time alone', async () => {
    const { scheduler, clock, runs } = schedulerUnderTest()
    scheduler.create(request())
    await clock.advance(hours)
    scheduler.update(request({ ScheduleExpression: 'at(2026-03-01T06:00:00)' }))
    expect(scheduler.get('ord_1')).toMatchObject({
      CreationDate: start / 1000,
      LastModificationDate: (start + hours) / 1000,
    })
    await clock.advance(48 * hours)
    expect(runs.map(({ at }) => at)).toEqual([start + 6 * hours])
  })

  test('replaces the context attributes of the input', async () => {
    const { scheduler, clock, runs } = schedulerUnderTest((attempt) =>
      attempt < 2 ? new Error('unavailable') : undefined,
    )
    const Input =
      '<aws.scheduler.schedule-arn> <aws.scheduler.scheduled-time> <aws.scheduler.attempt-number> <aws.scheduler.execution-id>'
    scheduler.create(request({ Target: { ...request().Target, Input } }))
    await clock.advance(25 * hours)
    expect(runs[0]!.input).toMatch(
      /^arn:aws:scheduler:eu-west-1:000000000000:schedule\/default\/ord_1 2026-03-02T00:00:00Z 2 [0-9a-f-]{36}$/,
    )
  })

  test('gives a delivery up into its dead-letter queue', async () => {
    const { scheduler, clock, letters, attempts } = schedulerUnderTest(() => new AwsError('QueueBusy', 'busy'))
    scheduler.create(request({ Target: { ...request().Target, RetryPolicy: { MaximumRetryAttempts: 1 } } }))
    await clock.advance(25 * hours)
    expect(attempts()).toBe(2)
    const [letter] = letters
    expect(letter).toMatchObject({ queueArn: 'arn:dead', message: { MessageBody: '{"detail":{}}' } })
    const attributes = Object.entries(letter!.message.MessageAttributes!).map(([name, value]) => [
      name,
      value.StringValue,
    ])
    expect(Object.fromEntries(attributes)).toEqual({
      ERROR_CODE: 'QueueBusy',
      ERROR_MESSAGE: 'busy',
      EXECUTION_ID: expect.any(String),
      EXHAUSTED_RETRY_CONDITION: 'MaximumRetryAttempts',
      IS_PAYLOAD_TRUNCATED: 'false',
      RETRY_ATTEMPTS: '1',
      SCHEDULED_TIME: '2026-03-02T00:00:00Z',
      SCHEDULE_ARN: 'arn:aws:scheduler:eu-west-1:000000000000:schedule/default/ord_1',
      TARGET_ARN: 'arn:aws:sqs:eu-west-1:000000000000:orders',
    })
  })

  test('repeats a rate from its start date to its end date, and is done then', async () => {
    const { scheduler, clock, runs } = schedulerUnderTest()
    const [StartDate, EndDate] = [(start + hours) / 1000, (start + 3 * hours) / 1000]
    scheduler.create(
      request({ ScheduleExpression: 'rate(1 hours)', StartDate, EndDate, ActionAfterCompletion: 'DELETE' }),
    )
    await clock.advance(10 * hours)
    expect(runs.map(({ at }) => (at - start) / hours)).toEqual([1, 2, 3])
    expect(scheduler.list()).toEqual([])
  })

  test('starts a rate without a start date at once', async () => {
    const { scheduler, clock, runs } = schedulerUnderTest()
    scheduler.create(request({ ScheduleExpression: 'rate(5 minutes)' }))
    await clock.advance(11 * minutes)
    expect(runs.map(({ at }) => (at - start) / minutes)).toEqual([0, 5, 10])
  })

  test('runs a one-time schedule of the last minute at once and refuses an earlier one', async () => {
    const { scheduler, clock, runs } = schedulerUnderTest()
    await clock.advance(10 * minutes + 30 * seconds)
    scheduler.create(request({ ScheduleExpression: 'at(2026-03-01T00:10:00)' }))
    await clock.advance(0)
    expect(runs).toHaveLength(1)
    expect(() => scheduler.create(request({ Name: 'late', ScheduleExpression: 'at(2026-03-01T00:09:00)' }))).toThrow(
      code('ValidationException'),
    )
  })

  test('has groups, which take their schedules with them', () => {
    const { scheduler } = schedulerUnderTest()
    scheduler.createGroup('holds')
    expect(() => scheduler.createGroup('holds')).toThrow(code('ConflictException'))
    scheduler.create(request({ GroupName: 'holds', Name: 'b' }))
    scheduler.create(request({ GroupName: 'holds', Name: 'a', State: 'DISABLED' }))
    scheduler.create(request())
    expect(scheduler.list({ group: 'holds' }).map(({ Name }) => Name)).toEqual(['a', 'b'])
    expect(scheduler.list({ group: 'holds', state: 'ENABLED' }).map(({ Name }) => Name)).toEqual(['b'])
    expect(scheduler.list({ namePrefix: 'ord' }).map(({ Name }) => Name)).toEqual(['ord_1'])
    scheduler.deleteGroup('holds')
    expect(scheduler.listGroups().map(({ Name }) => Name)).toEqual(['default'])
    expect(scheduler.list().map(({ Name }) => Name)).toEqual(['ord_1'])
    expect(() => scheduler.deleteGroup('default')).toThrow(code('ValidationException'))
    expect(() => scheduler.list({ group: 'holds' })).toThrow(code('ResourceNotFoundException'))
  })

  test.for<[string, Partial<ScheduleRequest>, string]>([
    ['a name with a slash', { Name: 'a/b' }, 'Name'],
    ['a name of 65 characters', { Name: 'a'.repeat(65) }, 'Name'],
    ['a flexible window', { FlexibleTimeWindow: { Mode: 'FLEXIBLE' } }, 'FlexibleTimeWindow.Mode'],
    ['an unknown zone', { ScheduleExpressionTimezone: 'Mars/Olympus' }, 'ScheduleExpressionTimezone'],
    ['a target that is no ARN', { Target: { Arn: 'orders', RoleArn: 'arn:aws:iam::0:role/r' } }, 'Target.Arn'],
    ['no role', { Target: { Arn: 'arn:x', RoleArn: '' } }, 'Target.RoleArn'],
    [
      'too many retries',
      { Target: { ...request().Target, RetryPolicy: { MaximumRetryAttempts: 186 } } },
      'MaximumRetryAttempts',
    ],
    ['an end before the start', { StartDate: 2, EndDate: 1 }, 'EndDate'],
    ['an unknown expression', { ScheduleExpression: 'in(5 minutes)' }, 'Invalid Schedule Expression'],
    ['a date that is none', { ScheduleExpression: 'at(2026-02-30T00:00:00)' }, 'Invalid Schedule Expression'],
    ['a rate of nothing', { ScheduleExpression: 'rate(0 minutes)' }, 'Invalid Schedule Expression'],
    ['both days given', { ScheduleExpression: 'cron(0 10 1 * MON *)' }, 'Invalid Schedule Expression'],
    ['steps of nothing', { ScheduleExpression: 'cron(22-1/0 10 * * ? *)' }, 'Invalid Schedule Expression'],
    ['five fields', { ScheduleExpression: 'cron(0 10 * * ?)' }, 'Invalid Schedule Expression'],
  ])('refuses %s', ([, settings, reason]) => {
    const { scheduler } = schedulerUnderTest()
    expect(() => scheduler.create(request(settings))).toThrow(
      expect.objectContaining({ code: 'ValidationException', message: expect.stringContaining(reason) }),
    )
  })
})

describe('a schedule expression', () => {
  const runsOf = (expression: string, zone: string, after: string, count: number): string[] => {
    const recurrence = parseSchedule(expression, zone, Date.parse(after))
    const runs: string[] = []
    let time: number | undefined = Date.parse(after)
    for (let run = 0; run < count; run++) {
      time = recurrence.next(time)
      if (time === undefined) break
      runs.push(new Date(time).toISOString().slice(0, 16))
    }
    return runs
  }

  test.for<[string, string[]]>([
    ['cron(0 10 * * ? *)', ['2026-03-01T10:00', '2026-03-02T10:00']],
    ['cron(15 12 * * ? *)', ['2026-03-01T12:15', '2026-03-02T12:15']],
    ['cron(0 18 ? * MON-FRI *)', ['2026-03-02T18:00', '2026-03-03T18:00']],
    ['cron(0 8 1 * ? *)', ['2026-03-01T08:00', '2026-04-01T08:00']],
    ['cron(0/15 * * * ? *)', ['2026-03-01T00:15', '2026-03-01T00:30']],
    ['cron(5/20 8-9 ? * 2-6 *)', ['2026-03-02T08:05', '2026-03-02T08:25', '2026-03-02T08:45', '2026-03-02T09:05']],
    ['cron(0/30 22-1 ? * SUN-MON *)', ['2026-03-01T00:30', '2026-03-01T01:00', '2026-03-01T01:30', '2026-03-01T22:00']],
    ['cron(0 0 1 NOV-FEB/2 ? *)', ['2026-11-01T00:00', '2027-01-01T00:00']],
    ['cron(0 9 ? * 2#1 *)', ['2026-03-02T09:00', '2026-04-06T09:00']],
    ['cron(15 10 ? * 6L 2026-2027)', ['2026-03-27T10:15', '2026-04-24T10:15']],
    ['cron(0 10 ? * L *)', ['2026-03-07T10:00', '2026-03-14T10:00']],
    ['cron(0 10 L * ? *)', ['2026-03-31T10:00', '2026-04-30T10:00']],
    ['cron(0 10 15W * ? *)', ['2026-03-16T10:00', '2026-04-15T10:00']],
    ['cron(0 10 1 1 ? 2024-2025)', []],
    ['rate(2 days)', ['2026-03-03T00:00', '2026-03-05T00:00']],
    ['at(2026-03-05T07:30:00)', ['2026-03-05T07:30']],
  ])('%s', ([expression, expected]) => {
    expect(runsOf(expression, 'UTC', '2026-03-01T00:00:00Z', expected.length || 1)).toEqual(expected)
  })

  test('is read on the wall clock of its zone', () => {
    expect(runsOf('cron(30 8 * * ? *)', 'America/New_York', '2026-03-06T00:00:00Z', 3)).toEqual([
      '2026-03-06T13:30',
      '2026-03-07T13:30',
      '2026-03-08T12:30',
    ])
    expect(runsOf('at(2026-07-01T12:00:00)', 'Europe/Berlin', '2026-03-01T00:00:00Z', 1)).toEqual(['2026-07-01T10:00'])
    expect(runsOf('at(2026-07-01T12:00:00)', 'Asia/Kolkata', '2026-03-01T00:00:00Z', 1)).toEqual(['2026-07-01T06:30'])
  })

  test('skips a time that the clocks skip in spring', () => {
    expect(runsOf('cron(30 2 * * ? *)', 'America/New_York', '2026-03-07T00:00:00Z', 2)).toEqual([
      '2026-03-07T07:30',
      '2026-03-09T06:30',
    ])
  })

  test('runs once at a time that the clocks repeat in autumn', () => {
    expect(runsOf('cron(30 1 * * ? *)', 'America/New_York', '2026-11-01T00:00:00Z', 2)).toEqual([
      '2026-11-01T05:30',
      '2026-11-02T06:30',
    ])
    expect(runsOf('cron(0/30 1 * * ? *)', 'America/New_York', '2026-11-01T00:00:00Z', 4)).toEqual([
      '2026-11-01T05:00',
      '2026-11-01T05:30',
      '2026-11-02T06:00',
      '2026-11-02T06:30',
    ])
    expect(runsOf('at(2026-11-01T01:30:00)', 'America/New_York', '2026-10-01T00:00:00Z', 1)).toEqual([
      '2026-11-01T05:30',
    ])
  })

  test('counts the days of a rate as 24 hours, whatever the clocks do', () => {
    expect(runsOf('rate(1 days)', 'America/New_York', '2026-03-07T12:00:00Z', 2)).toEqual([
      '2026-03-08T12:00',
      '2026-03-09T12:00',
    ])
  })

  test('of a rule has the singular for one and counts from the creation of the rule', () => {
    const created = Date.parse('2026-03-01T00:00:30Z')
    expect(parseRuleSchedule('rate(1 minute)', created).next(created)).toBe(created + 60_000)
    for (const wrong of [
      'rate(1 minutes)',
      'rate(5 minute)',
      'at(2026-03-05T07:30:00)',
      'cron(* * * * * *)',
      'rate(1 week)',
    ]) {
      expect(() => parseRuleSchedule(wrong, created), wrong).toThrow(code('ValidationException'))
    }
  })
})
