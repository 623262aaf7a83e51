import { AwsError } from '../endpoint/aws-error.ts'
import type { Cancel, StackClock } from '../clock/clock.ts'
import { type OutgoingMessage, textAttributes } from '../sqs/message.ts'
import { RetryingSender, type DeliveryCounts, type Undelivered } from '../eventbridge/delivery.ts'
import type { InFlight, Waiting } from '../clock/in-flight.ts'
import { parseSchedule, type Recurrence } from '../eventbridge/schedule-expression.ts'
import { requireName, requireSchedule, type ScheduleRequest, type ScheduleTarget } from './schedule-request.ts'
import { uuid } from '../clock/uuid.ts'

export type { ScheduleRequest, ScheduleTarget } from './schedule-request.ts'

/** Answer of `GetSchedule`. */
export interface Schedule extends Omit<ScheduleRequest, 'ClientToken'> {
  readonly Arn: string
  readonly GroupName: string
  readonly ScheduleExpressionTimezone: string
  readonly State: 'ENABLED' | 'DISABLED'
  readonly ActionAfterCompletion: 'NONE' | 'DELETE'
  /** Seconds since 1970. */
  readonly CreationDate: number
  /** Seconds since 1970. */
  readonly LastModificationDate: number
}

export interface ScheduleGroup {
  readonly Name: string
  readonly Arn: string
  readonly State: 'ACTIVE'
  /** Seconds since 1970. */
  readonly CreationDate: number
  /** Seconds since 1970. */
  readonly LastModificationDate: number
}

export interface SchedulerSettings {
  readonly account: string
  readonly region: string
}

export interface SchedulerDeps {
  readonly clock: StackClock
  /** 0 <= random() < 1: ids and jitter. */
  readonly random: () => number
  /** Delivers `input` (context attributes replaced); rejections are retried as for the target of a rule. */
  readonly deliver: (target: ScheduleTarget, input: string, schedule: Schedule) => Promise<void>
  /** Sends to the queue with that ARN. */
  readonly deadLetter: (queueArn: string, message: OutgoingMessage) => Promise<void>
  /** When a schedule that falls due at `due` runs; without it at that time. */
  readonly runsAt?: (due: number) => number
}

interface Entry {
  schedule: Schedule
  token: string | undefined
  recurrence: Recurrence
  due: number | undefined
  cancel: Cancel | undefined
}

/** How long ago `at(...)` may be and still run: the precision of EventBridge Scheduler. */
const latestMs = 60_000

/** EventBridge Scheduler. Errors are AwsError `ConflictException`, `ResourceNotFoundException`, `ValidationException`. */
export class Scheduler {
  readonly #settings: SchedulerSettings
  readonly #deps: SchedulerDeps
  readonly #sender: RetryingSender
  readonly #groups = new Map<string, ScheduleGroup>()
  readonly #entries = new Map<string, Entry>()

  constructor(settings: SchedulerSettings, deps: SchedulerDeps) {
    this.#settings = settings
    this.#deps = deps
    this.#sender = new RetryingSender(deps)
    this.createGroup('default')
  }

