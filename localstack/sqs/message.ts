/** As on the wire: `BinaryValue` is base64. */
export interface MessageAttributeValue {
  readonly DataType: string
  readonly StringValue?: string
  readonly BinaryValue?: string
}

export type MessageAttributes = Readonly<Record<string, MessageAttributeValue>>

export interface OutgoingMessage {
  readonly MessageBody: string
  /** Seconds, 0-900; the queue's own delay if absent. */
  readonly DelaySeconds?: number
  readonly MessageAttributes?: MessageAttributes
  /** The system attribute `AWSTraceHeader`. */
  readonly traceHeader?: string | undefined
}

export interface SentMessage {
  readonly MessageId: string
  readonly MD5OfMessageBody: string
  readonly MD5OfMessageAttributes?: string
}

/** A message as `ReceiveMessage` answers it with all attributes asked for. */
export interface ReceivedMessage {
  readonly MessageId: string
  readonly ReceiptHandle: string
  readonly Body: string
  readonly MD5OfBody: string
  /** `SentTimestamp`, `ApproximateReceiveCount`, `ApproximateFirstReceiveTimestamp`, `SenderId`, `DeadLetterQueueSourceArn`, `AWSTraceHeader`. */
  readonly Attributes: Readonly<Record<string, string>>
  readonly MessageAttributes?: MessageAttributes
  readonly MD5OfMessageAttributes?: string
}

/** A message in the queue, read without receiving it. */
export interface HeldMessage extends Omit<ReceivedMessage, 'ReceiptHandle'> {
  readonly state: 'visible' | 'in flight' | 'delayed'
  /** When it becomes visible again, in milliseconds since 1970. */
  readonly due?: number
}

/** Texts as message attributes; one that is missing or empty is left out. */
export function textAttributes(texts: Readonly<Record<string, string | undefined>>): MessageAttributes {
  return Object.fromEntries(
    Object.entries(texts).flatMap(([name, text]) =>
      text ? [[name, { DataType: 'String', StringValue: text }] as const] : [],
    ),
  )
}
