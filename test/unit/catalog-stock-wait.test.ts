import { headerOf } from '../claims.ts'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { systemClock } from '../../functions/runtime/clock.ts'
import type { Store } from '../../functions/runtime/store.ts'
import { lamp, shop } from './catalog-shop.ts'

beforeEach(() => void vi.useFakeTimers({ now: 0 }))
afterEach(() => void vi.useRealTimers())

/** A shop whose inventory answers with these statuses, one after the other, and then with the last one; undefined is no answer. */
function shopWith(...statuses: readonly (number | undefined)[]) {
  const catalog = shop((store) => store, systemClock)
  const asked: (readonly [sku: string, authorization: string])[] = []
  catalog.inventory.stockOf = async (sku, authorization) => {
    const status = statuses[Math.min(asked.length, statuses.length - 1)]
    asked.push([sku, authorization])
    if (status === undefined) throw new Error('no answer')
    return status
  }
  const create = () =>
    catalog.call('POST /products', {
      as: 'operator',
      body: { ...lamp, sku: 'A' },
    })
  return { ...catalog, asked, create }
}

/** When it is answered, in milliseconds, and with what status. */
async function timed(asking: Promise<{ readonly status: number }>): Promise<readonly [number, number]> {
  const answered = asking.then(({ status }) => [Date.now(), status] as const)
  await vi.advanceTimersByTimeAsync(60_000)
  return answered
}

it('a product is answered once inventory knows it, asked in the name of its creator', async () => {
  const { asked, create } = shopWith(404, undefined, 503, 200)
  expect(await timed(create())).toEqual([280, 201])
  expect(asked).toEqual(Array.from({ length: 4 }, () => ['A', headerOf({ sub: 'user-1', roles: 'operator' })]))
})

it.each([404, 503, undefined])(
  'a product is answered after four seconds whatever inventory answers: %j',
  async (status) => {
    expect(await timed(shopWith(status).create())).toEqual([4_000, 201])
  },
)

it.each([200, 401, 403])('a product waits no longer when inventory answers %d', async (status) => {
  const { asked, create } = shopWith(status)
  expect(await timed(create())).toEqual([0, 201])
  expect(asked).toHaveLength(1)
})

it('a product that is refused, or changed, waits for nothing', async () => {
  const { asked, create, patch } = shopWith(200)
  await create()
  expect(await create()).toMatchObject({ status: 409 })
  expect(await patch('A', { name: 'Lantern' })).toMatchObject({ status: 200 })
  expect(asked).toHaveLength(1)
})

const rows = (count: number): string =>
  Array.from({ length: count }, (_, index) => JSON.stringify({ ...lamp, sku: `S${index}` })).join('\n')

it('an import waits for the last products that it creates', async () => {
  const { asked, load } = shopWith(200)
  await load(rows(100))
  expect(asked.map(([sku]) => sku)).toEqual(Array.from({ length: 16 }, (_, index) => `S${84 + index}`))
  await load(rows(100))
  expect(asked).toHaveLength(16)
})

it('an import waits for no more than its time', async () => {
  const { asked, load } = shopWith(404)
  expect(await timed(load(rows(100)))).toEqual([4_000, 200])
  expect(new Set(asked.map(([sku]) => sku)).size).toBe(1)
})

it('an import whose writes take all of its time is answered a second before the function ends', async () => {
  const slow = (store: Store): Store => ({
    ...store,
    write: async (...writes) => {
      if (writes.some((write) => 'put' in write && write.put.pk === 'product_S0')) await systemClock.sleep(60_000)
      return store.write(...writes)
    },
  })
  const { inventory, load } = shop(slow, systemClock)
  inventory.stockOf = async () => 404
  expect(await timed(load(rows(3)))).toEqual([9_000, 200])
})

it('a product is found behind an old copy of the table', async () => {
  const { create, read } = shop((store) => ({
    ...store,
    get: async (key, options) => (options?.consistent ? store.get(key, options) : undefined),
  }))
  await create('A')
  expect(await read('A')).toMatchObject({ status: 200 })
  expect(await read('B')).toMatchObject({ status: 404 })
})
