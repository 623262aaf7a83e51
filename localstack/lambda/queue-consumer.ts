import type { SQSEvent, SQSMessageAttribute, SQSRecord } from 'aws-lambda'
import { AwsError } from '../endpoint/aws-error.ts'
import { reportedFailures } from './batch-failures.ts'
import type { Cancel, StackClock } from '../clock/clock.ts'
import type { InFlight, Waiting } from '../clock/in-flight.ts'
import type { Invoke, InvokeResult } from './invoke.ts'
import { compileFilters, type Pattern } from '../eventbridge/pattern.ts'
import type { MessageAttributeValue, ReceivedMessage } from '../sqs/message.ts'
import type { Queue } from '../sqs/queue.ts'
import { Waits } from '../clock/waits.ts'

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

export interface QueueConsumerDeps {
  readonly clock: StackClock
  readonly invoke: Invoke<SQSEvent>
}

/** Messages that were received and wait for their batch to fill. */
interface Gathering {
  readonly messages: ReceivedMessage[]
  readonly cancel: Cancel
}

/** AWS starts with this many concurrent batches. */
const startingConcurrency = 5

/** The event source mapping that feeds one function from one queue. Takes messages from `start()` on. */
export class QueueConsumer {
  readonly settings: QueueConsumerSettings
  readonly #queue: Queue
  readonly #clock: StackClock
  readonly #invoke: Invoke<SQSEvent>
  readonly #filter: Pattern
  readonly #batchSize: number
  readonly #windowMs: number
  readonly #concurrency: number
  readonly #waits: Waits
  #gathering: Gathering | undefined
  #invocations = 0
  #poll: Cancel | undefined
  #silence: Cancel | undefined

  constructor(queue: Queue, settings: QueueConsumerSettings, deps: QueueConsumerDeps) {
    this.settings = settings
    this.#queue = queue
    this.#clock = deps.clock
    this.#invoke = deps.invoke
    this.#filter = compileFilters(settings.filters)
    this.#batchSize = settings.batchSize ?? 10
    this.#windowMs = (settings.maximumBatchingWindowSeconds ?? 0) * 1000
    this.#concurrency = settings.maximumConcurrency ?? startingConcurrency
    this.#waits = new Waits(deps.clock)
    if (this.#batchSize > 10 && this.#windowMs === 0) {
      throw new AwsError(
        'InvalidParameterValueException',
        'Maximum batch window in seconds must be greater than 0 if maximum batch size is greater than 10',
      )
    }
  }

  start(): void {
    this.#silence ??= this.#queue.onVisible(() => this.#wake())
    this.#wake()
  }

  /** Takes no further messages; invocations under way end as they will. */
  stop(): void {
    this.#silence?.()
    this.#silence = undefined
    this.#poll?.()
    this.#poll = undefined
    this.#waits.clear()
    this.#gathering = undefined
  }

  /**
   * Visible messages of its queue and invocations under way are `now`, batches that wait for their window are `later`. A message that
   * failed waits in the queue for its visibility timeout.
   */
  inFlight(): InFlight {
    return this.#waits.inFlight(this.#invocations + (this.#silence ? this.#queue.visible() : 0))
  }

  waiting(): Waiting[] {
    return this.#waits.list()
  }

  #wake(): void {
    this.#poll ??= this.#clock.at(this.#clock.now(), () => {
      this.#poll = undefined
      if (this.#silence) this.#take()
    })
  }

  #take(): void {
    while (this.#invocations < this.#concurrency && this.#queue.visible() > 0) {
      const gathering = this.#gathering
      const gathered = gathering?.messages ?? []
      const room = Math.min(10, this.#batchSize - gathered.length)
      gathered.push(...this.#wanted(this.#queue.receive({ max: room })))
      if (gathered.length >= this.#batchSize || (gathered.length > 0 && this.#windowMs === 0)) this.#release(gathered)
      else if (gathered.length > 0 && !gathering) this.#gather(gathered)
    }
  }

  #gather(messages: ReceivedMessage[]): void {
    const due = this.#clock.now() + this.#windowMs
    const cancel = this.#waits.until(due, `batch of ${this.#queue.settings.name}`, () => this.#release(messages))
    this.#gathering = { messages, cancel }
  }

  #release(messages: readonly ReceivedMessage[]): void {
    this.#gathering?.cancel()
    this.#gathering = undefined
    this.#invocations += 1
    const handle = async (): Promise<void> => {
      try {
        const result = await this.#invoke({ Records: messages.map((message) => this.#record(message)) })
        for (const message of this.#succeeded(messages, result)) this.#queue.delete(message.ReceiptHandle)
      } catch {
        // Messages that could not be handed over stay until their visibility timeout is over.
      } finally {
        this.#invocations -= 1
        this.#wake()
      }
    }
    void handle()
  }

  #succeeded(messages: readonly ReceivedMessage[], result: InvokeResult): readonly ReceivedMessage[] {
    if (result.functionError) return []
    if (!this.settings.reportBatchItemFailures) return messages
    const ids = messages.map((message) => message.MessageId)
    const failures = reportedFailures(result.payload, ids)
    return failures === 'all' ? [] : messages.filter((message) => !failures.has(message.MessageId))
  }

  #wanted(messages: ReceivedMessage[]): ReceivedMessage[] {
    if (this.settings.filters === undefined) return messages
    return messages.filter((message) => {
      const wanted = this.#filter.matches({ ...this.#record(message), body: parsedBody(message.Body) })
      if (!wanted) this.#queue.delete(message.ReceiptHandle)
      return wanted
    })
  }

  #record(message: ReceivedMessage): SQSRecord {
    const {
      SenderId = '',
      SentTimestamp = '',
      ApproximateReceiveCount = '',
      ApproximateFirstReceiveTimestamp = '',
    } = message.Attributes
    const { DeadLetterQueueSourceArn: source, AWSTraceHeader } = message.Attributes
    return {
      messageId: message.MessageId,
      receiptHandle: message.ReceiptHandle,
      body: message.Body,
      attributes: {
        ApproximateReceiveCount,
        SentTimestamp,
        SenderId,
        ApproximateFirstReceiveTimestamp,
        ...(source && { DeadLetterQueueSourceArn: source }),
        ...(AWSTraceHeader && { AWSTraceHeader }),
      },
      messageAttributes: Object.fromEntries(
        Object.entries(message.MessageAttributes ?? {}).map(([name, value]) => [name, recordAttribute(value)]),
      ),
      md5OfBody: message.MD5OfBody,
      ...(message.MD5OfMessageAttributes && { md5OfMessageAttributes: message.MD5OfMessageAttributes }),
      eventSource: 'aws:sqs',
      eventSourceARN: this.#queue.settings.arn,
      awsRegion: this.settings.region,
    }
  }
}

const recordAttribute = (value: MessageAttributeValue): SQSMessageAttribute => ({
  ...(value.StringValue !== undefined && { stringValue: value.StringValue }),
  ...(value.BinaryValue !== undefined && { binaryValue: value.BinaryValue }),
  stringListValues: [],
  binaryListValues: [],
  dataType: value.DataType,
})

/** A filter on the body sees its JSON where it is an object, else its text. */
function parsedBody(body: string): unknown {
  try {
    const parsed: unknown = JSON.parse(body)
    return typeof parsed === 'object' && parsed !== null ? parsed : body
  } catch {
    return body
  }
}
