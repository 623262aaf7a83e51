import { beforeEach, describe, expect, it } from 'vitest'
import { type Intent, asAction, recordedAhead, recording, withActions } from '../../functions/runtime/actions.ts'
import { memoryStore } from '../../functions/runtime/store.memory.ts'
import { type Item, type Store, StoreUnavailable, first } from '../../functions/runtime/store.ts'
import { entryOf } from '../../functions/runtime/relay.ts'
import { actionRecorded, isRecorded, subjectOf } from '../../schemas/action.ts'
import { routes } from '../../schemas/client.ts'
import type { RouteContract } from '../../schemas/contract.ts'

const contract = actionRecorded('orders')
const clock = { now: () => Date.parse('2026-11-28T12:00:00.000Z') }
const intent: Intent = {
  operation: 'cancelOrder',
  actor: { kind: 'key', id: 'key_1' },
  from: { ip: '203.0.113.9', userAgent: 'curl' },
  subject: { kind: 'orders', id: 'ord_1' },
  fields: ['reason'],
  requestId: 'request-1',
}

let seen: Item[]
let raw: ReturnType<typeof memoryStore>
let store: Store

beforeEach(() => {
  seen = []
  raw = memoryStore({ onChange: (_, after) => after && seen.push(after) })
  store = recording(raw, contract, clock)
})

const item = (sk: string, more: object = {}) => first({ pk: 'ord_1', sk, ...more })
const records = () => seen.filter(({ outbox }) => outbox?.includes(contract.name))

