import type { DynamoDBRecord } from 'aws-lambda'
import { reportedFailures } from './batch-failures.ts'
import type { Cancel } from '../clock/clock.ts'
import { backoff } from '../eventbridge/delivery.ts'
import type { InFlight, Waiting } from '../clock/in-flight.ts'
import type { InvokeResult } from './invoke.ts'
import { compileFilters, type Pattern } from '../eventbridge/pattern.ts'
import type { StreamConsumerDeps, StreamConsumerSettings, StreamCounts, Windowed } from './stream-consumer-settings.ts'
import { type GivenUp, failureOf } from './stream-failure.ts'
import { Waits } from '../clock/waits.ts'

interface Held {
  readonly record: DynamoDBRecord
  /** When it was pushed, which is what its age is counted from. */
  readonly arrivedAt: number
}

/** Records that go to the function together, as often as it takes. */
interface Batch {
  readonly held: readonly Held[]
  /** Failures that count against `maximumRetryAttempts`. */
  readonly failures: number
  readonly invocations: number
}

interface Shard {
  readonly id: string
  readonly pending: Held[]
  /** What is left of batches that failed; goes before `pending`. */
  readonly again: Batch[]
  /** Records of the invocation under way. */
  invoked: number
  /** Cancels the next batch of the shard, if one is due. */
  wake: Cancel | undefined
  /** Whether that batch waits for a later time. */
  waits: boolean
  /** The beginning of its tumbling window, in milliseconds since 1970, and the state in it. */
  window: number
  state: unknown
}

const streamRetentionSeconds = 86_400
const shortestBackoffMs = 500
const longestBackoffMs = 60_000

/** The event source mapping that feeds one function from one table's stream: in order within a shard, one batch of it at a time. */
export class StreamConsumer {
  readonly settings: StreamConsumerSettings
  readonly #deps: StreamConsumerDeps
  readonly #filter: Pattern
  readonly #shards = new Map<string, Shard>()
  readonly #waits: Waits
  readonly #counts = { taken: 0, filtered: 0, handled: 0, retried: 0, givenUp: 0 }
  #failureMessages = 0
  #stopped = false

  constructor(settings: StreamConsumerSettings, deps: StreamConsumerDeps) {
    this.settings = settings
    this.#deps = deps
    this.#filter = compileFilters(settings.filters)
    this.#waits = new Waits(deps.clock)
  }

