import type { DynamoDBRecord } from 'aws-lambda'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import * as z from 'zod'
import { logger, metrics } from '../../functions/runtime/log.ts'
import {
  type Bus,
  type BusEntry,
  type ToEvent,
  type OutboxEvent,
  type RelayDeps,
  ofPart,
  readName,
  relay,
  relayer,
} from '../../functions/runtime/relay.ts'
import { type Item, StoreUnavailable } from '../../functions/runtime/store.ts'
import { event } from '../../schemas/contract.ts'

const placed = event('orders', 'order.placed', 1, '', z.object({ orderId: z.string(), text: z.string().default('') }))

let calls: (readonly BusEntry[])[]
let parked: { body: string; cause: string }[]
beforeEach(() => {
  calls = []
  parked = []
  vi.spyOn(logger, 'error').mockImplementation(() => {})
})

const toEvent: ToEvent = ({ pk }) => ({ contract: placed, data: { orderId: pk } })
const taking: Bus = {
  put: async (entries) => {
    calls.push(entries)
    return []
  },
}
const unmarshall = (image: unknown) => image as Item

const deadLetters = {
  park: async (body: string, cause: string) => {
    parked.push({ body, cause })
  },
}

const forward = (deps: { toEvent?: ToEvent; bus?: Bus }, ...Records: DynamoDBRecord[]) =>
  relayer({ toEvent, bus: taking, unmarshall, deadLetters, ...deps })({ Records })

const record = (pk: string, item: Partial<Item> = {}, eventName: DynamoDBRecord['eventName'] = 'MODIFY') =>
  ({
    eventName,
    dynamodb: {
      SequenceNumber: `seq-${pk}`,
      NewImage: {
        pk,
        sk: 'order',
        version: 3,
        outbox: ['placed'],
        at: '2026-03-01T12:00:00.000Z',
        cause: 'r1',
        ...item,
      },
    },
  }) as unknown as DynamoDBRecord

const bytesOf = ({ source, detailType, detail }: BusEntry): number => source.length + detailType.length + detail.length

const orderIds = () =>
  calls.flat().map(({ detail }) => (JSON.parse(detail) as { data: { orderId: string } }).data.orderId)
const failedAt = (sequence: string) => ({ batchItemFailures: [{ itemIdentifier: sequence }] })
const whole = { batchItemFailures: [] }

describe('the relay', () => {
  test('publishes an event with an id that is the same each time', async () => {
    expect(await forward({}, record('ord_1'))).toEqual(whole)
    expect(calls).toEqual([[{ source: 'holdfast.orders', detailType: 'order.placed.v1', detail: expect.any(String) }]])
    expect(JSON.parse(calls[0]![0]!.detail)).toEqual({
      id: 'ord_1/order@3/order.placed',
      time: '2026-03-01T12:00:00.000Z',
      correlationId: 'ord_1',
      causationId: 'r1',
      data: { orderId: 'ord_1', text: '' },
    })
  })

  test('publishes every event of a version, and none of versions without any or of items that went', async () => {
    const removed = { eventName: 'REMOVE', dynamodb: { SequenceNumber: 'seq-r', Keys: {} } } as DynamoDBRecord
    const { outbox: _, ...silent } = record('d').dynamodb!.NewImage as unknown as Item
    const records = [
      record('a', { outbox: ['placed', 'placed'] }),
      record('b', { outbox: [] }),
      { ...record('d'), dynamodb: { NewImage: silent } } as unknown as DynamoDBRecord,
    ]
    expect(await forward({}, ...records, removed, record('c'))).toEqual(whole)
    expect(orderIds()).toEqual(['a', 'a', 'c'])
  })

  test('publishes an event of each part of an item, under ids of their own', async () => {
    const ofParts: ToEvent = (item, entry) => {
      const { name, part } = readName(entry)
      return { ...(toEvent(item, name) as OutboxEvent), part }
    }
    await forward({ toEvent: ofParts }, record('a', { outbox: [ofPart('order.placed', 1), ofPart('order.placed', 2)] }))
    expect(calls.flat().map(({ detail }) => (JSON.parse(detail) as { id: string }).id)).toEqual([
      'a/order@3/order.placed#1',
      'a/order@3/order.placed#2',
    ])
  })

  test('calls the bus with ten entries at most', async () => {
    await forward({}, ...Array.from({ length: 23 }, (_, index) => record(`o${index}`)))
    expect(calls.map(({ length }) => length)).toEqual([10, 10, 3])
    expect(orderIds()).toEqual(Array.from({ length: 23 }, (_, index) => `o${index}`))
  })

  test('calls the bus with 256 KB at most', async () => {
    const long: ToEvent = ({ pk }) => ({ contract: placed, data: { orderId: pk, text: 'é'.repeat(50_000) } })
    await forward({ toEvent: long }, record('a'), record('b'), record('c'))
    expect(calls.map(({ length }) => length)).toEqual([2, 1])
  })

  test.each([
    ['fill a call', 262_144, 2],
    ['are one byte too many for a call', 262_145, 1],
  ])('puts two events that %s, first or behind a large one, in as many calls as they need', async (_, size, atOnce) => {
    const texts: Record<string, string> = { a: 'x'.repeat(250_000), b: 'x'.repeat(100_000), c: '' }
    const sized: ToEvent = ({ pk }) => ({ contract: placed, data: { orderId: pk, text: texts[pk] } })
    await forward({ toEvent: sized }, record('b'), record('c'))
    const put = calls.flat().reduce((sum, each) => sum + bytesOf(each), 0)
    texts['c'] = 'x'.repeat(size - put)
    const lengthsOf = async (...names: string[]): Promise<number[]> => {
      calls = []
      await forward({ toEvent: sized }, ...names.map((name) => record(name)))
      return calls.map(({ length }) => length)
    }
    const both = atOnce === 2 ? [2] : [1, 1]
    expect(await lengthsOf('b', 'c')).toEqual(both)
    expect(await lengthsOf('a', 'b', 'c')).toEqual([1, ...both])
  })

  test('takes the order of an event, and else its item, for its correlation', async () => {
    const other = event('orders', 'order.seen', 1, '', z.object({ sku: z.string() }))
    await forward({ toEvent: () => ({ contract: placed, data: { orderId: 'ord_7' } }) }, record('a'))
    await forward({ toEvent: () => ({ contract: other, data: { sku: 's' } }) }, record('b'))
    expect(calls.flat().map(({ detail }) => JSON.parse(detail) as unknown)).toMatchObject([
      { correlationId: 'ord_7' },
      { correlationId: 'b' },
    ])
  })

  test('passes over records without an image, or of what was deleted', async () => {
    const bare = { eventName: 'MODIFY' } as DynamoDBRecord
    expect(await forward({}, bare, record('a', {}, 'REMOVE'), record('b'))).toEqual(whole)
    expect([orderIds(), parked]).toEqual([['b'], []])
  })

  test('makes its deps at its first call, and once', async () => {
    const make = vi.fn<() => RelayDeps>(() => ({ toEvent, bus: taking, unmarshall, deadLetters }))
    const handler = relay(make)
    expect(make).not.toHaveBeenCalled()
    await handler({ Records: [record('a')] })
    expect(await handler({ Records: [record('b')] })).toEqual(whole)
    expect([make.mock.calls.length, orderIds()]).toEqual([1, ['a', 'b']])
  })

  test('does not call the bus for nothing', async () => {
    expect(await forward({}, record('a', { outbox: [] }))).toEqual(whole)
    expect(calls).toEqual([])
  })
})

