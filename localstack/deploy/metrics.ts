import { type AlarmState, stateOf } from '../cloudwatch/alarm.ts'
import { type AlarmWatchDeps, AlarmWatch } from '../cloudwatch/alarm-watch.ts'
import { type Graph, graphsOf } from '../cloudwatch/dashboard.ts'
import { type MetricId, MetricStore } from '../cloudwatch/metric-store.ts'
import type { Iam } from '../iam/iam.ts'
import type { Topic } from '../sns/topic.ts'
import type { Bucket } from '../s3/bucket.ts'
import type { Queue } from '../sqs/queue.ts'
import type { Assembly } from './assembly.ts'

/** An alarm of the templates, as it stands now. */
export interface Alarm {
  readonly name: string
  readonly description: string
  readonly state: AlarmState
}

/** A graph of a dashboard, and those of its metrics that have counted something. */
export interface ShownGraph extends Graph {
  readonly withData: readonly MetricId[]
}

/** The metrics of the stack with all that is made of them. */
export interface Metrics {
  readonly store: MetricStore
  alarms(now: number): readonly Alarm[]
  graphs(): readonly ShownGraph[]
}

export function deployMetrics(
  assembly: Assembly,
  queues: ReadonlyMap<string, Queue>,
  buckets: ReadonlyMap<string, Bucket>,
): Metrics {
  const store = new MetricStore((id, at) => queueGauge(queues, id, at) ?? bucketGauge(buckets, id, at))
  const alarms = assembly.of('AWS::CloudWatch::Alarm')
  const graphs = assembly
    .of('AWS::CloudWatch::Dashboard')
    .flatMap(({ properties }) => graphsOf(properties.DashboardBody))
  return {
    store,
    alarms: (at) =>
      alarms.map(({ name, properties }) => ({
        name,
        description: properties.AlarmDescription,
        state: stateOf(properties, store, at),
      })),
    graphs: () => graphs.map((graph) => ({ ...graph, withData: graph.metrics.filter((id) => store.has(id)) })),
  }
}

export interface WatchDeps extends Omit<AlarmWatchDeps, 'store' | 'publish' | 'region' | 'account'> {
  readonly iam: Pick<Iam, 'checkService'>
  /** By ARN. */
  readonly topics: ReadonlyMap<string, Topic>
}

/** Publishes each alarm that goes off. Throws AwsError `AccessDeniedException` for a topic that CloudWatch may not publish to. */
export function watchAlarms(assembly: Assembly, { store }: Metrics, { clock, iam, topics }: WatchDeps): AlarmWatch {
  const alarms = assembly.of('AWS::CloudWatch::Alarm')
  for (const { arn: sourceArn, properties } of alarms)
    for (const topicArn of properties.AlarmActions)
      iam.checkService({ service: 'cloudwatch.amazonaws.com', sourceArn }, 'sns:Publish', topicArn)
  const publish = (topicArn: string, message: string): void => topics.get(topicArn)?.publish(message)
  return new AlarmWatch(alarms, { clock, store, ...assembly.place, publish })
}

/** What is in a queue now was in it since it was sent: what has left it is not remembered. */
function queueGauge(
  queues: ReadonlyMap<string, Queue>,
  { namespace, name, dimensions: { QueueName = '' } }: MetricId,
  at: number,
): number | undefined {
  const queue = namespace === 'AWS/SQS' ? queues.get(QueueName) : undefined
  if (queue === undefined) return undefined
  const sent = queue.messages().filter(({ Attributes }) => Number(Attributes['SentTimestamp']) <= at)
  if (name === 'ApproximateNumberOfMessagesVisible') return sent.filter(({ state }) => state === 'visible').length
  // As AWS does, a message that was received more than three times counts no more.
  const counted = sent.filter(({ Attributes }) => Number(Attributes['ApproximateReceiveCount']) <= 3)
  const [oldest] = name === 'ApproximateAgeOfOldestMessage' ? counted : []
  return oldest && Math.floor((at - Number(oldest.Attributes['SentTimestamp'])) / 1_000)
}

/** AWS counts the objects once a day. */
function bucketGauge(
  buckets: ReadonlyMap<string, Bucket>,
  { namespace, name, dimensions: { BucketName = '' } }: MetricId,
  now: number,
): number | undefined {
  if (namespace !== 'AWS/S3' || name !== 'NumberOfObjects') return undefined
  return buckets
    .get(BucketName)
    ?.list()
    .filter(({ at }) => at <= now).length
}