  createGroup(name: string): { ScheduleGroupArn: string } {
    requireName(name)
    if (this.#groups.has(name)) throw new AwsError('ConflictException', `Schedule group ${name} already exists.`, 409)
    const now = this.#seconds()
    const Arn = this.#arn(`schedule-group/${name}`)
    this.#groups.set(name, { Name: name, Arn, State: 'ACTIVE', CreationDate: now, LastModificationDate: now })
    return { ScheduleGroupArn: Arn }
  }

  getGroup(name: string): ScheduleGroup {
    const group = this.#groups.get(name)
    if (!group) throw new AwsError('ResourceNotFoundException', `Schedule group ${name} does not exist.`, 404)
    return group
  }

  /** Deletes the group and all its schedules, at once. */
  deleteGroup(name: string): void {
    this.getGroup(name)
    if (name === 'default') throw new AwsError('ValidationException', 'The default schedule group cannot be deleted.')
    for (const { schedule } of this.#entries.values()) if (schedule.GroupName === name) this.delete(schedule.Name, name)
    this.#groups.delete(name)
  }

  /** Sorted by name. */
  listGroups(): ScheduleGroup[] {
    return [...this.#groups.values()].toSorted((a, b) => (a.Name < b.Name ? -1 : 1))
  }

  /** The same `ClientToken` for the same name succeeds again and changes nothing. */
  create(request: ScheduleRequest): { ScheduleArn: string } {
    const now = this.#seconds()
    const prepared = this.#prepare(request, now)
    const { Name, GroupName, Arn } = prepared.schedule
    const known = this.#entries.get(keyOf(Name, GroupName))
    if (known) {
      if (known.token !== undefined && known.token === request.ClientToken) return { ScheduleArn: Arn }
      throw new AwsError('ConflictException', `Schedule ${Name} already exists.`, 409)
    }
    this.#entries.set(keyOf(Name, GroupName), prepared)
    this.#set(prepared, this.#deps.clock.now() - latestMs)
    return { ScheduleArn: Arn }
  }

  /** Replaces the whole schedule: what the request leaves out gets its default. */
  update(request: ScheduleRequest): { ScheduleArn: string } {
    const known = this.#entry(request.Name, request.GroupName)
    const prepared = this.#prepare(request, known.schedule.CreationDate)
    known.cancel?.()
    this.#entries.set(keyOf(prepared.schedule.Name, prepared.schedule.GroupName), prepared)
    this.#set(prepared, this.#deps.clock.now() - latestMs)
    return { ScheduleArn: prepared.schedule.Arn }
  }

  get(name: string, group?: string): Schedule {
    return this.#entry(name, group).schedule
  }

  /** A delivery under way goes on. */
  delete(name: string, group?: string): void {
    const entry = this.#entry(name, group)
    entry.cancel?.()
    this.#entries.delete(keyOf(entry.schedule.Name, entry.schedule.GroupName))
  }

  /** Sorted by group and name. The caller pages. */
  list(filter: { readonly group?: string; readonly namePrefix?: string; readonly state?: string } = {}): Schedule[] {
    if (filter.group !== undefined) this.getGroup(filter.group)
    return [...this.#entries.values()]
      .map((entry) => entry.schedule)
      .filter((schedule) => filter.group === undefined || schedule.GroupName === filter.group)
      .filter((schedule) => schedule.Name.startsWith(filter.namePrefix ?? ''))
      .filter((schedule) => filter.state === undefined || schedule.State === filter.state)
      .toSorted((a, b) => (keyOf(a.Name, a.GroupName) < keyOf(b.Name, b.GroupName) ? -1 : 1))
  }

  /** How many schedules there are. */
  get size(): number {
    return this.#entries.size
  }

  /** When a schedule runs next, in milliseconds since 1970. */
  nextRun(name: string, group?: string): number | undefined {
    return this.#entry(name, group).due
  }

  counts(): DeliveryCounts {
    return this.#sender.counts()
  }

  /** Deliveries under way are `now`; retries are `later`. Schedules whose time has not come are not in flight. */
  inFlight(): InFlight {
    return this.#sender.inFlight()
  }

  waiting(): Waiting[] {
    return this.#sender.waiting()
  }

  stop(): void {
    for (const entry of this.#entries.values()) entry.cancel?.()
    this.#sender.stop()
  }

  #entry(name: string, group = 'default'): Entry {
    const entry = this.#entries.get(keyOf(name, group))
    if (!entry) throw new AwsError('ResourceNotFoundException', `Schedule ${name} does not exist.`, 404)
    return entry
  }

  #prepare(request: ScheduleRequest, createdAt: number): Entry {
    requireSchedule(request)
    const { ClientToken: token, ...rest } = request
    const group = this.getGroup(request.GroupName ?? 'default').Name
    const zone = request.ScheduleExpressionTimezone ?? 'UTC'
    const now = this.#deps.clock.now()
    const recurrence = parseSchedule(request.ScheduleExpression, zone, Math.max(now, (request.StartDate ?? 0) * 1000))
    if (recurrence.next(now - latestMs) === undefined) {
      throw new AwsError(
        'ValidationException',
        `Invalid Schedule Expression ${request.ScheduleExpression}: it never runs.`,
      )
    }
    const schedule: Schedule = {
      ...rest,
      Arn: this.#arn(`schedule/${group}/${request.Name}`),
      GroupName: group,
      ScheduleExpressionTimezone: zone,
      State: request.State ?? 'ENABLED',
      ActionAfterCompletion: request.ActionAfterCompletion ?? 'NONE',
      CreationDate: createdAt,
      LastModificationDate: this.#seconds(),
    }
    return { schedule, token, recurrence, due: undefined, cancel: undefined }
  }

  #set(entry: Entry, after: number): void {
    const { schedule } = entry
    const once = schedule.ScheduleExpression.startsWith('at(')
    const start = once ? 0 : (schedule.StartDate ?? 0) * 1000
    const end = once ? Infinity : (schedule.EndDate ?? Infinity) * 1000
    const due = entry.recurrence.next(Math.max(once ? after : Math.max(after, this.#deps.clock.now() - 1), start - 1))
    entry.due = due !== undefined && due <= end ? due : undefined
    if (entry.due === undefined || schedule.State === 'DISABLED') return
    entry.cancel = this.#deps.clock.at(entry.due, () => this.#run(entry, entry.due ?? 0))
  }

  #run(entry: Entry, due: number): void {
    const { schedule } = entry
    const at = this.#deps.runsAt?.(due) ?? due
    if (at > this.#deps.clock.now()) return void (entry.cancel = this.#deps.clock.at(at, () => this.#run(entry, due)))
    this.#set(entry, due)
    const last = entry.due === undefined && schedule.ActionAfterCompletion === 'DELETE'
    this.#deliver(schedule, due, () => {
      const known = this.#entries.get(keyOf(schedule.Name, schedule.GroupName))
      if (last && known === entry) this.delete(schedule.Name, schedule.GroupName)
    })
  }

  #deliver(schedule: Schedule, due: number, done: () => void): void {
    const { RetryPolicy: retry, DeadLetterConfig: letters } = schedule.Target
    const run = { scheduledTime: isoSeconds(due), executionId: uuid(this.#deps.random) }
    this.#sender.send({
      what: `schedule ${schedule.GroupName}/${schedule.Name}`,
      retry: {
        ...(retry?.MaximumRetryAttempts !== undefined && { maximumRetryAttempts: retry.MaximumRetryAttempts }),
        ...(retry?.MaximumEventAgeInSeconds !== undefined && {
          maximumEventAgeSeconds: retry.MaximumEventAgeInSeconds,
        }),
      },
      deliver: (attempt) => this.#deps.deliver(schedule.Target, inputOf(schedule, run, attempt), schedule),
      giveUp: async (undelivered) => {
        if (!letters?.Arn) return false
        await this.#deps.deadLetter(letters.Arn, deadLetter(schedule, run, undelivered))
        return true
      },
      done,
    })
  }

  #arn(resource: string): string {
    return `arn:aws:scheduler:${this.#settings.region}:${this.#settings.account}:${resource}`
  }

  #seconds(): number {
    return this.#deps.clock.now() / 1000
  }
}