describe('the stream goes on', () => {
  test('from the first record whose event the bus did not take', async () => {
    const bus: Bus = {
      put: async () => [
        { index: 2, cause: 'InternalFailure: c' },
        { index: 1, cause: 'InternalFailure: b' },
      ],
    }
    expect(await forward({ bus }, record('a'), record('b'), record('c'))).toEqual(failedAt('seq-b'))
  })

  test('from the record of the failing call, and no later call is made', async () => {
    let count = 0
    const bus: Bus = {
      put: async (entries) => {
        count += 1
        return count === 2 ? [{ index: 0, cause: 'InternalFailure: ?' }] : taking.put(entries)
      },
    }
    const records = Array.from({ length: 25 }, (_, index) => record(`o${index}`))
    expect(await forward({ bus }, ...records)).toEqual(failedAt('seq-o10'))
    expect(count).toBe(2)
  })

  test('from the first record of a call that the bus did not answer', async () => {
    const bus: Bus = { put: () => Promise.reject(new Error('no answer')) }
    expect(await forward({ bus }, record('a'), record('b'))).toEqual(failedAt('seq-a'))
  })

  test('from a record whose lines could not be read, after publishing those before it', async () => {
    const failing: ToEvent = (item, name) => {
      if (item.pk === 'b') throw new StoreUnavailable('no answer')
      return toEvent(item, name)
    }
    expect(await forward({ toEvent: failing }, record('a'), record('b'), record('c'))).toEqual(failedAt('seq-b'))
    expect(orderIds()).toEqual(['a'])
  })

  test('from the earlier one when lines could not be read and an event before it was not taken', async () => {
    const failing: ToEvent = (item, name) => {
      if (item.pk === 'b') throw new StoreUnavailable('no answer')
      return toEvent(item, name)
    }
    const bus: Bus = { put: async () => [{ index: 0, cause: 'InternalFailure: a' }] }
    expect(await forward({ toEvent: failing, bus }, record('a'), record('b'))).toEqual(failedAt('seq-a'))
  })

  test('from a record that can never be published when the dead-letter queue does not take it', async () => {
    const wrong: ToEvent = () => ({ contract: placed, data: { orderId: 7 } })
    const deadLetters = { park: () => Promise.reject(new Error('queue gone')) }
    const Records = [record('a')]
    expect(await relayer({ toEvent: wrong, bus: taking, unmarshall, deadLetters })({ Records })).toEqual(
      failedAt('seq-a'),
    )
  })

  test('from an event that the bus never takes when the dead-letter queue does not take it either', async () => {
    const bus: Bus = { put: async () => [{ index: 1, cause: 'MalformedDetail: ?', isFinal: true }] }
    const deadLetters = { park: () => Promise.reject(new Error('queue gone')) }
    const Records = [record('a'), record('b'), record('c')]
    expect(await relayer({ toEvent, bus, unmarshall, deadLetters })({ Records })).toEqual(failedAt('seq-b'))
  })
})

