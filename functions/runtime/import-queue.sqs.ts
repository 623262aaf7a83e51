import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs'
import { logger } from './log.ts'
import { importOfFile } from './import-files.s3.ts'
import { type MessageDeps, keysIn, messageConsumer } from './message-consumer.ts'

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

interface ReaderDeps extends Omit<MessageDeps, 'take'> {
  readonly imports: ImportQueue
  /** Reads an import until that time; whether there is more. */
  readonly read: (id: string, until: number) => Promise<boolean>
}

/** Reads the import of each message, until shortly before the time of the function is over: then another message brings the rest. */
export const importConsumer = (make: () => ReaderDeps) =>
  messageConsumer(() => {
    const { imports, read, ...delivery } = make()
    const take = async (body: string, until: number): Promise<void> => {
      for (const id of importsIn(body)) {
        const more = await read(id, until - handOnMs)
        logger.info('import read', { importId: id, more })
        if (more) await imports.again(id)
      }
    }
    return { ...delivery, take }
  })

/** The imports in a message: one of a reader, or of the bucket. */
function importsIn(body: string): string[] {
  const { importId } = JSON.parse(body) as { readonly importId?: string }
  if (importId !== undefined) return [importId]
  return keysIn(body).flatMap((key) => importOfFile(key) ?? [])
}
