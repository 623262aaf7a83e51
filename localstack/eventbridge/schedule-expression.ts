import { Cron } from 'croner'
import { AwsError } from '../endpoint/aws-error.ts'
import { instantOf, isRepeated } from './time-zone.ts'
import { own } from '../../schemas/own.ts'

/** When something is due. All times in milliseconds since 1970. */
export interface Recurrence {
  /** The first time after `after`. */
  next(after: number): number | undefined
}

const unitMs: Readonly<Record<string, number>> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 }

/** `rate(...)` or `cron(...)` of an EventBridge rule, in UTC; rates count from `createdAt`. Throws AwsError `ValidationException`. */
export function parseRuleSchedule(expression: string, createdAt: number): Recurrence {
  const rate = /^rate\((\d+) (minute|hour|day)(s?)\)$/.exec(expression)
  if (rate) {
    const [, value, unit = '', plural] = rate
    if ((value === '1') === (plural === 's')) throw invalidExpression('Parameter ScheduleExpression is not valid.')
    return every(Number(value) * (own(unitMs, unit) ?? 0), createdAt, expression)
  }
  return parseCron(expression, 'UTC') ?? fail('Parameter ScheduleExpression is not valid.')
}

/**
 * `at(...)`, `rate(...)` or `cron(...)` of EventBridge Scheduler in a time zone; a rate is due at `anchor` and then every period.
 * Throws AwsError `ValidationException`.
 */
export function parseSchedule(expression: string, zone: string, anchor: number): Recurrence {
  const at = /^at\((\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})\)$/.exec(expression)
  if (at?.[1]) return once(instantOf(at[1], zone) ?? fail(`Invalid Schedule Expression ${expression}.`))
  const rate = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(expression)
  if (rate) {
    const period = Number(rate[1]) * (own(unitMs, rate[2] ?? '') ?? 0)
    return every(period, anchor - period, expression)
  }
  return parseCron(expression, zone) ?? fail(`Invalid Schedule Expression ${expression}.`)
}

const once = (time: number): Recurrence => ({ next: (after) => (time > after ? time : undefined) })

function every(periodMs: number, anchor: number, expression: string): Recurrence {
  if (periodMs <= 0) throw invalidExpression(`Invalid Schedule Expression ${expression}.`)
  return { next: (after) => anchor + Math.max(1, Math.floor((after - anchor) / periodMs) + 1) * periodMs }
}

/** Six fields: minutes, hours, day of month, month, day of week (1 is Sunday), year; one of the two days is `?`. */
function parseCron(expression: string, zone: string): Recurrence | undefined {
  const fields = /^cron\((.*)\)$/.exec(expression)?.[1]?.trim().split(/\s+/)
  if (!fields || fields.length !== 6) return undefined
  const [minutes = '', hours = '', dayOfMonth = '', month = '', dayOfWeek = '', year = ''] = fields
  if ((dayOfMonth === '?') === (dayOfWeek === '?')) return undefined
  if ([minutes, hours, month, year].some((field) => field.includes('?'))) return undefined
  const pattern = [
    '0',
    plainField(minutes, 0, 59),
    plainField(hours, 0, 23),
    dayOfMonth === '?' ? '*' : plainField(dayOfMonth, 1, 31),
    plainField(named(month, months), 1, 12),
    weekdays(named(dayOfWeek, days)),
    plainField(year, 1970, 2199),
  ].join(' ')
  try {
    return cronRecurrence(
      new Cron(pattern, { mode: '7-part', alternativeWeekdays: true, timezone: zone, paused: true }),
      zone,
    )
  } catch {
    return undefined
  }
}

const months = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC']
const days = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT']

const named = (field: string, names: readonly string[]): string =>
  names.reduce((text, name, index) => text.replaceAll(new RegExp(name, 'gi'), String(index + 1)), field)

/** A lone `L` is the last day of the week. */
function weekdays(field: string): string {
  if (field === '?') return '*'
  return field === 'L' ? '7' : plainField(field, 1, 7)
}

/** AWS reads `5/15` as "every 15 from 5 on", and `20-2` as a range over the end of the field. */
function plainField(field: string, least: number, most: number): string {
  return field
    .split(',')
    .map((item) => {
      const [, from, to = String(most), step = '1'] = /^(\d+)(?:-(\d+))?(?:\/([1-9]\d*))?$/.exec(item) ?? []
      if (from === undefined || from === item) return item
      return Number(from) <= Number(to)
        ? `${from}-${to}/${step}`
        : wrappedRange(Number(from), Number(to) + most - least + 1, Number(step), least, most)
    })
    .join(',')
}

function wrappedRange(from: number, to: number, step: number, least: number, most: number): string {
  const values: number[] = []
  for (let value = from; value <= to; value += step) {
    values.push(least + ((value - least) % (most - least + 1)))
  }
  return values.join(',')
}

/**
 * A time that the clocks skip in spring is skipped, one that they repeat in autumn runs the first time only (EventBridge Scheduler
 * user guide, "Daylight savings time").
 */
function cronRecurrence(cron: Cron, zone: string): Recurrence {
  return {
    next: (after) => {
      let from = after
      for (;;) {
        const run = cron.nextRun(new Date(from))?.getTime()
        if (run === undefined) return undefined
        if (cron.match(new Date(run)) && !isRepeated(run, zone)) return run
        from = run
      }
    },
  }
}

const invalidExpression = (message: string): AwsError => new AwsError('ValidationException', message)

function fail(message: string): never {
  throw invalidExpression(message)
}
