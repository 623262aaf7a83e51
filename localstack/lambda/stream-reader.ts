import type { DynamoDBRecord } from 'aws-lambda'
import type { DynamoEmulator } from '../dynamodb/emulator.ts'
import type { InFlight, Waiting } from '../clock/in-flight.ts'
import { AwsError } from '../endpoint/aws-error.ts'
import type { StreamConsumer } from './stream-consumer.ts'

export interface StreamReaderSettings {
  /** The stream as the emulator names it. */
  readonly emulatorArn: string
  /** The stream as the templates name it. */
  readonly arn: string
  readonly region: string
}

export interface StreamReaderDeps {
  readonly emulator: Pick<DynamoEmulator, 'call'>
  readonly consumers: readonly Pick<StreamConsumer, 'push'>[]
  /** Whether a read is put off: `read` is called when it is time. */
  readonly putsOff: (read: () => void) => boolean
  readonly log: (text: string) => void
}

/** How often the stream is read although no write was seen pass, in milliseconds. */
const safetyPollMs = 2_000
const mostRecords = 1_000
/** Errors of an iterator whose place is found again: DynamoDB Local answers the first to one that is older than the first record. */
const lostPlace: ReadonlySet<string> = new Set(['TrimmedDataAccessException', 'ExpiredIteratorException'])

/** Reads a table's stream at the emulator, from its beginning, and hands it to the consumers. Reads when it is woken after a write. */
export class StreamReader {
  private readonly settings: StreamReaderSettings
  private readonly deps: StreamReaderDeps
  private readonly lastRead = new Map<string, string>()
  private readonly iterators = new Map<string, string | undefined>()
  private readonly poll: NodeJS.Timeout
  private reading = false
  private woken = false
  private held = false
  private isPutOff = false

  constructor(settings: StreamReaderSettings, deps: StreamReaderDeps) {
    this.settings = settings
    this.deps = deps
    this.poll = setInterval(() => this.wake(), safetyPollMs)
  }

  wake(): void {
    this.woken = true
    if (!this.reading && !this.held && !this.isPutOff && this.isDue()) void this.read()
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
    const isAbout = this.woken && !this.held
    return { now: this.reading || (isAbout && !this.isPutOff) ? 1 : 0, later: isAbout && this.isPutOff ? 1 : 0 }
  }

  waiting(): Waiting[] {
    return []
  }

  stop(): void {
    clearInterval(this.poll)
    this.held = true
  }

  /** Whether the stream is read now; else it is read later. */
  private isDue(): boolean {
    this.isPutOff = this.deps.putsOff(() => {
      this.isPutOff = false
      if (!this.reading && !this.held) void this.read()
    })
    return !this.isPutOff
  }

  private async read(): Promise<void> {
    this.reading = true
    try {
      do {
        this.woken = false
        await this.readShards()
      } while (this.woken && !this.held && this.isDue())
    } catch (error) {
      // The next write or poll reads on from the same place.
      this.deps.log(String(error))
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
        const answer = await this.getRecords(shardId, iterator)
        const records = (answer['Records'] ?? []) as readonly DynamoDBRecord[]
        count = records.length
        iterator = answer['NextShardIterator'] as string | undefined
        this.iterators.set(shardId, iterator)
        if (count > 0) this.push(records, shardId)
      }
    }
  }

  private async getRecords(shardId: string, iterator: string): Promise<Readonly<Record<string, unknown>>> {
    try {
      return await this.deps.emulator.call('GetRecords', { ShardIterator: iterator }, 'DynamoDBStreams')
    } catch (error) {
      if (!isLostPlace(error)) throw error
      const found = await this.iteratorOf(shardId)
      this.iterators.set(shardId, found)
      return this.deps.emulator.call('GetRecords', { ShardIterator: found }, 'DynamoDBStreams')
    }
  }

  /** Behind the last record that was read; from the start of the shard if there is none, or if that was trimmed. */
  private async iteratorOf(ShardId: string): Promise<string | undefined> {
    const { emulatorArn: StreamArn } = this.settings
    const fromStart = { StreamArn, ShardId, ShardIteratorType: 'TRIM_HORIZON' }
    const SequenceNumber = this.lastRead.get(ShardId)
    const ask = async (input: object) =>
      (await this.deps.emulator.call('GetShardIterator', { ...input }, 'DynamoDBStreams'))['ShardIterator'] as
        | string
        | undefined
    if (SequenceNumber === undefined) return ask(fromStart)
    return ask({ ...fromStart, ShardIteratorType: 'AFTER_SEQUENCE_NUMBER', SequenceNumber }).catch((error: unknown) => {
      if (isLostPlace(error)) return ask(fromStart)
      throw error
    })
  }

  private push(records: readonly DynamoDBRecord[], shardId: string): void {
    const { arn: eventSourceARN, region: awsRegion } = this.settings
    const named = records.map((record) => Object.assign(record, { eventSourceARN, awsRegion }))
    const last = records.at(-1)?.dynamodb?.SequenceNumber
    if (last !== undefined) this.lastRead.set(shardId, last)
    for (const consumer of this.deps.consumers) consumer.push(named, shardId)
  }

  private async findShards(): Promise<void> {
    const StreamArn = this.settings.emulatorArn
    const answer = await this.deps.emulator.call('DescribeStream', { StreamArn }, 'DynamoDBStreams')
    const { Shards = [] } = answer['StreamDescription'] as { readonly Shards?: readonly { readonly ShardId: string }[] }
    for (const { ShardId } of Shards) {
      if (!this.iterators.has(ShardId)) this.iterators.set(ShardId, await this.iteratorOf(ShardId))
    }
  }
}

const isLostPlace = (error: unknown): boolean => error instanceof AwsError && lostPlace.has(error.code)
