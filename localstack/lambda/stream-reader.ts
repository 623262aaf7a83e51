import type { DynamoDBRecord } from 'aws-lambda'
import type { DynamoEmulator } from '../dynamodb/emulator.ts'
import type { InFlight, Waiting } from '../clock/in-flight.ts'
import type { StreamConsumer } from './stream-consumer.ts'

export interface StreamReaderSettings {
  /** The stream as the emulator names it. */
  readonly emulatorArn: string
  /** The stream as the templates name it. */
  readonly arn: string
  readonly region: string
}

/** How often the stream is read although no write was seen pass, in milliseconds. */
const safetyPollMs = 2_000
const mostRecords = 1_000

/** Reads a table's stream at the emulator, from its beginning, and hands it to the consumers. Reads when it is woken after a write. */
export class StreamReader {
  private readonly settings: StreamReaderSettings
  private readonly emulator: DynamoEmulator
  private readonly consumers: readonly StreamConsumer[]
  private readonly iterators = new Map<string, string | undefined>()
  private readonly poll: NodeJS.Timeout
  private reading = false
  private woken = false
  private held = false

  constructor(settings: StreamReaderSettings, emulator: DynamoEmulator, consumers: readonly StreamConsumer[]) {
    this.settings = settings
    this.emulator = emulator
    this.consumers = consumers
    this.poll = setInterval(() => this.wake(), safetyPollMs)
  }

  wake(): void {
    this.woken = true
    if (!this.reading && !this.held) void this.read()
  }

  /** Leaves new records in the stream until `release`. */
  hold(): void {
    this.held = true
  }

  release(): void {
    this.held = false
    this.wake()
  }

  inFlight(): InFlight {
    return { now: this.reading || (this.woken && !this.held) ? 1 : 0, later: 0 }
  }

  waiting(): Waiting[] {
    return []
  }

  stop(): void {
    clearInterval(this.poll)
    this.held = true
  }

  private async read(): Promise<void> {
    this.reading = true
    try {
      while (this.woken && !this.held) {
        this.woken = false
        await this.readShards()
      }
    } catch {
      // The emulator did not answer: the next write or poll reads on from the same place.
    } finally {
      this.reading = false
    }
  }

  private async readShards(): Promise<void> {
    if ([...this.iterators.values()].every((iterator) => iterator === undefined)) await this.findShards()
    for (const [shardId, first] of this.iterators) {
      let iterator = first
      let count = mostRecords
      while (iterator !== undefined && count > 0 && !this.held) {
        const answer = await this.emulator.call('GetRecords', { ShardIterator: iterator }, 'DynamoDBStreams')
        const records = (answer['Records'] ?? []) as readonly DynamoDBRecord[]
        count = records.length
        iterator = answer['NextShardIterator'] as string | undefined
        this.iterators.set(shardId, iterator)
        if (count > 0) this.push(records, shardId)
      }
    }
  }

  private push(records: readonly DynamoDBRecord[], shardId: string): void {
    const { arn: eventSourceARN, region: awsRegion } = this.settings
    const named = records.map((record) => Object.assign(record, { eventSourceARN, awsRegion }))
    for (const consumer of this.consumers) consumer.push(named, shardId)
  }

  private async findShards(): Promise<void> {
    const StreamArn = this.settings.emulatorArn
    const answer = await this.emulator.call('DescribeStream', { StreamArn }, 'DynamoDBStreams')
    const { Shards = [] } = answer['StreamDescription'] as { readonly Shards?: readonly { readonly ShardId: string }[] }
    for (const { ShardId } of Shards) {
      if (this.iterators.has(ShardId)) continue
      const ShardIteratorType = 'TRIM_HORIZON'
      const found = await this.emulator.call(
        'GetShardIterator',
        { StreamArn, ShardId, ShardIteratorType },
        'DynamoDBStreams',
      )
      this.iterators.set(ShardId, found['ShardIterator'] as string | undefined)
    }
  }
}
