import type { StackClock } from './clock.ts'
import type { RetryPolicy } from './delivery.ts'
import type { InFlight, Waiting } from './in-flight.ts'
import type { OutgoingMessage } from './queue.ts'

/** An entry of `PutEvents` as on the wire; `Time` in seconds since 1970. */
export interface PutEventsEntry {
  readonly Source?: string
  readonly DetailType?: string
  readonly Detail?: string
  readonly EventBusName?: string
  readonly Resources?: readonly string[]
  readonly Time?: number
  readonly TraceHeader?: string
}

export interface PutEventsAnswer {
  readonly FailedEntryCount: number
  readonly Entries: readonly (
    | { readonly EventId: string }
    | { readonly ErrorCode: string; readonly ErrorMessage: string }
  )[]
}

/** An event as targets get it. */
export interface BusEvent {
  readonly version: '0'
  readonly id: string
  readonly 'detail-type': string
  readonly source: string
  readonly account: string
  /** RFC 3339, whole seconds, UTC. */
  readonly time: string
  readonly region: string
  readonly resources: readonly string[]
  readonly detail: unknown
  readonly 'replay-name'?: string
}

export interface RuleTarget {
  readonly id: string
  readonly arn: string
  /**
   * Delivers; a rejection is tried again as `retry` says, except AwsErrors that will not pass (no permission, no such resource, invalid
   * input), which go to the dead letters at once.
   */
  readonly deliver: (event: BusEvent) => Promise<void>
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
  /** 1-5. */
  readonly targets: readonly RuleTarget[]
}

export interface BusSettings {
  /** `default` or the name of a custom bus. */
  readonly name: string
  readonly arn: string
  readonly account: string
  readonly region: string
  /** Events that the archive keeps at most; the oldest go first. Without it nothing is archived. */
  readonly archive?: { readonly capacity: number; readonly pattern?: unknown; readonly retentionDays?: number }
}

export interface BusParts {
  readonly clock: StackClock
  /** 0 <= random() < 1: ids and jitter. */
  readonly random: () => number
}

export interface BusCounts {
  readonly accepted: number
  readonly matched: number
  readonly delivered: number
  readonly retried: number
  readonly deadLettered: number
  readonly dropped: number
}

/** One EventBridge event bus. */
export declare class Bus {
  readonly settings: BusSettings
  constructor(settings: BusSettings, parts: BusParts)
  /** Creates or replaces. Throws AwsError `InvalidEventPatternException` or `ValidationException`. */
  putRule(rule: RuleSettings): void
  deleteRule(name: string): void
  rules(): RuleSettings[]
  /**
   * Takes 1-10 entries of at most 256 KB together, else throws AwsError `ValidationException`; faults of an entry are in its answer. The
   * caller picks the bus by `EventBusName`; for a bus that does not exist AWS answers with event ids and forgets the events.
   */
  putEvents(entries: readonly PutEventsEntry[]): PutEventsAnswer
  /** Archived events, oldest first. */
  archived(): readonly BusEvent[]
  /** Sends archived events with `from <= time < to` (milliseconds since 1970) again, to the rules named or to all; answers how many. */
  replay(from: number, to: number, options?: { readonly name?: string; readonly rules?: readonly string[] }): number
  counts(): BusCounts
  inFlight(): InFlight
  waiting(): Waiting[]
  /** Ends scheduled rules and retries. */
  stop(): void
}
