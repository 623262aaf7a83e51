import type { StackClock } from './clock.ts'
import type { InFlight, Waiting } from './in-flight.ts'
import type { OutgoingMessage } from './queue.ts'

/** Target of a schedule as on the wire. */
export interface ScheduleTarget {
  readonly Arn: string
  readonly RoleArn: string
  readonly Input?: string
  readonly RetryPolicy?: { readonly MaximumRetryAttempts?: number; readonly MaximumEventAgeInSeconds?: number }
  readonly DeadLetterConfig?: { readonly Arn?: string }
}

/** Body of `CreateSchedule` and `UpdateSchedule`, with the name from the path. Dates in seconds since 1970, as on the wire. */
export interface ScheduleRequest {
  readonly Name: string
  /** Default `default`. */
  readonly GroupName?: string
  readonly ScheduleExpression: string
  /** IANA name, default UTC. */
  readonly ScheduleExpressionTimezone?: string
  readonly StartDate?: number
  readonly EndDate?: number
  readonly FlexibleTimeWindow: { readonly Mode: string }
  readonly Target: ScheduleTarget
  readonly Description?: string
  readonly State?: 'ENABLED' | 'DISABLED'
  readonly ActionAfterCompletion?: 'NONE' | 'DELETE'
  readonly ClientToken?: string
}

/** Answer of `GetSchedule`. */
export interface Schedule extends Omit<ScheduleRequest, 'ClientToken'> {
  readonly Arn: string
  readonly GroupName: string
  readonly ScheduleExpressionTimezone: string
  readonly State: 'ENABLED' | 'DISABLED'
  readonly ActionAfterCompletion: 'NONE' | 'DELETE'
  readonly CreationDate: number
  readonly LastModificationDate: number
}

export interface ScheduleGroup {
  readonly Name: string
  readonly Arn: string
  readonly State: 'ACTIVE'
  readonly CreationDate: number
  readonly LastModificationDate: number
}

export interface SchedulerSettings {
  readonly account: string
  readonly region: string
}

export interface SchedulerParts {
  readonly clock: StackClock
  /** 0 <= random() < 1: ids and jitter. */
  readonly random: () => number
  /** Delivers `input` (context attributes replaced); rejections as in {@link RuleTarget}. */
  readonly deliver: (target: ScheduleTarget, input: string, schedule: Schedule) => Promise<void>
  /** Sends to the queue with that ARN. */
  readonly deadLetter: (queueArn: string, message: OutgoingMessage) => Promise<void>
}

/** EventBridge Scheduler. Errors are AwsError `ConflictException`, `ResourceNotFoundException`, `ValidationException`. */
export declare class Scheduler {
  constructor(settings: SchedulerSettings, parts: SchedulerParts)
  createGroup(name: string): { ScheduleGroupArn: string }
  getGroup(name: string): ScheduleGroup
  /** Deletes the group and all its schedules, at once. */
  deleteGroup(name: string): void
  listGroups(): ScheduleGroup[]
  create(request: ScheduleRequest): { ScheduleArn: string }
  update(request: ScheduleRequest): { ScheduleArn: string }
  get(name: string, group?: string): Schedule
  delete(name: string, group?: string): void
  /** Sorted by group and name. The caller pages. */
  list(filter?: { readonly group?: string; readonly namePrefix?: string; readonly state?: string }): Schedule[]
  /** When a schedule runs next, in milliseconds since 1970. */
  nextRun(name: string, group?: string): number | undefined
  /** Deliveries under way and those due at this instant are `now`; retries are `later`. Schedules whose time has not come are not in flight. */
  inFlight(): InFlight
  waiting(): Waiting[]
  stop(): void
}
