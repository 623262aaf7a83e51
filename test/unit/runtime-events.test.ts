import type { Context, SQSRecord } from 'aws-lambda'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import * as z from 'zod'
import { type Consumer, type Received, events, oneByOne, receiver } from '../../functions/runtime/events.ts'
import { contended } from '../../functions/runtime/errors.ts'
import { logger } from '../../functions/runtime/log.ts'
import { type Postponing, secondsUntilNext } from '../../functions/runtime/redelivery.ts'
import { StoreUnavailable } from '../../functions/runtime/store.ts'
import { maxReceiveCount } from '../../lib/delivery.ts'
import { event } from '../../schemas/contract.ts'

const placed = event('orders', 'order.placed', 1, '', z.object({ orderId: z.string(), paid: z.enum(['card', 'cash']) }))
const closed = event('orders', 'order.closed', 2, '', z.object({ orderId: z.string() }))
const timer = event('orders', 'timer.over', 1, '', z.object({ orderId: z.string() }))

let parked: { body: string; cause: string }[]
let parking: () => Promise<void>
let postponed: Record<string, number>
let postponing: () => Promise<void>
beforeEach(() => {
  parked = []
  parking = async () => {}
  postponed = {}
  postponing = async () => {}
  vi.spyOn(logger, 'error').mockImplementation(() => {})
  vi.spyOn(logger, 'warn').mockImplementation(() => {})
})

function deliver(consumer: Consumer, ...Records: SQSRecord[]) {
  const deadLetters = {
    park: async (body: string, cause: string) => {
      await parking()
      parked.push({ body, cause })
    },
  }
  const queue: Postponing = {
    postpone: async (deliveries) => {
      await postponing()
      for (const { receiptHandle, seconds } of deliveries) postponed[receiptHandle] = seconds
    },
  }
  const clock = { now: () => now, sleep: async () => {} }
  return receiver([placed, closed, timer], { consumer, deadLetters, queue, clock, random: () => 1 })({ Records })
}

const now = Date.parse('2026-03-04T12:00:00.000Z')
const hour = 3_600_000

const record = (messageId: string, body: string, receives = 1, ageMs = 0) =>
  ({
    messageId,
    body,
    receiptHandle: messageId,
    attributes: { ApproximateReceiveCount: String(receives), SentTimestamp: String(now - ageMs) },
  }) as SQSRecord

const sent = (body: string, ageMs: number) => record('late', body, 700, ageMs)

const message = (messageId: string, receives = 1, type = 'order.placed.v1', source = 'holdfast.orders') =>
  record(
    messageId,
    JSON.stringify({
      source,
      'detail-type': type,
      detail: {
        id: `${messageId}@1`,
        time: '2026-03-01T12:00:00.000Z',
        correlationId: 'o1',
        causationId: 'r1',
        data: { orderId: messageId, paid: 'card', added: 'later' },
      },
    }),
    receives,
  )

const failingWith =
  (error: unknown): Consumer =>
  async (batch) =>
    batch.map(({ messageId }) => ({ messageId, error }))

const failing =
  (...ids: string[]): Consumer =>
  async (batch) =>
    batch
      .filter(({ messageId }) => ids.includes(messageId))
      .map(({ messageId }) => ({ messageId, error: new Error('no answer') }))

const failed = (...ids: string[]) => ({ batchItemFailures: ids.map((itemIdentifier) => ({ itemIdentifier })) })

describe('a delivery', () => {
  test('hands its events on in their order of arrival, each with its contract', async () => {
    const seen: Received[] = []
    const keeping: Consumer = async (batch) => {
      seen.push(...batch)
      return []
    }
    expect(await deliver(keeping, message('a'), message('b', 1, 'order.closed.v2'))).toEqual(failed())
    expect(seen).toMatchObject([
      {
        id: 'a@1',
        messageId: 'a',
        contract: placed,
        correlationId: 'o1',
        causationId: 'r1',
        data: { orderId: 'a', paid: 'card' },
      },
      { id: 'b@1', messageId: 'b', contract: closed },
    ])
    expect(seen[0]!.data).toEqual({ orderId: 'a', paid: 'card' })
  })

  test('reports the failed events and no others', async () => {
    expect(await deliver(failing('b'), message('a'), message('b'), message('c'))).toEqual(failed('b'))
    expect(parked).toEqual([])
  })

  test('reports all of its events when the consumer itself fails', async () => {
    const broken: Consumer = () => Promise.reject(new Error('broken'))
    expect(await deliver(broken, message('a'), message('b'))).toEqual(failed('a', 'b'))
  })

  test('takes no notice of a failure of something that was not delivered', async () => {
    const strange: Consumer = async () => [{ messageId: 'z', error: new Error('?') }]
    expect(await deliver(strange, message('a'))).toEqual(failed())
  })
})

