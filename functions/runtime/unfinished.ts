import type { SQSEvent, SQSRecord } from 'aws-lambda'
import { metrics, publishMetrics } from './log.ts'
import { metric } from './metrics.ts'
import { wholeNumber } from './whole-number.ts'

/**
 * Counts the age of the oldest message of a delivery that was received before and not finished then. SQS leaves a message out of the age of
 * its queue once it was received more than three times, so that nothing else shows how long one is retried:
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
 * The age is written out before anything is handled: a message that ends the function at each delivery is seen as well.
 */
export function countUnfinished({ Records }: SQSEvent, now: number): void {
  const [oldest] = Records.flatMap(cameAgain).toSorted((a, b) => a.sentAt - b.sentAt)
  if (oldest === undefined) return
  const { messageId, attributes, eventSourceARN } = oldest.record
  // Clocks differ by some milliseconds.
  metrics.addMetric(metric.oldestUnfinished, 'Seconds', Math.max(0, Math.floor((now - oldest.sentAt) / 1_000)))
  metrics.addMetadata('queue', eventSourceARN.split(':').at(-1) ?? '')
  metrics.addMetadata('messageId', messageId)
  metrics.addMetadata('receives', attributes.ApproximateReceiveCount)
  publishMetrics()
}

/** A message that comes again, with when it was sent; none that comes for the first time, or whose time nobody knows. */
function cameAgain(record: SQSRecord): readonly { readonly record: SQSRecord; readonly sentAt: number }[] {
  const { ApproximateReceiveCount: receives, SentTimestamp } = record.attributes
  const sentAt = wholeNumber(SentTimestamp)
  return sentAt === undefined || wholeNumber(receives) === 1 ? [] : [{ record, sentAt }]
}
