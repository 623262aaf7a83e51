import { AwsError } from '../endpoint/aws-error.ts'
import { isTimeZone } from '../eventbridge/time-zone.ts'

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

const largestInput = 262_144

/** Throws AwsError `ValidationException` unless `name` may name a schedule or a group. */
export function requireName(name: string): void {
  requires(/^[0-9a-zA-Z_.-]{1,64}$/.test(name), 'Name', 'must have 1 to 64 letters, digits, -, _ or .')
}

/** Throws AwsError `ValidationException` with the first member that is wrong; the expression itself is read elsewhere. */
export function requireSchedule(request: Partial<ScheduleRequest>): void {
  requireName(request.Name ?? '')
  requires(Boolean(request.ScheduleExpression), 'ScheduleExpression', 'must not be null')
  requires(request.FlexibleTimeWindow !== undefined, 'FlexibleTimeWindow', 'must not be null')
  requires(request.FlexibleTimeWindow?.Mode === 'OFF', 'FlexibleTimeWindow.Mode', 'is OFF on the local stack')
  requires(isTimeZone(request.ScheduleExpressionTimezone ?? 'UTC'), 'ScheduleExpressionTimezone', 'must be a time zone')
  requires((request.StartDate ?? 0) < (request.EndDate ?? Infinity), 'EndDate', 'must be after StartDate')
  requires(['ENABLED', 'DISABLED'].includes(request.State ?? 'ENABLED'), 'State', 'must be ENABLED or DISABLED')
  requires(
    ['NONE', 'DELETE'].includes(request.ActionAfterCompletion ?? 'NONE'),
    'ActionAfterCompletion',
    'must be NONE or DELETE',
  )
  requireTarget(request.Target)
}

function requireTarget(target: Partial<ScheduleTarget> | undefined): void {
  requires((target?.Arn ?? '').startsWith('arn:'), 'Target.Arn', 'must be an ARN')
  requires(/^arn:aws[a-z-]*:iam::/.test(target?.RoleArn ?? ''), 'Target.RoleArn', 'must be the ARN of a role')
  requires(
    Buffer.byteLength(target?.Input ?? '') <= largestInput,
    'Target.Input',
    `must have at most ${largestInput} bytes`,
  )
  const { MaximumRetryAttempts: attempts = 185, MaximumEventAgeInSeconds: age = 86_400 } = target?.RetryPolicy ?? {}
  requires(attempts >= 0 && attempts <= 185, 'Target.RetryPolicy.MaximumRetryAttempts', 'must be between 0 and 185')
  requires(age >= 60 && age <= 86_400, 'Target.RetryPolicy.MaximumEventAgeInSeconds', 'must be between 60 and 86400')
}

function requires(holds: boolean, member: string, constraint: string): void {
  if (!holds)
    throw new AwsError(
      'ValidationException',
      `1 validation error detected: Value at '${member}' failed to satisfy constraint: Member ${constraint}`,
    )
}
