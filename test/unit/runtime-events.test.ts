import type { Context, SQSRecord } from 'aws-lambda'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import * as z from 'zod'
import { type Consumer, type Received, events, oneByOne, receiver } from '../../functions/runtime/events.ts'
import { logger } from '../../functions/runtime/log.ts'
import { event } from '../../schemas/contract.ts'

const placed = event('orders', 'order.placed', 1, '', z.object({ orderId: z.string() }))
const closed = event('orders', 'order.closed', 2, '', z.object({ orderId: z.string() }))
const timer = event('orders', 'timer.over', 1, '', z.object({ orderId: z.string() }))

let parked: { body: string; cause: string }[]
let parking: () => Promise<void>
beforeEach(() => {
  parked = []
  parking = async () => {}
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
  return receiver([placed, closed, timer], { consumer, deadLetters, maxReceiveCount: 5 })({ Records })
}

const record = (messageId: string, body: string, receives = 1) =>
  ({ messageId, body, attributes: { ApproximateReceiveCount: String(receives) } }) as SQSRecord

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
        data: { orderId: messageId, added: 'later' },
      },
    }),
    receives,
  )

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
      { id: 'a@1', messageId: 'a', contract: placed, correlationId: 'o1', causationId: 'r1', data: { orderId: 'a' } },
      { id: 'b@1', messageId: 'b', contract: closed },
    ])
    expect(seen[0]!.data).toEqual({ orderId: 'a' })
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
    ['{', /^not JSON: /],
    ['7', /^not an event: /],
    ['{"source":"holdfast.orders","detail":{}}', /^not an event: detail-type: /],
    ['{"detail-type":"order.placed.v1","detail":{}}', /^not an event: source: /],
    [message('a', 1, 'order.placed.v2').body, 'detail-type order.placed.v2 is not consumed here'],
    [
      message('a', 1, 'order.placed.v1', 'holdfast.payments').body,
      'order.placed.v1 comes from holdfast.orders, not from holdfast.payments',
    ],
    [
      message('a', 1, 'timer.over.v1', 'aws.scheduler').body,
      'timer.over.v1 comes from holdfast.orders, not from aws.scheduler',
    ],
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

  test('that cannot be parked is left to the redrive of the queue', async () => {
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

  test('for the last time and cannot be parked is left to the redrive of the queue', async () => {
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

describe('the function of a queue', () => {
  const context = { functionName: 'f' } as Context
  const deadLetters = { park: async () => {} }

  test('answers with what failed, and makes its parts once', async () => {
    let made = 0
    const handler = events([placed], () => {
      made += 1
      return { consumer: failing('b'), deadLetters, maxReceiveCount: 5 }
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
