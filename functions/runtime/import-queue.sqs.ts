import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs'
import type { Context, S3Event, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda'
import { type ConsumerDeps, isLastDelivery, postpone } from './events.ts'
import { logger } from './log.ts'
import { importOfFile } from './import-files.s3.ts'

/** How long before the end of its time a reader hands the rest on, in milliseconds: longer than it writes at a time. */
const handOnMs = 75_000

/** The queue that wakes the reader of imports. */
export interface ImportQueue {
  /** Wakes a reader of the import once more. */
  again(id: string): Promise<void>
}

export const sqsImportQueue = (client: SQSClient, url: string): ImportQueue => ({
  again: async (id) => {
    await client.send(new SendMessageCommand({ QueueUrl: url, MessageBody: JSON.stringify({ importId: id }) }))
  },
})

interface ReaderDeps extends Omit<ConsumerDeps, 'consumer'> {
  readonly imports: ImportQueue
  /** Reads an import until that time; whether there is more. */
  readonly read: (id: string, until: number) => Promise<boolean>
}

/**
 * Reads the import of each message, until shortly before the time of the function is over: then another message brings the rest. What fails
 * comes back as events do, and is parked as they are, with its cause.
 */
export function importConsumer(make: () => ReaderDeps) {
  let made: ReaderDeps | undefined
  return async (
    { Records }: SQSEvent,
    context: Pick<Context, 'getRemainingTimeInMillis'>,
  ): Promise<SQSBatchResponse> => {
    const deps = (made ??= make())
    const { imports, read, deadLetters, clock } = deps
    const until = clock.now() + context.getRemainingTimeInMillis() - handOnMs
    const failed: SQSRecord[] = []
    for (const record of Records) {
      try {
        for (const id of importsIn(record.body)) {
          const more = await read(id, until)
          logger.info('import read', { importId: id, more })
          if (more) await imports.again(id)
        }
      } catch (error) {
        logger.error('import not read', { messageId: record.messageId, error: error as Error })
        if (isLastDelivery(record, error, clock.now())) await deadLetters.park(record.body, String(error))
        else failed.push(record)
      }
    }
    await postpone(failed, deps)
    return { batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })) }
  }
}

/** The imports in a message: one of a reader, or of the bucket, which also sends a test when it is set up. */
function importsIn(body: string): string[] {
  const message = JSON.parse(body) as { readonly importId?: string } & Partial<S3Event>
  if (message.importId !== undefined) return [message.importId]
  return (message.Records ?? []).flatMap(({ s3 }) => {
    const id = importOfFile(decodeURIComponent(s3.object.key.replaceAll('+', ' ')))
    return id === undefined ? [] : [id]
  })
}