describe('a poison message', () => {
  test.each([
    ['{', /^not JSON$/],
    ['7', /^not an event: /],
    ['{"source":"holdfast.orders","detail":{}}', /^not an event: detail-type: /],
    ['{"detail-type":"order.placed.v1","detail":{}}', /^not an event: source: /],
    [
      message('a', 1, 'order.placed.v1', 'holdfast.payments').body,
      'order.placed.v1 comes from holdfast.orders, not from holdfast.payments',
    ],
    [
      message('a', 1, 'timer.over.v1', 'aws.scheduler').body,
      'timer.over.v1 comes from holdfast.orders, not from aws.scheduler',
    ],
    [message('a').body.replace('"orderId":"a"', '"orderId":7'), /^detail of order\.placed\.v1: data\.orderId: /],
    [
      '{"source":"holdfast.orders","detail-type":"order.placed.v1","detail":{"id":"1"}}',
      /^detail of order\.placed\.v1: .*data: /,
    ],
  ])('is parked with its cause at once and blocks nobody: %s', async (body, cause) => {
    const seen: string[] = []
    const keeping: Consumer = async (batch) => {
      seen.push(...batch.map(({ messageId }) => messageId))
      return []
    }
    expect(await deliver(keeping, message('a'), record('poison', body), message('b'))).toEqual(failed())
    expect(parked).toEqual([{ body, cause: typeof cause === 'string' ? cause : expect.stringMatching(cause) }])
    expect(seen).toEqual(['a', 'b'])
  })

  test('alone in its delivery does not trouble the consumer', async () => {
    const consumer = vi.fn<Consumer>()
    expect(await deliver(consumer, record('poison', '{'))).toEqual(failed())
    expect(consumer).not.toHaveBeenCalled()
  })

  test('that cannot be parked comes back', async () => {
    parking = () => Promise.reject(new Error('no queue'))
    expect(await deliver(failing(), record('poison', '{'), message('a'))).toEqual(failed('poison'))
  })
})

describe('an event that fails', () => {
  test('is found in the logs by its order', async () => {
    const warn = vi.spyOn(logger, 'warn')
    const error = vi.spyOn(logger, 'error')
    await deliver(failing('a', 'b'), message('a', 1), message('b', 5))
    const about = (id: string) => expect.objectContaining({ eventId: `${id}@1`, correlationId: 'o1' })
    expect(warn).toHaveBeenCalledWith('event failed', about('a'))
    expect(error).toHaveBeenCalledWith('dead letter', about('b'))
  })

  test('for the last time is parked with the error', async () => {
    const last = message('b', 5)
    expect(await deliver(failing('a', 'b'), message('a', 4), last)).toEqual(failed('a'))
    expect(parked).toEqual([{ body: last.body, cause: 'Error: no answer' }])
  })

  test('whose deliveries nobody has counted is parked, and not delivered for ever', async () => {
    const { attributes, ...uncounted } = message('b')
    const record = { ...uncounted, attributes: { ...attributes, ApproximateReceiveCount: 'many' } }
    expect(await deliver(failing('b'), record)).toEqual(failed())
    expect(parked).toEqual([{ body: record.body, cause: 'Error: no answer' }])
  })

  test('for the last time and cannot be parked comes back', async () => {
    parking = () => Promise.reject(new Error('no queue'))
    expect(await deliver(failing('a'), message('a', 5))).toEqual(failed('a'))
  })
})

test('one by one, an event that fails does not keep the next ones from being handled', async () => {
  const handled: string[] = []
  const consumer = oneByOne<typeof placed | typeof closed>({
    'order.placed': async ({ data }) => {
      if (data.orderId === 'a') throw new Error('no answer')
      handled.push(`placed ${data.orderId}`)
    },
    'order.closed': async ({ data }) => void handled.push(`closed ${data.orderId}`),
  })
  const delivery = deliver(consumer, message('a'), message('b', 1, 'order.closed.v2'), message('c'))
  expect(await delivery).toEqual(failed('a'))
  expect(handled).toEqual(['closed b', 'placed c'])
})

