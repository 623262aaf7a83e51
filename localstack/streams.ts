import type { DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda'
import type { StackClock } from './clock.ts'
import type { InFlight, Waiting } from './in-flight.ts'
import type { Invoke } from './invoke.ts'
import type { OutgoingMessage } from './queue.ts'

/** Properties of an `AWS::Lambda::EventSourceMapping` on a DynamoDB stream. */
export interface StreamConsumerSettings {
  readonly streamArn: string
  readonly functionArn: string
  /** 1-10000, default 100. */
  readonly batchSize?: number
  /** Seconds, 0-300, default 0. */
  readonly maximumBatchingWindowSeconds?: number
  /** Patterns (JSON) of `FilterCriteria`; records that match none never reach the function. */
  readonly filters?: readonly string[]
  /** -1 (default) to 10000; -1 is without end. */
  readonly maximumRetryAttempts?: number
  /** -1 (default) or 60-604800 s; -1 is as long as the stream keeps them, 24 h. */
  readonly maximumRecordAgeSeconds?: number
  readonly bisectBatchOnFunctionError?: boolean
  readonly reportBatchItemFailures?: boolean
}

export interface StreamConsumerParts {
  readonly clock: StackClock
  /** 0 <= random() < 1: jitter. */
  readonly random: () => number
  readonly invoke: Invoke<DynamoDBStreamEvent>
  /** The queue of the on-failure destination; without it what is given up is dropped (and counted). */
  readonly onFailure?: (message: OutgoingMessage) => Promise<void>
}

export interface StreamCounts {
  readonly taken: number
  readonly filtered: number
  readonly handled: number
  readonly retried: number
  readonly givenUp: number
}

/** The event source mapping that feeds one function from one table's stream: in order within a shard, one batch of it at a time. */
export declare class StreamConsumer {
  readonly settings: StreamConsumerSettings
  constructor(settings: StreamConsumerSettings, parts: StreamConsumerParts)
  /** Hands over records in the order of the shard. */
  push(records: readonly DynamoDBRecord[], shardId?: string): void
  /** Invokes no more; invocations under way end as they will. */
  stop(): void
  counts(): StreamCounts
  inFlight(): InFlight
  waiting(): Waiting[]
}
