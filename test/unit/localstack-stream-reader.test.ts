import type { DynamoDBRecord } from 'aws-lambda'
import { afterEach, describe, expect, test } from 'vitest'
import { AwsError } from '../../localstack/endpoint/aws-error.ts'
import { StreamReader } from '../../localstack/lambda/stream-reader.ts'

/**
 * A shard as DynamoDB Local keeps it. An iterator from the start of an empty shard is lost as soon as there is a first record
 * (aws/aws-sdk-java#2923); iterators expire, and old records are trimmed.
 */
class Shard {
  private readonly numbers: number[] = []
  private expired = false
  down = false

  write(number: number): void {
    this.numbers.push(number)
  }

  trimTo(number: number): void {
    while ((this.numbers[0] ?? number) < number) this.numbers.shift()
  }

  expire(): void {
    this.expired = true
  }

  call = async (operation: string, input: Readonly<Record<string, unknown>>) => {
    if (this.down) throw new Error('no connection')
    if (operation === 'DescribeStream') return { StreamDescription: { Shards: [{ ShardId: 'shard' }] } }
    if (operation === 'GetShardIterator') return { ShardIterator: this.iterator(input) }
    const iterator = String(input['ShardIterator'])
    if (this.expired) throw new AwsError('ExpiredIteratorException', 'The iterator is too old.')
    if (iterator === 'empty' && this.numbers.length > 0) throw trimmed()
    const after = iterator === 'empty' ? 0 : Number(iterator)
    const Records = this.numbers
      .filter((number) => number > after)
      .map((number): DynamoDBRecord => ({ dynamodb: { SequenceNumber: String(number) } }))
    return { Records, NextShardIterator: Records.at(-1)?.dynamodb?.SequenceNumber ?? iterator }
  }

  private iterator({ ShardIteratorType, SequenceNumber }: Readonly<Record<string, unknown>>): string {
    this.expired = false
    const [first] = this.numbers
    if (ShardIteratorType === 'TRIM_HORIZON') return first === undefined ? 'empty' : String(first - 1)
    if (first === undefined || Number(SequenceNumber) < first) throw trimmed()
    return String(SequenceNumber)
  }
}

const trimmed = () =>
  new AwsError('TrimmedDataAccessException', 'The operation attempted to read past the oldest stream record.')

let reader: StreamReader | undefined
afterEach(() => reader?.stop())

function reading(shard: Shard, putsOff: (read: () => void) => boolean = () => false) {
  const read: number[] = []
  const lines: string[] = []
  const consumer = {
    push: (records: readonly DynamoDBRecord[]) =>
      void read.push(...records.map(({ dynamodb }) => Number(dynamodb?.SequenceNumber))),
  }
  const settings = { emulatorArn: 'arn', arn: 'arn', region: 'us-east-1' }
  const log = (line: string): void => void lines.push(line)
  const started = new StreamReader(settings, { emulator: shard, consumers: [consumer], putsOff, log })
  reader = started
  const readOn = async (): Promise<void> => {
    started.wake()
    await untilRead(started)
  }
  return { read, lines, readOn, started }
}

async function untilRead(started: StreamReader): Promise<void> {
  while (started.inFlight().now > 0) await new Promise((resolve) => setImmediate(resolve))
}

describe('the reader of a stream', () => {
  test('finds the first record of a shard that was empty when it began', async () => {
    const shard = new Shard()
    const { read, lines, readOn } = reading(shard)
    await readOn()
    shard.write(7)
    await readOn()
    shard.write(8)
    await readOn()
    expect([read, lines]).toEqual([[7, 8], []])
  })

  test('goes on behind the last record that it has read when its iterator has expired', async () => {
    const shard = new Shard()
    const { read, readOn } = reading(shard)
    shard.write(1)
    await readOn()
    shard.write(2)
    shard.expire()
    await readOn()
    expect(read).toEqual([1, 2])
  })

  test('goes on with the oldest record that is left when that one was trimmed', async () => {
    const shard = new Shard()
    const { read, readOn } = reading(shard)
    shard.write(1)
    await readOn()
    for (const number of [2, 3, 4]) shard.write(number)
    shard.trimTo(3)
    shard.expire()
    await readOn()
    expect(read).toEqual([1, 3, 4])
  })

  test('logs what it cannot read, and reads it later', async () => {
    const shard = new Shard()
    const { read, lines, readOn } = reading(shard)
    shard.write(1)
    shard.down = true
    await readOn()
    expect([read, lines]).toEqual([[], ['Error: no connection']])
    shard.down = false
    await readOn()
    expect(read).toEqual([1])
  })

  test('puts off a read that has to wait, and then reads all that was written meanwhile', async () => {
    const shard = new Shard()
    const putOff: (() => void)[] = []
    const { read, readOn, started } = reading(shard, (task) => putOff.push(task) > 0)
    shard.write(1)
    await readOn()
    shard.write(2)
    await readOn()
    expect([read, started.inFlight(), putOff.length]).toEqual([[], { now: 0, later: 1 }, 1])
    putOff.pop()?.()
    await untilRead(started)
    expect([read, started.inFlight()]).toEqual([[1, 2], { now: 0, later: 0 }])
  })

  test('does not read what was put off while it is held', async () => {
    const shard = new Shard()
    const putOff: (() => void)[] = []
    const { read, readOn, started } = reading(shard, (task) => putOff.push(task) > 0)
    shard.write(1)
    await readOn()
    started.hold()
    putOff.pop()?.()
    expect(started.inFlight()).toEqual({ now: 0, later: 0 })
    started.release()
    putOff.pop()?.()
    await untilRead(started)
    expect(read).toEqual([1])
  })
})
