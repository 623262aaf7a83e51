import { CloudWatchClient, GetMetricDataCommand, type MetricDataQuery } from '@aws-sdk/client-cloudwatch'
import { clientSettings } from '../../runtime/aws.ts'
import type { Clock } from '../../runtime/clock.ts'
import { metric, namespace } from '../../runtime/metrics.ts'
import type { Ages } from '../core/readiness.ts'

/** What is watched in a stage. */
export interface Watched {
  readonly stage: string
  /** The names of the queues that services empty, by service. */
  readonly queues: Readonly<Record<string, string>>
  /** The services that empty them. */
  readonly services: readonly string[]
  /** The services that sweep. */
  readonly sweeps: readonly string[]
}

/** How far back values are read, in milliseconds: metrics of queues arrive some minutes late. */
const spanMs = 900_000
const minuteMs = 60_000
/** The same of messages that are not finished, in milliseconds: each comes again within five minutes, and a log line becomes a metric within two. */
const unfinishedMs = 420_000

/** Reads the ages of messages and sweeps from CloudWatch, all in one call. */
export function cloudWatchAges(
  { stage, queues, services, sweeps }: Watched,
  clock: Clock,
  client = new CloudWatchClient(clientSettings),
): () => Promise<Ages> {
  const labels = Object.keys(queues)
  const queries = [
    ...Object.values(queues).map((name, index) =>
      query(`queue${index}`, 'AWS/SQS', 'ApproximateAgeOfOldestMessage', 'Maximum', { QueueName: name }),
    ),
    ...services.map((service, index) =>
      query(`unfinished${index}`, namespace, metric.oldestUnfinished, 'Maximum', { service, stage }),
    ),
    ...sweeps.map((service, index) => query(`sweep${index}`, namespace, metric.sweeps, 'Sum', { service, stage })),
  ]
  return async () => {
    const now = clock.now()
    const { MetricDataResults = [] } = await client.send(
      new GetMetricDataCommand({
        MetricDataQueries: queries,
        StartTime: new Date(now - spanMs),
        EndTime: new Date(now + minuteMs),
        ScanBy: 'TimestampDescending',
      }),
    )
    const valuesOf = (id: string) => {
      const { Values = [], Timestamps = [] } = MetricDataResults.find(({ Id }) => Id === id) ?? {}
      return Values.map((value, index) => ({ value, time: Timestamps[index]?.getTime() ?? -Infinity }))
    }
    const latest = (id: string) => valuesOf(id)[0]
    const highest = (id: string): number =>
      Math.max(0, ...valuesOf(id).flatMap(({ value, time }) => (time > now - unfinishedMs ? value : [])))
    return {
      // A queue that was empty for hours has no values.
      queues: labels.map((service, index) => ({
        service,
        oldestMessageSeconds: Math.round(latest(`queue${index}`)?.value ?? 0),
      })),
      unfinished: services.map((service, index) => ({
        service,
        oldestMessageSeconds: Math.round(highest(`unfinished${index}`)),
      })),
      sweeps: sweeps.map((service, index) => {
        const { time } = latest(`sweep${index}`) ?? {}
        return { service, lastSweepSeconds: time && Math.max(0, Math.floor((now - time) / 1_000)) }
      }),
    }
  }
}

const query = (
  Id: string,
  Namespace: string,
  MetricName: string,
  Stat: 'Maximum' | 'Sum',
  dimensions: Readonly<Record<string, string>>,
): MetricDataQuery => ({
  Id,
  MetricStat: {
    Metric: {
      Namespace,
      MetricName,
      Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
    },
    Period: minuteMs / 1_000,
    Stat,
  },
})
