import { beforeEach, expect, test } from 'vitest'
import * as z from 'zod'
import type { Received } from '../../functions/runtime/events.ts'
import { readingAhead } from '../../functions/runtime/read-ahead.ts'
import { type Store, StoreUnavailable } from '../../functions/runtime/store.ts'
import { memoryStore } from '../../functions/runtime/store.memory.ts'
import { event } from '../../schemas/contract.ts'

const contract = event('orders', 'order.placed', 1, '', z.object({ orderId: z.string() }))
const keyOf = (orderId: string) => ({ pk: orderId, sk: 'order' })

let calls: string[]
let isAway: boolean
beforeEach(() => {
  calls = []
  isAway = false
})

/** A table with the orders `a` and `b`, that counts how it is read. */
async function tableOfTwo(): Promise<Store> {
  const table = memoryStore()
  for (const id of ['a', 'b']) await table.write({ put: { ...keyOf(id), version: 1 }, if: 'absent' })
  return {
    ...table,
    get: (key, options) => {
      calls.push(`get ${key.pk}`)
      return table.get(key, options)
    },
    getMany: async (keys, options) => {
      calls.push(`get ${keys.map(({ pk }) => pk).join(' ')}${options?.consistent ? ', consistently' : ''}`)
      if (isAway) throw new StoreUnavailable('away')
      return table.getMany(keys, options)
    },
  }
}

const received = (data: object): Received => ({ contract, data, messageId: 'm' }) as unknown as Received
const eventOf = (orderId: string): Received => received({ orderId })

/** The versions that a consumer finds which reads the order of each event and changes it. */
async function found(...batch: readonly Received[]): Promise<(number | undefined)[]> {
  const versions: (number | undefined)[] = []
  const store = await tableOfTwo()
  const consumer = readingAhead({ store }, keyOf, (deps) => async (events) => {
    for (const { data } of events) {
      const key = keyOf((data as { orderId?: string }).orderId ?? 'a')
      const item = await deps.store.get(key, { consistent: true })
      versions.push(item?.version)
      if (item) await deps.store.write({ put: { ...item, version: item.version + 1 }, if: { version: item.version } })
    }
    return []
  })
  expect(await consumer(batch)).toEqual([])
  return versions
}

test('the orders of a delivery are read by one call, also those that are not there', async () => {
  expect(await found(eventOf('a'), eventOf('c'), eventOf('b'))).toEqual([1, undefined, 1])
  expect(calls).toEqual(['get a c b, consistently'])
})

test('a second event of an order sees what the first has changed', async () => {
  expect(await found(eventOf('a'), eventOf('b'), eventOf('a'))).toEqual([1, 1, 2])
  expect(calls).toEqual(['get a b, consistently', 'get a'])
})

test('one order alone is read when its event is handled', async () => {
  expect(await found(eventOf('a'), eventOf('a'))).toEqual([1, 2])
  expect(calls).toEqual(['get a', 'get a'])
})

test('an event without an order is not read ahead', async () => {
  expect(await found(received({}), eventOf('b'))).toEqual([1, 1])
  expect(calls).toEqual(['get a', 'get b'])
})

test('when the orders cannot be read by one call, each is read by itself', async () => {
  isAway = true
  expect(await found(eventOf('a'), eventOf('b'))).toEqual([1, 1])
  expect(calls).toEqual(['get a b, consistently', 'get a', 'get b'])
})