describe('a record that can never be published', () => {
  test('goes to the dead-letter queue with its cause, and blocks nobody', async () => {
    const wrong: ToEvent = (item, name) =>
      item.pk === 'b' ? { contract: placed, data: { orderId: 7 } } : toEvent(item, name)
    expect(await forward({ toEvent: wrong }, record('a'), record('b'), record('c'))).toEqual(whole)
    expect(orderIds()).toEqual(['a', 'c'])
    expect(parked).toEqual([{ body: expect.stringContaining('seq-b'), cause: expect.stringContaining('orderId') }])
  })
})

describe('an event that can never pass', () => {
  test('because it is too large is parked with its cause, and the other events of its version are published', async () => {
    const long: ToEvent = ({ pk }, name) => ({
      contract: placed,
      data: { orderId: pk, text: name === 'long' ? 'é'.repeat(131_072) : '' },
    })
    expect(await forward({ toEvent: long }, record('a', { outbox: ['long', 'placed'] }), record('b'))).toEqual(whole)
    expect(orderIds()).toEqual(['a', 'b'])
    expect(parked).toEqual([
      { body: expect.stringContaining('seq-a'), cause: expect.stringMatching(/^long: .* the bus takes 262144/) },
    ])
  })

  test('is parked as its keys alone when its record is too large for a message', async () => {
    const wrong: ToEvent = () => ({ contract: placed, data: { orderId: 7 } })
    const large = record('a', { text: 'x'.repeat(300_000) })
    Object.assign(large.dynamodb!, { Keys: { pk: { S: 'a' }, sk: { S: 'order' } } })
    expect(await forward({ toEvent: wrong }, large)).toEqual(whole)
    expect(JSON.parse(parked[0]!.body)).toEqual({
      eventName: 'MODIFY',
      name: 'placed',
      dynamodb: { Keys: { pk: { S: 'a' }, sk: { S: 'order' } }, SequenceNumber: 'seq-a' },
    })
  })

  test.each([250_000, 250_001])('is parked whole up to 250,000 bytes: %s', async (size) => {
    const wrong: ToEvent = () => ({ contract: placed, data: { orderId: 7 } })
    const sized = (text: string) => record('a', { text })
    const text = 'x'.repeat(size - JSON.stringify(sized('')).length)
    await forward({ toEvent: wrong }, sized(text))
    expect('NewImage' in (JSON.parse(parked[0]!.body) as DynamoDBRecord).dynamodb!).toBe(size === 250_000)
  })

  test('of the largest size is put', async () => {
    const long =
      (length: number): ToEvent =>
      () => ({ contract: placed, data: { orderId: 'a', text: 'x'.repeat(length) } })
    await forward({ toEvent: long(0) }, record('a'))
    const room = 262_144 - bytesOf(calls[0]![0]!)
    await forward({ toEvent: long(room) }, record('a'))
    expect([calls.length, parked]).toEqual([2, []])
    await forward({ toEvent: long(room + 1) }, record('a'))
    expect([calls.length, parked.length]).toEqual([2, 1])
  })

  test('because the bus never takes it is parked, and those behind it are published', async () => {
    const bus: Bus = {
      put: async (entries) => {
        calls.push(entries)
        return [{ index: 1, cause: 'MalformedDetail: ?', isFinal: true }]
      },
    }
    expect(await forward({ bus }, record('a'), record('b'), record('c'))).toEqual(whole)
    expect(parked).toEqual([{ body: expect.stringContaining('seq-b'), cause: 'placed: MalformedDetail: ?' }])
  })

  test('in an image that nobody can read is parked', async () => {
    const unreadable = (image: unknown): Item => {
      if ((image as Item).pk === 'a') throw new TypeError('Unsupported type')
      return image as Item
    }
    const Records = [record('a'), record('b')]
    expect(await relayer({ toEvent, bus: taking, unmarshall: unreadable, deadLetters })({ Records })).toEqual(whole)
    expect([orderIds(), parked.map(({ cause }) => cause)]).toEqual([['b'], ['TypeError: Unsupported type']])
  })
})

describe('the metrics of the relay', () => {
  test('count what was published, by its detail-type, and not what the bus did not take', async () => {
    const counted = vi.spyOn(metrics, 'addMetric').mockReturnValue(metrics)
    await forward({}, record('a'), record('b'))
    await forward({ bus: { put: async () => [{ index: 0, cause: 'InternalFailure' }] } }, record('c'))
    await forward({ bus: { put: async () => [{ index: 0, cause: 'Malformed', isFinal: true }] } }, record('d'))
    expect(counted.mock.calls).toEqual([
      ['order.placed.v1', 'Count', 1],
      ['order.placed.v1', 'Count', 1],
    ])
  })
})
