import * as z from 'zod'
import { inert, named, resourceType, text, enabled } from '../template/resource-type.ts'

export const DeadLetters = z.strictObject({ Arn: z.string() }).optional()

export const RetryPolicy = z
  .strictObject({ MaximumEventAgeInSeconds: z.int().optional(), MaximumRetryAttempts: z.int().optional() })
  .optional()

export const eventBridgeTypes = {
  'AWS::Events::EventBus': resourceType(
    z.strictObject({ Name: z.string(), Description: inert, KmsKeyIdentifier: inert, LogConfig: inert, Tags: inert }),
    (naming) => named(naming, 'events', 'event-bus/', 'Name', 256),
  ),
  'AWS::Events::Archive': resourceType(
    z.strictObject({
      ArchiveName: z.string().optional(),
      SourceArn: z.string(),
      EventPattern: z.record(z.string(), z.unknown()).optional(),
      RetentionDays: z.int().optional(),
      Description: inert,
    }),
    (naming) => named(naming, 'events', 'archive/', 'ArchiveName', 48),
  ),
  'AWS::Events::Rule': resourceType(
    z
      .strictObject({
        Name: z.string().optional(),
        EventBusName: z.string().default('default'),
        EventPattern: z.record(z.string(), z.unknown()).optional(),
        ScheduleExpression: z.string().optional(),
        State: enabled,
        Targets: z
          .array(
            z.strictObject({
              Id: z.string(),
              Arn: z.string(),
              Input: z.string().optional(),
              DeadLetterConfig: DeadLetters,
              RetryPolicy,
            }),
          )
          .default([]),
        Description: inert,
        Tags: inert,
      })
      .refine((rule) => (rule.EventPattern === undefined) !== (rule.ScheduleExpression === undefined), {
        message: 'needs one of EventPattern and ScheduleExpression',
      }),
    (naming) => {
      const bus = text(naming.property('EventBusName'))
      const prefix = bus === undefined || bus === 'default' ? '' : `${lastOf(bus)}/`
      return named(naming, 'events', `rule/${prefix}`, 'Name', 64)
    },
  ),
} as const

const lastOf = (arnOrName: string): string => arnOrName.slice(arnOrName.lastIndexOf('/') + 1)
