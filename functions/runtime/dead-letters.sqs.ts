import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs'
import type { DeadLetters } from './events.ts'

/** How much of a cause is kept, in characters. */
const maxCause = 1_000

/** The dead-letter queue at that URL; the cause goes with a message as its attribute `cause`. */
export function sqsDeadLetters(client: SQSClient, url: string): DeadLetters {
  return {
    park: async (body, cause) => {
      await client.send(
        new SendMessageCommand({
          QueueUrl: url,
          MessageBody: body,
          MessageAttributes: { cause: { DataType: 'String', StringValue: sendable(cause) } },
        }),
      )
    },
  }
}

// SQS refuses control characters, halves of surrogate pairs and the empty text.
function sendable(cause: string): string {
  const text = cause
    .slice(0, maxCause)
    .toWellFormed()
    .replaceAll(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '\uFFFD')
  return text === '' ? 'unknown' : text
}