describe('an action', () => {
  it('is recorded by its first change, in the very item, beside the events that ride there', async () => {
    await asAction(intent, () => store.write({ put: item('order', { outbox: ['order.cancelled'] }), if: 'absent' }))
    expect(seen).toHaveLength(1)
    expect(seen[0]).toMatchObject({
      outbox: ['order.cancelled', contract.name],
      cause: 'request-1',
      at: '2026-11-28T12:00:00.000Z',
      action: { ...intent, subject: 'orders/ord_1' },
    })
  })

  it('is recorded once, however many writes it makes, also at once', async () => {
    await asAction(intent, async () => {
      const together = ['a', 'b', 'c'].map((sk) => store.write({ put: item(sk), if: 'absent' }))
      await Promise.all(together)
      await store.write({ put: item('d'), if: 'absent' })
    })
    expect(seen).toHaveLength(4)
    expect(records()).toHaveLength(1)
  })

  it('is recorded by the next write where the first one is refused, or fails', async () => {
    await raw.write({ put: item('a'), if: 'absent' })
    let fails = true
    const failing: Store = {
      ...raw,
      write: async (...writes) => {
        if (!fails) return raw.write(...writes)
        fails = false
        throw new StoreUnavailable('away')
      },
    }
    const over = recording(failing, contract, clock)
    await asAction(intent, async () => {
      await expect(over.write({ put: item('b'), if: 'absent' })).rejects.toThrow('away')
      const refused = await over.write({ put: item('a'), if: 'absent' })
      expect(refused.ok).toBe(false)
      expect(records()).toEqual([])
      await over.write({ put: item('b'), if: 'absent' })
    })
    expect(records()).toHaveLength(1)
  })

  it('is not recorded by what decides nothing: lines aside, checks, bound keys', async () => {
    await asAction(intent, async () => {
      await store.write({ put: item('lines#1'), if: 'any' })
      await store.write({ put: first({ pk: 'answer_1', sk: 'answer' }), if: 'absent' })
      await store.write({ check: { pk: 'ord_1', sk: 'order' }, if: 'absent' })
    })
    expect(records()).toEqual([])
    await asAction(intent, () =>
      store.write({ put: item('order'), if: 'absent' }, { put: first({ pk: 'answer_2', sk: 'answer' }), if: 'absent' }),
    )
    expect(records().map(({ pk }) => pk)).toEqual(['ord_1'])
  })

  it('that only removes something has an item of its own, in the same transaction', async () => {
    await raw.write({ put: item('order'), if: 'absent' })
    await asAction(intent, () => store.write({ delete: { pk: 'ord_1', sk: 'order' }, if: { version: 1 } }))
    expect(records()).toHaveLength(1)
    expect(records()[0]).toMatchObject({ pk: 'action_request-1', ttl: expect.any(Number) })
    const lost = await asAction(intent, () => store.write({ delete: { pk: 'ord_1', sk: 'order' }, if: { version: 1 } }))
    expect(lost.ok).toBe(false)
    expect(records()).toHaveLength(1)
  })

  it('rides in the smallest item of a transaction', async () => {
    const large = item('order', { lines: 'x'.repeat(1_000) })
    await asAction(intent, () => store.write({ put: large, if: 'absent' }, { put: item('entry'), if: 'absent' }))
    expect(records().map(({ sk }) => sk)).toEqual(['entry'])
  })

  it('has what it makes as its subject where its path names none', async () => {
    const making = { ...intent, subject: { kind: 'orders' } }
    await asAction(making, () => store.write({ put: item('order'), if: 'absent' }))
    expect(records()[0]).toMatchObject({ action: { subject: 'orders/ord_1' } })
  })

  it('is not read back, and no later version carries it again', async () => {
    await asAction(intent, () => store.write({ put: item('order', { outbox: ['order.placed'] }), if: 'absent' }))
    const key = { pk: 'ord_1', sk: 'order' }
    const found = await store.get(key)
    expect(found).not.toHaveProperty('action')
    expect(found?.outbox).toEqual(['order.placed'])
    const [many] = await store.getMany([key])
    const { items } = await store.query({ partition: 'ord_1', limit: 1 })
    const refused = await store.write({ put: item('order'), if: 'absent' })
    expect([many, ...items, !refused.ok && refused.failed[0]?.found]).toEqual([found, found, found])
  })

  it('that changes another table is recorded in its own one before that', async () => {
    const order: string[] = []
    const noting = (name: string, to: Store): Store => ({
      ...to,
      write: async (...writes) => {
        order.push(name)
        return to.write(...writes)
      },
    })
    const other = memoryStore()
    const ahead = recordedAhead(noting('other', other), noting('own', store), clock)
    await asAction(intent, async () => {
      await ahead.write({ put: item('principal'), if: 'absent' })
      await ahead.write({ put: { ...item('principal'), version: 2 }, if: { version: 1 } })
    })
    expect(order).toEqual(['own', 'other', 'other'])
    expect(records()).toHaveLength(1)
    await ahead.write({ put: item('principal-2'), if: 'absent' })
    expect(records()).toHaveLength(1)
  })

  it('becomes the event of its service', async () => {
    await asAction(intent, () => store.write({ put: item('order'), if: 'absent' }))
    const toEvent = withActions(contract, () => {
      throw new Error('not asked')
    })
    const { source, detailType, detail } = entryOf(seen[0]!, await toEvent(seen[0]!, contract.name))
    expect([source, detailType]).toEqual(['holdfast.orders', 'action.orders_recorded.v1'])
    expect(JSON.parse(detail)).toMatchObject({
      id: 'ord_1/order@1/action.orders_recorded',
      causationId: 'request-1',
      data: { actor: { kind: 'key', id: 'key_1' }, operation: 'cancelOrder', subject: 'orders/ord_1' },
    })
  })
})

it('leaves writes outside of actions as they are', async () => {
  await store.write({ put: item('order', { outbox: ['order.placed'] }), if: 'absent' })
  expect(seen).toEqual([item('order', { outbox: ['order.placed'] })])
})

it.each([
  ['/orders', {}, { kind: 'orders' }],
  ['/orders/{id}/cancel', { id: 'ord_1' }, { kind: 'orders', id: 'ord_1' }],
  ['/inventory/{sku}/adjustments', { sku: 'A' }, { kind: 'inventory', id: 'A' }],
  ['/products/import', {}, { kind: 'products', id: 'import' }],
])('the subject of %s is what its path names', (path, params, subject) => {
  expect(subjectOf({ path }, params)).toEqual(subject)
})

it('every route that changes something and needs a scope is recorded', () => {
  const all = Object.entries<RouteContract>(routes)
  const recorded = all.filter(([, route]) => isRecorded(route)).map(([name]) => name)
  expect(recorded).toEqual(expect.arrayContaining(['cancelOrder', 'adjustStock', 'setRoles', 'depositToWallet']))
  expect(recorded).not.toContain('updateMe')
  expect(all.filter(([, { method }]) => method === 'GET').some(([name]) => recorded.includes(name))).toBe(false)
})
