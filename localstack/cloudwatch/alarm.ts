import type * as z from 'zod'
import { evaluate } from './expression.ts'
import type { MetricId, MetricStore, Span } from './metric-store.ts'
import type { MetricDataQuery, cloudWatchTypes } from './resource-types.ts'

type Query = z.infer<typeof MetricDataQuery>
export type AlarmProperties = z.infer<(typeof cloudWatchTypes)['AWS::CloudWatch::Alarm']['properties']>

export type AlarmState = 'OK' | 'ALARM'

/** Whether the alarm is on now: in each of its periods, the last of which ends with this minute, the value breaches the threshold. */
export function stateOf(alarm: AlarmProperties, store: MetricStore, now: number): AlarmState {
  const periodMs = 1_000 * periodOf(alarm)
  const end = (Math.floor(now / 60_000) + 1) * 60_000
  const breaches = (index: number): boolean => {
    const span = { from: end - (index + 1) * periodMs, to: end - index * periodMs }
    const value = valueOf(alarm, store, span, now)
    if (value === undefined) return alarm.TreatMissingData === 'breaching'
    return alarm.ComparisonOperator === 'LessThanThreshold' ? value < alarm.Threshold : value >= alarm.Threshold
  }
  // The last period first: one that is well ends the look.
  for (let index = 0; index < alarm.EvaluationPeriods; index += 1) if (!breaches(index)) return 'OK'
  return 'ALARM'
}

/** The length of one of its periods, in seconds. */
export const periodOf = ({ Period, Metrics }: AlarmProperties): number =>
  Period ?? Metrics.find(({ MetricStat }) => MetricStat)?.MetricStat?.Period ?? 60

function valueOf(alarm: AlarmProperties, store: MetricStore, span: Span, now: number): number | undefined {
  const { Namespace = '', MetricName, Dimensions, Statistic = 'Sum', Metrics } = alarm
  if (MetricName !== undefined) return store.value(idOf(Namespace, MetricName, Dimensions), Statistic, span, now)
  return linesOf(Metrics, store, span, now).get(Metrics.find(({ ReturnData }) => ReturnData)?.Id ?? '')
}

/** The value of each line for the span: metrics first, then the expressions on them. */
export function linesOf(queries: readonly Query[], store: MetricStore, span: Span, now: number) {
  const lines = new Map<string, number | undefined>()
  for (const { Id, MetricStat } of queries) {
    if (MetricStat === undefined) continue
    const { Metric, Stat } = MetricStat
    lines.set(Id, store.value(idOf(Metric.Namespace, Metric.MetricName, Metric.Dimensions), Stat, span, now))
  }
  for (const { Id, Expression } of queries) if (Expression !== undefined) lines.set(Id, evaluate(Expression, lines))
  return lines
}

export const idOf = (
  namespace: string,
  name: string,
  dimensions: readonly { readonly Name: string; readonly Value: string }[],
): MetricId => ({
  namespace,
  name,
  dimensions: Object.fromEntries(dimensions.map(({ Name, Value }) => [Name, Value])),
})