describe('an event that fails because something is away', () => {
  const away = [
    new StoreUnavailable('no answer'),
    Object.assign(new Error('slow down'), { name: 'ThrottlingException' }),
    Object.assign(new Error('internal'), { $fault: 'server' }),
    Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }),
    Object.assign(new Error('too slow'), { name: 'TimeoutError' }),
    contended('the order'),
  ]
  test.each(away)('waits up to 72 hours, however often it was delivered: %s', async (error) => {
    const { body } = message('a')
    expect(await deliver(failingWith(error), sent(body, 72 * hour - 1))).toEqual(failed('late'))
    expect(parked).toEqual([])
    expect(await deliver(failingWith(error), sent(body, 72 * hour))).toEqual(failed())
    expect(parked).toEqual([{ body, cause: String(error) }])
  })

  test('without a time of sending is parked, and not delivered for ever', async () => {
    const { attributes, ...timeless } = message('a')
    const record = { ...timeless, attributes: { ...attributes, SentTimestamp: '' } }
    expect(await deliver(failingWith(away[0]), record)).toEqual(failed())
    expect(parked).toHaveLength(1)
  })
})

describe('what the next release will know', () => {
  const later = [
    message('a', 1, 'order.moved.v1').body,
    message('a', 1, 'order.placed.v2').body,
    message('a').body.replace('"paid":"card"', '"paid":"shells"'),
  ]
  test.each(later)('waits up to 72 hours and blocks nobody: %s', async (body) => {
    const consumer = vi.fn<Consumer>().mockResolvedValue([])
    expect(await deliver(consumer, message('a'), sent(body, 72 * hour - 1))).toEqual(failed('late'))
    expect(consumer.mock.calls[0]![0]).toHaveLength(1)
    expect(parked).toEqual([])
    expect(await deliver(failing(), sent(body, 72 * hour))).toEqual(failed())
    expect(parked).toEqual([{ body, cause: expect.stringMatching(/^NotKnownYet: detail/) }])
  })
})

test('an event with a field of another type is parked at once, whatever else of it is not known yet', async () => {
  const body = message('a').body.replace('"paid":"card"', '"paid":"shells"').replace('"orderId":"a"', '"orderId":7')
  expect(await deliver(failing(), record('a', body))).toEqual(failed())
  expect(parked).toEqual([{ body, cause: expect.stringContaining('orderId') }])
})

describe('an event that failed comes back', () => {
  test('without a call to the queue where none has failed', async () => {
    postponing = vi.fn<() => Promise<void>>(async () => {})
    await deliver(failing(), message('a'))
    expect(postponing).not.toHaveBeenCalled()
  })

  test('less often within 72 hours than SQS can count', () => {
    let seconds = 0
    let deliveries = 0
    while (seconds < 72 * 3_600) seconds += secondsUntilNext((deliveries += 1), () => 0)
    expect(deliveries).toBeLessThan(maxReceiveCount)
  })

  test('at distances that grow to five minutes and no further', async () => {
    const error = new StoreUnavailable('no answer')
    for (const receives of [1, 2, 3, 4, 5, 800]) await deliver(failingWith(error), message(`m${receives}`, receives))
    expect(postponed).toEqual({ m1: 5, m2: 15, m3: 45, m4: 135, m5: 300, m800: 300 })
  })

  test('by the queue itself, when the distance cannot be set', async () => {
    postponing = () => Promise.reject(new Error('no queue'))
    expect(await deliver(failing('a'), message('a'), message('b'))).toEqual(failed('a'))
  })

  test('and the others of its delivery do not', async () => {
    await deliver(failing('b'), message('a'), message('b'))
    expect(postponed).toEqual({ b: 5 })
  })

  test.each([
    [0, 270],
    [0.5, 285],
    [1, 300],
  ])('a little earlier by chance, never later: %f', (random, seconds) => {
    expect(secondsUntilNext(9, () => random)).toBe(seconds)
  })
})

describe('the function of a queue', () => {
  const context = { functionName: 'f' } as Context
  const deadLetters = { park: async () => {} }
  const queue = { postpone: async () => {} }
  const deps = { deadLetters, queue, clock: { now: () => now, sleep: async () => {} }, random: () => 1 }

  test('answers with what failed, and makes its parts once', async () => {
    let made = 0
    const handler = events([placed], () => {
      made += 1
      return { consumer: failing('b'), ...deps }
    })
    expect(await handler({ Records: [message('a'), message('b')] }, context)).toEqual(failed('b'))
    expect(await handler({ Records: [message('a')] }, context)).toEqual(failed())
    expect(made).toBe(1)
  })

  test('fails as a whole when its parts cannot be made, so that nothing is lost', async () => {
    const handler = events([placed], () => {
      throw new Error('TABLE_NAME is not set')
    })
    await expect(handler({ Records: [message('a')] }, context)).rejects.toThrow('TABLE_NAME is not set')
  })
})
