import * as z from 'zod'
import { DeadLetters, RetryPolicy } from '../eventbridge/resource-types.ts'
import { inert, named, resourceType, text, enabled } from '../template/resource-type.ts'

const ScheduleTarget = z.strictObject({
  Arn: z.string(),
  RoleArn: z.string(),
  Input: z.string().optional(),
  DeadLetterConfig: DeadLetters,
  RetryPolicy,
})

export const schedulerTypes = {
  'AWS::Scheduler::ScheduleGroup': resourceType(
    z.strictObject({ Name: z.string().optional(), Tags: inert }),
    (naming) => named(naming, 'scheduler', 'schedule-group/', 'Name', 64),
  ),
  'AWS::Scheduler::Schedule': resourceType(
    z.strictObject({
      Name: z.string().optional(),
      GroupName: z.string().default('default'),
      ScheduleExpression: z.string(),
      ScheduleExpressionTimezone: z.literal(['UTC', 'Etc/UTC']).optional(),
      FlexibleTimeWindow: z.strictObject({ Mode: z.literal('OFF') }),
      State: enabled,
      Target: ScheduleTarget,
      Description: inert,
    }),
    (naming) => named(naming, 'scheduler', `schedule/${text(naming.property('GroupName')) ?? 'default'}/`, 'Name', 64),
  ),
} as const
