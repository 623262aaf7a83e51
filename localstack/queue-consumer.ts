import type { SQSEvent } from 'aws-lambda'
import type { StackClock } from './clock.ts'
import type { InFlight, Waiting } from './in-flight.ts'
import type { Invoke } from './invoke.ts'
import type { Queue } from './queue.ts'

/** Properties of an `AWS::Lambda::EventSourceMapping` on a queue. */
export interface QueueConsumerSettings {
  readonly region: string
  /** Default 10. Above 10 a window of at least 1 s is needed. */
  readonly batchSize?: number
  /** Seconds, 0-300, default 0. */
  readonly maximumBatchingWindowSeconds?: number
  /** 2-1000; 5 without it, where AWS starts. */
  readonly maximumConcurrency?: number
  /** `FunctionResponseTypes` has `ReportBatchItemFailures`. */
  readonly reportBatchItemFailures?: boolean
  /** Patterns (JSON) of `FilterCriteria`; messages that match none are deleted unseen. */
  readonly filters?: readonly string[]
}

export interface QueueConsumerParts {
  readonly clock: StackClock
  readonly invoke: Invoke<SQSEvent>
}

/** The event source mapping that feeds one function from one queue. Takes messages from `start()` on. */
export declare class QueueConsumer {
  readonly settings: QueueConsumerSettings
  constructor(queue: Queue, settings: QueueConsumerSettings, parts: QueueConsumerParts)
  start(): void
  /** Takes no further messages; invocations under way end as they will. */
  stop(): void
  /** Visible messages of its queue and invocations under way are `now`; batches that wait for their window and failed messages are `later`. */
  inFlight(): InFlight
  waiting(): Waiting[]
}
