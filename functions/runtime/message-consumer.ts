import type { Context, S3Event, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda'
import { type ConsumerDeps, isLastDelivery, postpone } from './events.ts'
import { logger } from './log.ts'
import { countUnfinished } from './unfinished.ts'

export interface MessageDeps extends Omit<ConsumerDeps, 'consumer' | 'translated'> {
  /** Does what a message asks for, until the time of the function is over. */
  readonly take: (body: string, until: number) => Promise<void>
}

/**
 * The Lambda handler of a queue whose messages are no events: those of a bucket, and of functions of the same service. What fails comes back as
 * events do, and is parked as they are, with its cause.
 */
export function messageConsumer(make: () => MessageDeps) {
  let made: MessageDeps | undefined
  return (event: SQSEvent, context: Pick<Context, 'getRemainingTimeInMillis'>): Promise<SQSBatchResponse> => {
    const deps = (made ??= make())
    countUnfinished(event, deps.clock.now())
    return takeMessages(deps, event, context.getRemainingTimeInMillis())
  }
}

/** The same with what is left of the time, in milliseconds. */
export async function takeMessages(
  deps: MessageDeps,
  { Records }: SQSEvent,
  leftMs: number,
): Promise<SQSBatchResponse> {
  const { take, deadLetters, clock } = deps
  const until = clock.now() + leftMs
  const failed: SQSRecord[] = []
  for (const record of Records) {
    try {
      await take(record.body, until)
    } catch (error) {
      logger.error('message failed', { messageId: record.messageId, error: error as Error })
      if (isLastDelivery(record, error, clock.now())) await deadLetters.park(record.body, String(error))
      else failed.push(record)
    }
  }
  await postpone(failed, deps)
  return { batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })) }
}

/** The keys of new objects in a message of a bucket, which also sends a test when it is set up: that has none. */
export function keysIn(body: string): string[] {
  const { Records = [] } = JSON.parse(body) as Partial<S3Event>
  return Records.map(({ s3 }) => decodeURIComponent(s3.object.key.replaceAll('+', ' ')))
}
