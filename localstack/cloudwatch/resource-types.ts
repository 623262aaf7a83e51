import * as z from 'zod'
import { inert, named, resourceType } from '../template/resource-type.ts'

export const Stat = z.enum(['Sum', 'Average', 'Minimum', 'Maximum', 'SampleCount'])
export const Dimensions = z.array(z.strictObject({ Name: z.string(), Value: z.string() })).default([])

/** A line of metric math: a metric, or an expression on other lines. */
export const MetricDataQuery = z.strictObject({
  Id: z.string().regex(/^[a-z]\w*$/),
  Expression: z.string().optional(),
  MetricStat: z
    .strictObject({
      Metric: z.strictObject({ Namespace: z.string(), MetricName: z.string(), Dimensions }),
      Period: z.int().min(60),
      Stat,
      Unit: inert,
    })
    .optional(),
  ReturnData: z.boolean().default(true),
  Label: inert,
  Period: inert,
})

export const cloudWatchTypes = {
  'AWS::CloudWatch::Alarm': resourceType(
    z
      .strictObject({
        AlarmName: z.string().optional(),
        AlarmDescription: z.string().default(''),
        AlarmActions: z.array(z.string()).default([]),
        ComparisonOperator: z.enum(['GreaterThanOrEqualToThreshold', 'LessThanThreshold']),
        Threshold: z.number(),
        EvaluationPeriods: z.int().min(1),
        TreatMissingData: z.enum(['breaching', 'notBreaching']),
        Namespace: z.string().optional(),
        MetricName: z.string().optional(),
        Dimensions,
        Statistic: Stat.optional(),
        Period: z.int().min(60).optional(),
        Metrics: z.array(MetricDataQuery).default([]),
        Tags: inert,
      })
      .refine(({ MetricName, Metrics }) => (MetricName === undefined) !== (Metrics.length === 0), {
        message: 'needs one of MetricName and Metrics',
      }),
    (naming) => named(naming, 'cloudwatch', 'alarm:', 'AlarmName', 255),
  ),
  'AWS::CloudWatch::Dashboard': resourceType(
    z.strictObject({ DashboardName: z.string().optional(), DashboardBody: z.string(), Tags: inert }),
    (naming) => named(naming, 'cloudwatch', 'dashboard/', 'DashboardName', 255),
  ),
} as const
