import { Archive, type ArchiveSettings } from './archive.ts'
import { AwsError } from '../endpoint/aws-error.ts'
import type { Cancel, StackClock } from '../clock/clock.ts'
import { type OutgoingMessage, textAttributes } from '../sqs/message.ts'
import { RetryingSender, type DeliveryCounts, type RetryPolicy, type Undelivered } from './delivery.ts'
import type { InFlight, Waiting } from '../clock/in-flight.ts'
import type { BusEvent } from './bus-event.ts'
import { compilePattern, type Pattern } from './pattern.ts'
import { type PutEventsEntry, readEntry, requireEntries } from './put-events.ts'
import { parseRuleSchedule, type Recurrence } from './schedule-expression.ts'
import { uuid } from '../clock/uuid.ts'

export type { PutEventsEntry } from './put-events.ts'

export interface PutEventsAnswer {
  readonly FailedEntryCount: number
  readonly Entries: readonly (
    | { readonly EventId: string }
    | { readonly ErrorCode: string; readonly ErrorMessage: string }
  )[]
}

export interface RuleTarget {
  readonly id: string
  readonly arn: string
  /**
   * Delivers; a rejection is retried within `retry`, except AwsErrors that will not pass (no permission, no such resource, invalid
   * input), which go to the dead letters at once.
   */
  readonly deliver: (event: BusEvent, traceHeader?: string) => Promise<void>
  readonly retry?: RetryPolicy
  /** The target's dead-letter queue; without it what cannot be delivered is dropped (and counted). */
  readonly deadLetter?: (message: OutgoingMessage) => Promise<void>
}

export interface RuleSettings {
  readonly name: string
  readonly arn: string
  readonly enabled?: boolean
  /** Parsed JSON of the event pattern. */
  readonly pattern?: unknown
  /** `rate(...)` or `cron(...)`, UTC; on the default bus alone. */
  readonly schedule?: string
  /** At most 5. */
  readonly targets: readonly RuleTarget[]
}

export interface BusSettings {
  /** `default` or the name of a custom bus. */
  readonly name: string
  readonly arn: string
  readonly account: string
  readonly region: string
  /** Without it nothing is archived. */
  readonly archive?: ArchiveSettings
}

export interface BusDeps {
  readonly clock: StackClock
  /** 0 <= random() < 1: ids and jitter. */
  readonly random: () => number
}

export interface BusCounts extends DeliveryCounts {
  readonly accepted: number
  /** Pairs of event and rule that matched. */
  readonly matched: number
}

interface Rule {
  readonly settings: RuleSettings
  readonly pattern: Pattern | undefined
  cancel: Cancel | undefined
}

/** Quota for the text of a pattern. */
const longestPattern = 2048

/** One EventBridge event bus. */
export class Bus {
  readonly settings: BusSettings
  readonly #clock: StackClock
  readonly #random: () => number
  readonly #sender: RetryingSender
  readonly #archive: Archive | undefined
  /** Those that the archive leaves out included. */
  readonly #recent: Archive | undefined
  readonly #rules = new Map<string, Rule>()
  #accepted = 0
  #matched = 0

  constructor(settings: BusSettings, deps: BusDeps) {
    this.settings = settings
    this.#clock = deps.clock
    this.#random = deps.random
    this.#sender = new RetryingSender(deps)
    this.#archive = settings.archive && new Archive(settings.archive)
    this.#recent = settings.archive && new Archive({ capacity: settings.archive.capacity })
  }

  /** Creates or replaces. Throws AwsError `InvalidEventPatternException`, `ValidationException` or `LimitExceededException`. */
  putRule(settings: RuleSettings): void {
    if (settings.pattern === undefined && settings.schedule === undefined) {
      throw invalid('Parameter(s) EventPattern or ScheduleExpression must be specified.')
    }
    if (settings.targets.length > 5) {
      throw new AwsError(
        'LimitExceededException',
        `The requested resource exceeds the maximum number allowed: ${settings.targets.length} targets of rule ${settings.name}`,
      )
    }
    if (JSON.stringify(settings.pattern ?? '').length > longestPattern) {
      throw new AwsError(
        'InvalidEventPatternException',
        `Event pattern is not valid. Reason: longer than ${longestPattern} characters`,
      )
    }
    const pattern = settings.pattern === undefined ? undefined : compilePattern(settings.pattern)
    const recurrence = settings.schedule === undefined ? undefined : this.#recurrence(settings.schedule)
    this.deleteRule(settings.name)
    const rule: Rule = { settings, pattern, cancel: undefined }
    this.#rules.set(settings.name, rule)
    if (recurrence) this.#tick(rule, recurrence)
  }

  deleteRule(name: string): void {
    this.#rules.get(name)?.cancel?.()
    this.#rules.delete(name)
  }

