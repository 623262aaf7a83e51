import { ChangeMessageVisibilityBatchCommand, type SQSClient } from '@aws-sdk/client-sqs'
import { sqsDeadLetters } from './dead-letters.sqs.ts'
import type { Postponing } from './redelivery.ts'
import type { Spill } from './relay.ts'
import { sideBySide } from './side-by-side.ts'

/** The spill queue of a relay at that URL. */
export const sqsSpill = (client: SQSClient, url: string): Spill => ({
  put: (record, cause) => sqsDeadLetters(client, url).park(record, cause),
  ...sqsQueue(client, url),
})

/** The queue at that URL, as the function that empties it needs it. */
export function sqsQueue(client: SQSClient, url: string): Postponing {
  return {
    postpone: async (deliveries) => {
      const answers = await sideBySide(tensOf(deliveries), 5, (some) =>
        client.send(
          new ChangeMessageVisibilityBatchCommand({
            QueueUrl: url,
            Entries: some.map(({ receiptHandle, seconds }, index) => ({
              Id: String(index),
              ReceiptHandle: receiptHandle,
              VisibilityTimeout: seconds,
            })),
          }),
        ),
      )
      const Failed = answers.flatMap((answer) => answer.Failed ?? [])
      if (Failed.length > 0)
        throw new Error(`${Failed.length} messages were not postponed: ${Failed[0]?.Code}: ${Failed[0]?.Message}`)
    },
  }
}

/** SQS takes ten at a time. */
const tensOf = <Each>(all: readonly Each[]): readonly (readonly Each[])[] =>
  Array.from({ length: Math.ceil(all.length / 10) }, (_, index) => all.slice(index * 10, (index + 1) * 10))
