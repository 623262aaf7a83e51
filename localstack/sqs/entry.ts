import type { Cancel } from '../clock/clock.ts'
import type { HeldMessage, MessageAttributes, ReceivedMessage } from './message.ts'

/** A message in a queue. */
export interface Entry {
  readonly id: string
  readonly body: string
  readonly bodyDigest: string
  readonly attributes: MessageAttributes | undefined
  readonly attributesDigest: string | undefined
  readonly sentAt: number
  readonly traceHeader: string | undefined
  /** There is a second delivery of the message already. */
  isDoubled: boolean
  state: HeldMessage['state']
  receives: number
  firstReceivedAt?: number
  /** The handle of the latest receive: the only one that deletes. */
  handle?: string | undefined
  deadLetterSource?: string
  due?: number | undefined
  cancel?: Cancel | undefined
}

const senderId = 'AIDALOCALSTACK'

/** The message as SQS shows it. */
export function shape<More extends object>(entry: Entry, more: More): Omit<ReceivedMessage, 'ReceiptHandle'> & More {
  const { id, body, attributes, attributesDigest, sentAt, receives, firstReceivedAt, deadLetterSource } = entry
  const { traceHeader } = entry
  const message = {
    MessageId: id,
    Body: body,
    MD5OfBody: entry.bodyDigest,
    Attributes: {
      SenderId: senderId,
      SentTimestamp: String(sentAt),
      ApproximateReceiveCount: String(receives),
      ...(firstReceivedAt !== undefined && { ApproximateFirstReceiveTimestamp: String(firstReceivedAt) }),
      ...(deadLetterSource && { DeadLetterQueueSourceArn: deadLetterSource }),
      ...(traceHeader && { AWSTraceHeader: traceHeader }),
    },
    ...(attributes && { MessageAttributes: attributes }),
    ...(attributesDigest && { MD5OfMessageAttributes: attributesDigest }),
  }
  return Object.assign(message, more)
}
