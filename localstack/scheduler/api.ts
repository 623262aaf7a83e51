import * as z from 'zod'
import type { RestOperation } from '../endpoint/aws-endpoint.ts'
import { AwsError } from '../endpoint/aws-error.ts'
import type { Scheduler } from './scheduler.ts'
import type { Call, Operations } from '../endpoint/call.ts'
import { own } from '../../schemas/own.ts'

const Request = z.object({
  Name: z.string(),
  GroupName: z.string().default('default'),
  ScheduleExpression: z.string(),
  ScheduleExpressionTimezone: z.string().exactOptional(),
  StartDate: z.number().exactOptional(),
  EndDate: z.number().exactOptional(),
  FlexibleTimeWindow: z.object({ Mode: z.string() }),
  Target: z.object({
    Arn: z.string(),
    RoleArn: z.string(),
    Input: z.string().exactOptional(),
    RetryPolicy: z
      .object({
        MaximumRetryAttempts: z.number().exactOptional(),
        MaximumEventAgeInSeconds: z.number().exactOptional(),
      })
      .exactOptional(),
    DeadLetterConfig: z.object({ Arn: z.string().exactOptional() }).exactOptional(),
  }),
  Description: z.string().exactOptional(),
  State: z.enum(['ENABLED', 'DISABLED']).exactOptional(),
  ActionAfterCompletion: z.enum(['NONE', 'DELETE']).exactOptional(),
  ClientToken: z.string().exactOptional(),
})
const Named = z.object({ Name: z.string(), groupName: z.string().default('default') })
const Listed = z.object({
  ScheduleGroup: z.string().exactOptional(),
  NamePrefix: z.string().exactOptional(),
  State: z.string().exactOptional(),
})

export interface SchedulerApiDeps {
  readonly scheduler: Scheduler
  readonly region: string
  readonly account: string
}

/** EventBridge Scheduler: schedules; the groups are those of the templates. */
export function schedulerOperations({ scheduler, region, account }: SchedulerApiDeps): Operations {
  const authorize = (call: Call, name: string, group: string): void =>
    call.authorize(`scheduler:${call.operation}`, `arn:aws:scheduler:${region}:${account}:schedule/${group}/${name}`)
  const request = (call: Call) => {
    const request = parse(Request, call)
    authorize(call, request.Name, request.GroupName)
    call.authorize('iam:PassRole', request.Target.RoleArn, { 'iam:PassedToService': 'scheduler.amazonaws.com' })
    return request
  }
  const named = (call: Call) => {
    const { Name, groupName } = parse(Named, call)
    authorize(call, Name, groupName)
    return [Name, groupName] as const
  }
  return {
    CreateSchedule: (call) => scheduler.create(request(call)),
    UpdateSchedule: (call) => scheduler.update(request(call)),
    GetSchedule: (call) => scheduler.get(...named(call)),
    DeleteSchedule: (call) => {
      scheduler.delete(...named(call))
      return {}
    },
    ListSchedules: (call) => {
      call.authorize('scheduler:ListSchedules', '*')
      const { ScheduleGroup, NamePrefix, State } = parse(Listed, call)
      const found = scheduler.list({
        ...(ScheduleGroup !== undefined && { group: ScheduleGroup }),
        ...(NamePrefix !== undefined && { namePrefix: NamePrefix }),
        ...(State !== undefined && { state: State }),
      })
      return { Schedules: found.map(({ Target, ...schedule }) => ({ ...schedule, Target: { Arn: Target.Arn } })) }
    },
  }
}

/** The operation that a request of Scheduler's REST protocol means, with the parameters of path and query. */
export function schedulerRoute(method: string, path: string): RestOperation | undefined {
  const [, collection, name] = path.split('/')
  if (collection !== 'schedules') return undefined
  if (name === undefined || name === '')
    return method === 'GET' ? { operation: 'ListSchedules', parameters: {} } : undefined
  const verbs: Readonly<Record<string, string>> = { POST: 'Create', PUT: 'Update', GET: 'Get', DELETE: 'Delete' }
  const verb = own(verbs, method)
  return verb === undefined
    ? undefined
    : { operation: `${verb}Schedule`, parameters: { Name: decodeURIComponent(name) } }
}

function parse<Schema extends z.ZodType>(schema: Schema, { input }: Call): z.output<Schema> {
  const result = schema.safeParse(input)
  if (result.success) return result.data
  throw new AwsError('ValidationException', z.prettifyError(result.error))
}