  /** Hands over records in the order of the shard. */
  push(records: readonly DynamoDBRecord[], shardId = 'shardId-00000000000000000000-00000000'): void {
    const shard = this.#shard(shardId)
    const arrivedAt = this.#deps.clock.now()
    for (const record of records) {
      this.#counts.taken += 1
      if (this.#filter.matches(record)) shard.pending.push({ record, arrivedAt })
      else this.#counts.filtered += 1
    }
    if (shard.again.length === 0) this.#schedule(shard)
  }

  /** Invokes no more; invocations under way end as they will. */
  stop(): void {
    this.#stopped = true
    this.#waits.clear()
    for (const shard of this.#shards.values()) shard.wake?.()
  }

  counts(): StreamCounts {
    return { ...this.#counts }
  }

  /** Records that are with the function or on their way are `now`; a shard that waits for a retry or a window is one piece of `later`. */
  inFlight(): InFlight {
    let now = this.#failureMessages
    for (const shard of this.#shards.values()) {
      now += shard.invoked
      if (shard.invoked > 0 || !shard.waits)
        now += shard.pending.length + shard.again.reduce((sum, { held }) => sum + held.length, 0)
    }
    return this.#waits.inFlight(now)
  }

  waiting(): Waiting[] {
    return this.#waits.list()
  }

  #shard(id: string): Shard {
    const known = this.#shards.get(id)
    if (known) return known
    const shard: Shard = { id, pending: [], again: [], invoked: 0, wake: undefined, waits: false, window: 0, state: {} }
    this.#shards.set(id, shard)
    return shard
  }

  /** Takes the shard's next batch at `due`: now, unless a window or a retry has to be waited for. */
  #schedule(shard: Shard, due = this.#deps.clock.now(), what?: string): void {
    if (this.#stopped || shard.invoked > 0 || shard.again.length + shard.pending.length === 0) return
    shard.wake?.()
    const task = (): void => {
      shard.wake = undefined
      shard.waits = false
      this.#next(shard)
    }
    shard.waits = what !== undefined
    shard.wake = what === undefined ? this.#deps.clock.at(due, task) : this.#waits.until(due, what, task)
  }

  #next(shard: Shard): void {
    const again = shard.again.shift()
    if (again) {
      this.#begin(shard, again)
      return
    }
    const [first] = shard.pending
    if (!first) return
    const batchSize = this.settings.batchSize ?? 100
    const due = first.arrivedAt + (this.settings.maximumBatchingWindowSeconds ?? 0) * 1000
    if (shard.pending.length < batchSize && due > this.#deps.clock.now()) {
      this.#schedule(shard, due, `batch of ${this.settings.streamArn}`)
      return
    }
    this.#begin(shard, { held: shard.pending.splice(0, batchSize), failures: 0, invocations: 0 })
  }

  #begin(shard: Shard, batch: Batch): void {
    const limit = this.settings.maximumRecordAgeSeconds ?? -1
    const oldest = this.#deps.clock.now() - (limit < 0 ? streamRetentionSeconds : limit) * 1000
    const young = batch.held.filter(({ arrivedAt }) => arrivedAt >= oldest)
    if (young.length < batch.held.length) {
      this.#giveUp(
        shard,
        { ...batch, held: batch.held.slice(0, batch.held.length - young.length) },
        'RecordAgeExceeded',
      )
    }
    if (young.length > 0) void this.#call(shard, { ...batch, held: young })
    else this.#schedule(shard)
  }

  async #call(shard: Shard, batch: Batch): Promise<void> {
    shard.invoked = batch.held.length
    const result = await this.#invoke(shard, batch)
    shard.invoked = 0
    const called = { ...batch, invocations: batch.invocations + 1 }
    const handled = result ? this.#handled(called, result) : 0
    this.#counts.handled += handled
    if (handled === batch.held.length) this.#schedule(shard)
    else if (result) this.#failed(shard, called, handled, result)
    else this.#retry(shard, [called], called.invocations)
  }

  /** Undefined when the function could not be invoked. */
  async #invoke(shard: Shard, batch: Batch): Promise<InvokeResult | undefined> {
    const Records = batch.held.map(({ record }) => record)
    const seconds = this.settings.tumblingWindowSeconds ?? 0
    try {
      if (seconds === 0) return await this.#deps.invoke({ Records })
      const result = await this.#deps.invoke({ Records, ...this.#windowed(shard, seconds * 1_000) })
      const state = (result.payload as { readonly state?: unknown } | null | undefined)?.state
      if (result.functionError || state === undefined)
        return { ...result, functionError: result.functionError ?? 'Unhandled' }
      shard.state = state
      return result
    } catch {
      return undefined
    }
  }

  /** The window that it is now, with a new state where the last one is over. */
  #windowed(shard: Shard, lengthMs: number): Windowed {
    const start = Math.floor(this.#deps.clock.now() / lengthMs) * lengthMs
    if (start !== shard.window) shard.state = {}
    shard.window = start
    return {
      window: { start: new Date(start).toISOString(), end: new Date(start + lengthMs).toISOString() },
      state: shard.state,
      shardId: shard.id,
      eventSourceARN: this.settings.streamArn,
      isFinalInvokeForWindow: false,
      isWindowTerminatedEarly: false,
    }
  }

  /** How many records from the start of the batch are done. */
  #handled(batch: Batch, result: InvokeResult): number {
    if (result.functionError) return 0
    if (!this.settings.reportBatchItemFailures) return batch.held.length
    const ids = batch.held.map(({ record }) => record.dynamodb?.SequenceNumber ?? '')
    const failures = reportedFailures(result.payload, ids)
    if (failures === 'all') return 0
    const lowest = ids.findIndex((id) => failures.has(id))
    return lowest < 0 ? ids.length : lowest
  }

  /** What did not work is tried again: the rest behind the last success, or two halves, or the same once more while that is allowed. */
  #failed(shard: Shard, batch: Batch, handled: number, result: InvokeResult): void {
    const rest = { ...batch, held: batch.held.slice(handled) }
    if (this.settings.bisectBatchOnFunctionError && handled > 0) {
      this.#retry(shard, [rest], 1)
      return
    }
    if (this.settings.bisectBatchOnFunctionError && rest.held.length > 1) {
      const middle = Math.ceil(rest.held.length / 2)
      const halves = [rest.held.slice(0, middle), rest.held.slice(middle)]
      this.#retry(
        shard,
        halves.map((held) => ({ ...rest, held })),
        1,
      )
      return
    }
    const failures = batch.failures + 1
    const most = this.settings.maximumRetryAttempts ?? -1
    if (most < 0 || failures <= most) {
      this.#retry(shard, [{ ...rest, failures }], failures)
      return
    }
    this.#giveUp(shard, rest, 'RetryAttemptsExhausted', result)
    this.#schedule(shard)
  }

  #retry(shard: Shard, batches: readonly Batch[], attempt: number): void {
    this.#counts.retried += 1
    shard.again.unshift(...batches)
    const wait = backoff(attempt, this.#deps.random, shortestBackoffMs, longestBackoffMs)
    this.#schedule(
      shard,
      this.#deps.clock.now() + wait,
      `retry of ${batches[0]?.held.length ?? 0} records of ${this.settings.streamArn}`,
    )
  }

  #giveUp(shard: Shard, batch: Batch, condition: GivenUp['condition'], result?: InvokeResult): void {
    this.#counts.givenUp += batch.held.length
    const notify = async (): Promise<void> => {
      this.#failureMessages += 1
      await this.#deps.onFailure?.(
        failureOf({
          condition,
          result,
          settings: this.settings,
          shardId: shard.id,
          invocations: batch.invocations,
          now: this.#deps.clock.now(),
          records: batch.held.map(({ record }) => record),
        }),
      )
    }
    void notify()
      .catch(() => {})
      .finally(() => {
        this.#failureMessages -= 1
      })
  }
}
