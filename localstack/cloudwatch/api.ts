import * as z from 'zod'
import { AwsError } from '../endpoint/aws-error.ts'
import type { Operations } from '../endpoint/call.ts'
import { linesOf } from './alarm.ts'
import type { MetricStore } from './metric-store.ts'
import { MetricDataQuery } from './resource-types.ts'

const GetMetricData = z.object({
  MetricDataQueries: z.array(MetricDataQuery).min(1).max(500),
  /** In seconds since 1970. */
  StartTime: z.number(),
  EndTime: z.number(),
  ScanBy: z.enum(['TimestampAscending', 'TimestampDescending']).default('TimestampDescending'),
})

/** CloudWatch: GetMetricData alone. Values are there at once; AWS takes up to some minutes. */
export const cloudWatchOperations = (store: MetricStore, now: () => number): Operations => ({
  GetMetricData: (call) => {
    call.authorize('cloudwatch:GetMetricData', '*')
    const parsed = GetMetricData.safeParse(call.input)
    if (!parsed.success) throw new AwsError('ValidationError', z.prettifyError(parsed.error))
    const { MetricDataQueries: queries, StartTime, EndTime, ScanBy } = parsed.data
    const period = queries.find(({ MetricStat }) => MetricStat)?.MetricStat?.Period ?? 60
    const first = Math.floor(StartTime / period) * period
    const starts = Array.from({ length: Math.ceil((EndTime - first) / period) }, (_, index) => first + index * period)
    if (ScanBy === 'TimestampDescending') starts.reverse()
    const points = starts.map((start) => {
      const span = { from: 1_000 * start, to: 1_000 * (start + period) }
      return [start, linesOf(queries, store, span, now())] as const
    })
    return {
      MetricDataResults: queries
        .filter(({ ReturnData }) => ReturnData)
        .map(({ Id }) => {
          const found = points.flatMap(([start, lines]) => {
            const value = lines.get(Id)
            return value === undefined ? [] : [[start, value] as const]
          })
          return {
            Id,
            Label: Id,
            StatusCode: 'Complete',
            Timestamps: found.map(([start]) => start),
            Values: found.map(([, value]) => value),
          }
        }),
    }
  },
})
