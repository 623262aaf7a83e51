import type { DynamoDBStreamEvent } from 'aws-lambda'
import type { StackClock } from '../clock/clock.ts'
import type { Invoke } from './invoke.ts'
import type { StreamFailure } from './stream-failure.ts'

/** Properties of an `AWS::Lambda::EventSourceMapping` on a DynamoDB stream. */
export interface StreamConsumerSettings {
  readonly streamArn: string
  readonly functionArn: string
  /** 1-10000, default 100. */
  readonly batchSize?: number
  /** Seconds, 0-300, default 0. */
  readonly maximumBatchingWindowSeconds?: number
  /** Seconds, 0-900; 0 (default) is no window. With one, invocations have the name of their shard and a state. */
  readonly tumblingWindowSeconds?: number
  /** Patterns (JSON) of `FilterCriteria`; records that match none never reach the function. */
  readonly filters?: readonly string[]
  /** -1 (default) to 10000; -1 is without end. */
  readonly maximumRetryAttempts?: number
  /** -1 (default) or 60-604800 s; -1 is as long as the stream keeps them, 24 h. */
  readonly maximumRecordAgeSeconds?: number
  readonly bisectBatchOnFunctionError?: boolean
  readonly reportBatchItemFailures?: boolean
}

export interface StreamConsumerDeps {
  readonly clock: StackClock
  /** 0 <= random() < 1: jitter. */
  readonly random: () => number
  readonly invoke: Invoke<DynamoDBStreamEvent & Partial<Windowed>>
  /** The on-failure destination; without it what is given up is dropped (and counted). */
  readonly onFailure?: (failure: StreamFailure) => Promise<void>
}

/** What the event of a mapping with a tumbling window has beside its records. */
export interface Windowed {
  readonly window: { readonly start: string; readonly end: string }
  /** What the function has answered last within the window. */
  readonly state: unknown
  readonly shardId: string
  readonly eventSourceARN: string
  readonly isFinalInvokeForWindow: boolean
  readonly isWindowTerminatedEarly: boolean
}

export interface StreamCounts {
  readonly taken: number
  readonly filtered: number
  readonly handled: number
  readonly retried: number
  readonly givenUp: number
}
