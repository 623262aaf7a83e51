import type { S3Client } from '@aws-sdk/client-s3'
import type { SQSClient } from '@aws-sdk/client-sqs'
import { type NamedQueue, queuesOf, redrive } from './dead-letters.ts'
import { type LostRecords, bucketsOf, redriveRecords } from './lost-records.ts'

export interface RedriveClients {
  readonly s3: S3Client
  readonly sqs: SQSClient
}

/** A place for what failed, and where that is sent again. */
export interface FailureDestination {
  readonly name: string
  readonly depth: number
  /** Nothing where there is nothing to send again: runs of a sweeper or a reconciliation, and records that reports can count no more. */
  readonly target: NamedQueue | undefined
  /** Sends all of it to a queue. Reports on the way how many messages or records were sent, and returns that number. */
  redriveTo(target: NamedQueue, sent: (count: number) => void): Promise<number>
}

/** What a failure destination is called after its service, and the queue of the same service that its content belongs into. */
const kinds: readonly (readonly [name: RegExp, target: string | undefined])[] = [
  [/-WebhooksEventsDeadLetters/i, 'WebhooksEventsQueue'],
  [/-WebhooksEventsUndelivered/i, 'WebhooksEventsQueue'],
  [/-WebhooksDeadLetters/i, 'WebhooksQueue'],
  [/-EventsDeadLetters/i, 'EventsQueue'],
  [/-EventsUndelivered/i, 'EventsQueue'],
  [/-EventsTimersDeadLetters/i, 'EventsQueue'],
  [/-FeedDeadLetters/i, 'FeedQueue'],
  [/-FeedUndelivered/i, 'FeedQueue'],
  [/-FanoutDeadLetters/i, 'FanoutQueue'],
  [/-FanoutUndelivered/i, 'FanoutQueue'],
  [/-RelayFailures/i, 'RelaySpill'],
  [/-RelayLostRecords/i, 'RelaySpill'],
  [/-(Fold|Mails)LostRecords/i, undefined],
  [/-AlarmsTopicDeadLetters/i, 'AlarmsTopicQueue'],
  [/-AlarmsUndelivered/i, 'AlarmsTopicQueue'],
  [/-SweepMissed/i, undefined],
  [/-ReconciliationMissed/i, undefined],
  [/-MailUndelivered/i, 'MailFeedback'],
  [/-ImportsDeadLetters/i, 'ImportsQueue'],
  [/-PhotosDeadLetters/i, 'PhotosQueue'],
]

/** All queues of a stage, and those of them, with the buckets, that are for what failed. */
export async function destinationsOf({ s3, sqs }: RedriveClients, prefix: string) {
  const [queues, buckets] = await Promise.all([queuesOf(sqs, prefix), bucketsOf(s3, prefix)])
  const destinations = [
    ...queues.flatMap((queue) => destination(queues, queue, (to, sent) => redrive(sqs, queue, to.url, sent))),
    ...buckets.flatMap((bucket) =>
      destination(queues, bucket, (to, sent) => redriveRecords({ s3, sqs }, bucket.name, to.url, sent)),
    ),
  ]
  return { queues, destinations }
}

function destination(
  queues: readonly NamedQueue[],
  { name, depth }: NamedQueue | LostRecords,
  redriveTo: FailureDestination['redriveTo'],
): FailureDestination[] {
  const kind = kinds.find(([pattern]) => pattern.test(name))
  if (kind === undefined) return []
  const [pattern, target] = kind
  if (target === undefined) return [{ name, depth, target, redriveTo }]
  const owner = name.slice(0, name.search(pattern)).toLowerCase()
  // The name of a bucket has 63 characters: CloudFormation cuts that of a long stack in it, not in the names of queues.
  const [found, ...others] = queues.filter((queue) => {
    const [stack = '', rest] = queue.name.toLowerCase().split(`-${target.toLowerCase()}`)
    return rest !== undefined && stack.startsWith(owner)
  })
  return [{ name, depth, target: others.length === 0 ? found : undefined, redriveTo }]
}
