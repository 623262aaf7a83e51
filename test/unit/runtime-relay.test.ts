import type { DynamoDBRecord, SQSRecord } from 'aws-lambda'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import * as z from 'zod'
import { logger, metrics } from '../../functions/runtime/log.ts'
import {
  type ToEvent,
  type OutboxEvent,
  type RelayDeps,
  ofPart,
  readName,
  relay,
  relayer,
  respill,
} from '../../functions/runtime/relay.ts'
import type { Bus, BusEntry } from '../../functions/runtime/bus.ts'
import { NotKnownYet } from '../../functions/runtime/redelivery.ts'
import { type Item, StoreUnavailable } from '../../functions/runtime/store.ts'
import { event } from '../../schemas/contract.ts'

const placed = event('orders', 'order.placed', 1, '', z.object({ orderId: z.string(), text: z.string().default('') }))

let calls: (readonly BusEntry[])[]
let parked: { body: string; cause: string }[]
let spilled: { body: string; cause: string }[]
let postponed: Record<string, number>
beforeEach(() => {
  calls = []
  parked = []
  spilled = []
  postponed = {}
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

const spill = {
  put: async (body: string, cause: string) => {
    spilled.push({ body, cause })
  },
  postpone: async (deliveries: readonly { receiptHandle: string; seconds: number }[]) => {
    for (const { receiptHandle, seconds } of deliveries) postponed[receiptHandle] = seconds
  },
}
const now = Date.parse('2026-03-01T12:00:00.000Z')
const minute = 60_000
const clock = { now: () => now, sleep: async () => {} }
const fixed: RelayDeps = { toEvent, bus: taking, unmarshall, spill, deadLetters, clock, random: () => 1 }

const forward = (deps: Partial<RelayDeps>, ...Records: DynamoDBRecord[]) => relayer({ ...fixed, ...deps })({ Records })

const record = (pk: string, item: Partial<Item> = {}, eventName: DynamoDBRecord['eventName'] = 'MODIFY') =>
  ({
    eventName,
    dynamodb: {
      SequenceNumber: `seq-${pk}`,
      ApproximateCreationDateTime: now / 1_000,
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
const failedAt = (...ids: string[]) => ({ batchItemFailures: ids.map((itemIdentifier) => ({ itemIdentifier })) })
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
    const make = vi.fn<() => RelayDeps>(() => fixed)
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
    expect(await forward({ toEvent: wrong, deadLetters }, record('a'))).toEqual(failedAt('seq-a'))
  })

  test('from an event that the bus never takes when the dead-letter queue does not take it either', async () => {
    const bus: Bus = { put: async () => [{ index: 1, cause: 'MalformedDetail: ?', isFinal: true }] }
    const deadLetters = { park: () => Promise.reject(new Error('queue gone')) }
    expect(await forward({ bus, deadLetters }, record('a'), record('b'), record('c'))).toEqual(failedAt('seq-b'))
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
    const large = record('a', { text: 'x'.repeat(1_000_001) })
    Object.assign(large.dynamodb!, { Keys: { pk: { S: 'a' }, sk: { S: 'order' } } })
    expect(await forward({ toEvent: wrong }, large)).toEqual(whole)
    expect(JSON.parse(parked[0]!.body)).toEqual({
      eventName: 'MODIFY',
      name: 'placed',
      dynamodb: { Keys: { pk: { S: 'a' }, sk: { S: 'order' } }, SequenceNumber: 'seq-a' },
    })
  })

  test.each([1_000_000, 1_000_001])('is parked whole up to 1,000,000 bytes: %s', async (size) => {
    const wrong: ToEvent = () => ({ contract: placed, data: { orderId: 7 } })
    const sized = (text: string) => record('a', { text })
    const text = 'x'.repeat(size - JSON.stringify(sized('')).length)
    await forward({ toEvent: wrong }, sized(text))
    expect('NewImage' in (JSON.parse(parked[0]!.body) as DynamoDBRecord).dynamodb!).toBe(size === 1_000_000)
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
    expect(await forward({ unmarshall: unreadable }, record('a'), record('b'))).toEqual(whole)
    expect([orderIds(), parked.map(({ cause }) => cause)]).toEqual([['b'], ['TypeError: Unsupported type']])
  })
})

describe('a record that cannot be published for a quarter of an hour', () => {
  const away: Bus = { put: () => Promise.reject(new Error('no answer')) }
  const aged = (pk: string, ageMs: number) => {
    const old = record(pk)
    old.dynamodb!.ApproximateCreationDateTime = (now - ageMs) / 1_000
    return old
  }

  test('waits in the spill queue, and lets pass what is behind it', async () => {
    expect(await forward({ bus: away }, aged('a', 15 * minute), aged('b', 15 * minute))).toEqual(whole)
    expect(spilled.map(({ body }) => (JSON.parse(body) as DynamoDBRecord).dynamodb?.SequenceNumber)).toEqual([
      'seq-a',
      'seq-b',
    ])
    expect(spilled[0]!.cause).toBe('Error: no answer')
  })

  test('leaves the younger ones behind it in the stream', async () => {
    const records = [aged('a', 15 * minute), aged('b', 15 * minute - 1), aged('c', 15 * minute)]
    expect(await forward({ bus: away }, ...records)).toEqual(failedAt('seq-b'))
    expect(spilled).toHaveLength(1)
  })

  test('stays in the stream when the spill queue does not take it, or cannot', async () => {
    const full = { ...spill, put: () => Promise.reject(new Error('no queue')) }
    expect(await forward({ bus: away, spill: full }, aged('a', 15 * minute))).toEqual(failedAt('seq-a'))
    const large = aged('b', 15 * minute)
    Object.assign(large.dynamodb!.NewImage!, { text: 'x'.repeat(1_000_000) })
    expect(await forward({ bus: away }, large)).toEqual(failedAt('seq-b'))
    expect(await forward({ bus: away }, record('c'))).toEqual(failedAt('seq-c'))
    expect(spilled).toEqual([])
    const bytes = JSON.stringify(large).length - 1_000_000
    Object.assign(large.dynamodb!.NewImage!, { text: 'x'.repeat(1_000_000 - bytes) })
    expect(await forward({ bus: away }, large)).toEqual(whole)
  })

  test('because only the next release knows its event, or a value in it, waits there at once', async () => {
    const shells = event('orders', 'order.placed', 1, '', z.object({ paid: z.enum(['card', 'cash']) }))
    const unknown: ToEvent = (_, name) => {
      if (name === 'moved') throw new NotKnownYet('moved')
      return { contract: shells, data: { paid: 'shells' } }
    }
    for (const outbox of [['moved'], ['placed']]) {
      expect(await forward({ toEvent: unknown }, record('a', { outbox }))).toEqual(whole)
      const old = aged('a', 15 * minute)
      Object.assign(old.dynamodb!.NewImage!, { outbox })
      expect(await forward({ toEvent: unknown }, old)).toEqual(whole)
    }
    expect([parked, spilled.length]).toEqual([[], 4])
  })
})

describe('a spilled record', () => {
  const message = (id: string, ageMs = 0, body = JSON.stringify(record(id)), receives = 1) =>
    ({
      messageId: id,
      receiptHandle: id,
      body,
      attributes: { SentTimestamp: String(now - ageMs), ApproximateReceiveCount: String(receives) },
    }) as SQSRecord
  const publish = (deps: Partial<RelayDeps>, ...Records: SQSRecord[]) => respill({ ...fixed, ...deps })({ Records })
  const away: Bus = { put: () => Promise.reject(new Error('no answer')) }
  const day = 24 * 60 * minute

  test('is published with the id that it would have had', async () => {
    expect(await publish({}, message('a'), message('b'))).toEqual(whole)
    expect(orderIds()).toEqual(['a', 'b'])
    expect(JSON.parse(calls[0]![0]!.detail)).toMatchObject({ id: 'a/order@3/order.placed' })
  })

  test('comes back at growing distances while the bus is away, for 13 days', async () => {
    const records = [message('a'), message('b', 13 * day - 1, undefined, 900)]
    expect(await publish({ bus: away }, ...records)).toEqual(failedAt('a', 'b'))
    expect(postponed).toEqual({ a: 5, b: 300 })
    expect(await publish({ bus: away }, message('c', 13 * day))).toEqual(whole)
    expect(parked).toEqual([{ body: message('c').body, cause: 'Error: no answer' }])
  })

  test('that is none, or has no item, is parked with its cause', async () => {
    const bare = JSON.stringify({ eventName: 'MODIFY', dynamodb: { Keys: {} } })
    expect(await publish({}, message('a', 0, '{'), message('b', 0, bare), message('c'))).toEqual(whole)
    expect(parked.map(({ cause }) => cause)).toEqual(['not JSON', expect.stringContaining('no item in the record')])
    expect(orderIds()).toEqual(['c'])
  })

  test('that cannot be parked comes back', async () => {
    const gone = { park: () => Promise.reject(new Error('queue gone')) }
    expect(await publish({ deadLetters: gone }, message('a', 0, '{'))).toEqual(failedAt('a'))
  })

  test('is left for the next delivery when this one has taken ten seconds', async () => {
    let ms = now
    const slow: Bus = {
      put: async (entries) => {
        ms += 10_000
        return taking.put(entries)
      },
    }
    const late = { now: () => ms, sleep: async () => {} }
    expect(await publish({ bus: slow, clock: late }, message('a'), message('b'))).toEqual(failedAt('b'))
    expect(orderIds()).toEqual(['a'])
  })

  test('reaches the function of the relay from its queue', async () => {
    expect(await relay(() => fixed)({ Records: [message('a')] })).toEqual(whole)
    expect(orderIds()).toEqual(['a'])
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
