import type { SQSRecord } from 'aws-lambda'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { consumer } from '../../functions/audit/events.ts'
import { receiver } from '../../functions/runtime/events.ts'
import { logger } from '../../functions/runtime/log.ts'
import { memoryStore } from '../../functions/runtime/store.memory.ts'
import { topology } from '../../schemas/topology.ts'

const now = Date.parse('2026-03-04T12:00:00.000Z')
const hour = 3_600_000
const clock = { now: () => now, sleep: async () => {} }

beforeEach(() => {
  vi.spyOn(logger, 'error').mockImplementation(() => {})
  vi.spyOn(logger, 'warn').mockImplementation(() => {})
})

/** What the audit makes of one record of an action of that age: whether it comes back, is parked, or is kept. */
async function received(source: string, type: string, ageMs = 0) {
  const parked: string[] = []
  const written: unknown[] = []
  const store = memoryStore()
  const seen = {
    ...store,
    write: (write: Parameters<typeof store.write>[0]) => (written.push(write), store.write(write)),
  }
  const detail = {
    id: 'ret_1@1',
    time: '2026-03-01T12:00:00.000Z',
    correlationId: 'ret_1',
    causationId: 'r1',
    data: {
      operation: 'closeReturn',
      actor: { kind: 'user', id: 'usr_1' },
      from: { ip: '192.0.2.1', userAgent: 'x' },
      subject: 'returns/ret_1',
      fields: [],
      requestId: 'r1',
    },
  }
  const record = {
    messageId: 'm',
    receiptHandle: 'm',
    body: JSON.stringify({ source, 'detail-type': type, detail }),
    attributes: { ApproximateReceiveCount: '1', SentTimestamp: String(now - ageMs) },
  } as SQSRecord
  const { batchItemFailures } = await receiver(topology.audit.consumes, {
    consumer: consumer({ store: seen, clock }),
    deadLetters: { park: async (_, cause) => void parked.push(cause) },
    queue: { postpone: async () => {} },
    clock,
    random: () => 1,
  })({ Records: [record] })
  return { waits: batchItemFailures.length > 0, parked, kept: written.length > 0 }
}

describe('the audit', () => {
  it('keeps what a service that it knows has recorded', async () => {
    expect(await received('holdfast.orders', 'action.orders_recorded.v1')).toEqual({
      waits: false,
      parked: [],
      kept: true,
    })
  })

  it.each([
    ['holdfast.returns', 'action.returns_recorded.v1'],
    ['holdfast.orders', 'action.orders_recorded.v2'],
  ])('lets what its next release will know wait for 72 hours: %s %s', async (source, type) => {
    expect(await received(source, type, 72 * hour - 1)).toEqual({ waits: true, parked: [], kept: false })
    expect(await received(source, type, 72 * hour)).toMatchObject({ waits: false, parked: [expect.any(String)] })
  })

  it('refuses what a service records in the name of another one', async () => {
    expect(await received('holdfast.catalog', 'action.orders_recorded.v1')).toEqual({
      waits: false,
      parked: ['action.orders_recorded.v1 comes from holdfast.orders, not from holdfast.catalog'],
      kept: false,
    })
  })
})