/** One run of a schedule. */
interface Run {
  readonly scheduledTime: string
  readonly executionId: string
}

const keyOf = (name: string, group: string): string => `${group}/${name}`

const isoSeconds = (time: number): string => new Date(time).toISOString().replace(/\.\d+Z$/, 'Z')

function inputOf(schedule: Schedule, run: Run, attempt: number): string {
  return (schedule.Target.Input ?? '')
    .replaceAll('<aws.scheduler.schedule-arn>', schedule.Arn)
    .replaceAll('<aws.scheduler.scheduled-time>', run.scheduledTime)
    .replaceAll('<aws.scheduler.execution-id>', run.executionId)
    .replaceAll('<aws.scheduler.attempt-number>', String(attempt))
}

function deadLetter(schedule: Schedule, run: Run, undelivered: Undelivered): OutgoingMessage {
  return {
    MessageBody: inputOf(schedule, run, undelivered.retries + 1),
    MessageAttributes: textAttributes({
      ERROR_CODE: undelivered.code,
      ERROR_MESSAGE: undelivered.message,
      EXECUTION_ID: run.executionId,
      EXHAUSTED_RETRY_CONDITION: undelivered.exhausted,
      IS_PAYLOAD_TRUNCATED: 'false',
      RETRY_ATTEMPTS: String(undelivered.retries),
      SCHEDULED_TIME: run.scheduledTime,
      SCHEDULE_ARN: schedule.Arn,
      TARGET_ARN: schedule.Target.Arn,
    }),
  }
}
