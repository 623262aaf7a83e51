import type { Cancel, StackClock } from './clock.ts'
import type { InFlight, Waiting } from './in-flight.ts'

/** As on the wire: `BinaryValue` is base64. */
export interface MessageAttributeValue {
  readonly DataType: string
  readonly StringValue?: string
  readonly BinaryValue?: string
}

export interface OutgoingMessage {
  readonly MessageBody: string
  /** Seconds, 0-900; the queue's own delay if absent. */
  readonly DelaySeconds?: number
  readonly MessageAttributes?: Readonly<Record<string, MessageAttributeValue>>
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
  /** `SentTimestamp`, `ApproximateReceiveCount`, `ApproximateFirstReceiveTimestamp`, `SenderId`, `DeadLetterQueueSourceArn`. */
  readonly Attributes: Readonly<Record<string, string>>
  readonly MessageAttributes?: Readonly<Record<string, MessageAttributeValue>>
  readonly MD5OfMessageAttributes?: string
}

/** A message as people look at it: nothing is received by looking. */
export interface HeldMessage extends Omit<ReceivedMessage, 'ReceiptHandle'> {
  readonly state: 'visible' | 'in flight' | 'delayed'
  /** When it becomes visible again, in milliseconds since 1970. */
  readonly due?: number
}

export interface QueueSettings {
  readonly name: string
  readonly arn: string
  /** Default 30. */
  readonly visibilityTimeoutSeconds?: number
  /** Default 0. */
  readonly delaySeconds?: number
  /** Default 4 days. */
  readonly retentionSeconds?: number
  /** Default 1 MiB, body and attributes together. */
  readonly maximumMessageBytes?: number
  readonly redrive?: { readonly queue: Queue; readonly maxReceiveCount: number }
}

/** How far the queue uses the freedom of a standard queue. Without it: in order, once. */
export interface Disorder {
  /** Chance (0-1) that a receive takes another message than the oldest. */
  readonly reorder: number
  /** Chance (0-1) that a message received is delivered once more, whatever becomes of this delivery. */
  readonly duplicate: number
}

export interface QueueParts {
  readonly clock: StackClock
  /** 0 <= random() < 1. */
  readonly random: () => number
  readonly disorder?: Disorder
}

export interface QueueCounts {
  /** `ApproximateNumberOfMessages` */
  readonly visible: number
  /** `ApproximateNumberOfMessagesNotVisible` */
  readonly inFlight: number
  /** `ApproximateNumberOfMessagesDelayed` */
  readonly delayed: number
}

/** An SQS standard queue. Every method is synchronous; errors are AwsError with the codes of SQS. */
export declare class Queue {
  readonly settings: QueueSettings
  constructor(settings: QueueSettings, parts: QueueParts)
  send(message: OutgoingMessage): SentMessage
  /** At most `max` (1-10, default 1) visible messages; those received too often move to the dead-letter queue instead. */
  receive(options?: { readonly max?: number; readonly visibilityTimeoutSeconds?: number }): ReceivedMessage[]
  /** Deletes by the handle of any receive of the message; unknown ones do nothing, malformed ones are `ReceiptHandleIsInvalid`. */
  delete(receiptHandle: string): void
  changeVisibility(receiptHandle: string, seconds: number): void
  purge(): void
  counts(): QueueCounts
  /** Everything in the queue, oldest first. */
  messages(): HeldMessage[]
  /** Calls `listener` whenever a message becomes visible. */
  onVisible(listener: () => void): Cancel
  /** Delayed messages and those received by somebody else than an event source; visible ones count with their consumer. */
  inFlight(): InFlight
  waiting(): Waiting[]
}