  rules(): RuleSettings[] {
    return [...this.#rules.values()].map((rule) => rule.settings)
  }

  /**
   * Takes 1-10 entries of at most 256 KB together, else throws AwsError `ValidationException`; faults of an entry are in its answer. The
   * caller picks the bus by `EventBusName`; for a bus that does not exist AWS answers with event ids and forgets the events.
   */
  putEvents(entries: readonly PutEventsEntry[]): PutEventsAnswer {
    requireEntries(entries)
    const answers = entries.map((entry) => {
      const read = readEntry(entry)
      if ('ErrorCode' in read) return read
      const event = this.#event(entry, read.detail)
      this.#accepted += 1
      this.#publish(event, { traceHeader: entry.TraceHeader })
      return { EventId: event.id }
    })
    return { FailedEntryCount: answers.filter((answer) => 'ErrorCode' in answer).length, Entries: answers }
  }

  /** Archived events, oldest first. */
  archived(): readonly BusEvent[] {
    return this.#archive?.events(this.#clock.now()) ?? []
  }

  /** The latest events, oldest first: also those that the archive leaves out. */
  recent(): readonly BusEvent[] {
    return this.#recent?.events(this.#clock.now()) ?? []
  }

  /** Whether the archive keeps such an event. */
  archives(event: BusEvent): boolean {
    return this.#archive?.keeps(event) ?? false
  }

  /** Sends archived events with `from <= time < to` (milliseconds since 1970) again, to the rules named or to all; answers how many. */
  replay(
    from: number,
    to: number,
    options: { readonly name?: string; readonly rules?: readonly string[] } = {},
  ): number {
    const events = this.archived().filter((event) => {
      const time = Date.parse(event.time)
      return time >= from && time < to
    })
    for (const event of events)
      this.#publish({ ...event, 'replay-name': options.name ?? 'replay' }, { only: options.rules })
    return events.length
  }

  counts(): BusCounts {
    return { accepted: this.#accepted, matched: this.#matched, ...this.#sender.counts() }
  }

  inFlight(): InFlight {
    return this.#sender.inFlight()
  }

  waiting(): Waiting[] {
    return this.#sender.waiting()
  }

  /** Ends scheduled rules and retries. */
  stop(): void {
    for (const name of this.#rules.keys()) this.deleteRule(name)
    this.#sender.stop()
  }

  #event(entry: PutEventsEntry, detail: object): BusEvent {
    const time = entry.Time === undefined ? this.#clock.now() : entry.Time * 1000
    return this.#envelope(entry.Source ?? '', entry.DetailType ?? '', time, entry.Resources ?? [], detail)
  }

  #envelope(source: string, detailType: string, time: number, resources: readonly string[], detail: unknown): BusEvent {
    return {
      version: '0',
      id: uuid(this.#random),
      'detail-type': detailType,
      source,
      account: this.settings.account,
      time: `${new Date(time).toISOString().slice(0, 19)}Z`,
      region: this.settings.region,
      resources,
      detail,
    }
  }

  /** A trace header goes to the targets beside the event; the archive keeps none. */
  #publish(
    event: BusEvent,
    { only, traceHeader }: { readonly only?: readonly string[] | undefined; readonly traceHeader?: string | undefined },
  ): void {
    this.#archive?.add(event)
    this.#recent?.add(event)
    for (const rule of this.#rules.values()) {
      const { name, enabled } = rule.settings
      if (enabled === false || only?.includes(name) === false || !rule.pattern?.matches(event)) continue
      this.#matched += 1
      this.#deliver(rule, event, traceHeader)
    }
  }

  #deliver(rule: Rule, event: BusEvent, traceHeader?: string): void {
    for (const target of rule.settings.targets) {
      this.#sender.send({
        what: `${event['detail-type']} by rule ${rule.settings.name}`,
        ...(target.retry && { retry: target.retry }),
        deliver: () => target.deliver(event, traceHeader),
        giveUp: async (undelivered) => {
          await target.deadLetter?.(deadLetter(rule.settings, target, event, undelivered))
          return target.deadLetter !== undefined
        },
      })
    }
  }

  #recurrence(expression: string): Recurrence {
    if (this.settings.name !== 'default')
      throw invalid('ScheduleExpression is supported only on the default event bus.')
    return parseRuleSchedule(expression, this.#clock.now())
  }

  #tick(rule: Rule, recurrence: Recurrence): void {
    const due = recurrence.next(this.#clock.now())
    if (due === undefined) return
    rule.cancel = this.#clock.at(due, () => {
      if (rule.settings.enabled !== false) {
        this.#deliver(rule, this.#envelope('aws.events', 'Scheduled Event', due, [rule.settings.arn], {}))
      }
      this.#tick(rule, recurrence)
    })
  }
}

/** Codes that EventBridge writes into a dead letter, by the error of the target. */
function errorCode(code: string): string {
  if (/AccessDenied|NotAuthorized/.test(code)) return 'NO_PERMISSIONS'
  return /NonExistent|NotFound/.test(code) ? 'NO_RESOURCE' : 'ERROR_FROM_TARGET'
}

function deadLetter(
  rule: RuleSettings,
  target: RuleTarget,
  event: BusEvent,
  undelivered: Undelivered,
): OutgoingMessage {
  return {
    MessageBody: JSON.stringify(event),
    MessageAttributes: textAttributes({
      RULE_ARN: rule.arn,
      TARGET_ARN: target.arn,
      ERROR_CODE: errorCode(undelivered.code),
      ERROR_MESSAGE: undelivered.message,
      EXHAUSTED_RETRY_CONDITION: undelivered.exhausted,
      RETRY_ATTEMPTS: String(undelivered.retries),
    }),
  }
}

const invalid = (message: string): AwsError => new AwsError('ValidationException', message)
