import { headerOf } from '../claims.ts'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { ApiAnswer } from '../../functions/runtime/api.http.ts'
import { systemClock } from '../../functions/runtime/clock.ts'
import { lamp, shop } from './catalog-shop.ts'

beforeEach(() => void vi.useFakeTimers({ now: 0 }))
afterEach(() => void vi.useRealTimers())

/** A shop with the product A, whose orders answer with these, one after the other, and then with the last one; undefined is no answer. */
async function shopWith(...answers: readonly (ApiAnswer | undefined)[]) {
  const catalog = shop((store) => store, systemClock)
  await catalog.create('A')
  const asked: (readonly [sku: string, authorization: string])[] = []
  catalog.orders.priceOf = async (sku, authorization) => {
    const answer = answers[Math.min(asked.length, answers.length - 1)]
    asked.push([sku, authorization])
    if (answer === undefined) throw new Error('no answer')
    return answer
  }
  return { ...catalog, asked }
}

const known = (productVersion: number): ApiAnswer => ({ status: 200, body: { sku: 'A', productVersion } })
const problem = (status: number): ApiAnswer => ({ status, body: {} })

/** When it is answered, in milliseconds, and with what status. */
async function timed(asking: Promise<{ readonly status: number }>): Promise<readonly [number, number]> {
  const answered = asking.then(({ status }) => [Date.now(), status] as const)
  await vi.advanceTimersByTimeAsync(60_000)
  return answered
}

const dearer = { price: { amount: 300, currency: 'GBP' } }

it('a change is answered once orders know it, asked in the name of who changes it', async () => {
  const { asked, patch } = await shopWith(problem(404), undefined, problem(503), known(1), known(2))
  expect(await timed(patch('A', dearer))).toEqual([600, 200])
  expect(asked).toEqual(Array.from({ length: 5 }, () => ['A', headerOf({ sub: 'user-1', roles: 'operator' })]))
})

it.each([known(1), problem(404), problem(503), { status: 200, body: null }, undefined])(
  'a change is answered after four seconds whatever orders answer: %j',
  async (answer) => {
    const { patch } = await shopWith(answer)
    expect(await timed(patch('A', dearer))).toEqual([4_000, 200])
  },
)

it.each([known(2), known(3), problem(401), problem(403)])(
  'a change waits no longer when orders answer %j',
  async (answer) => {
    const { asked, patch } = await shopWith(answer)
    expect(await timed(patch('A', dearer))).toEqual([0, 200])
    expect(asked).toHaveLength(1)
  },
)

it('a product that is replaced waits likewise, one that is refused for nothing', async () => {
  const { asked, call, patch } = await shopWith(known(1), known(2))
  const replaced = call('PUT /products/{sku}', {
    as: 'operator',
    params: { sku: 'A' },
    body: { name: 'Lantern', ...dearer },
  })
  expect(await timed(replaced)).toEqual([40, 200])
  expect(await patch('A', { price: { amount: -1, currency: 'GBP' } })).toMatchObject({ status: 400 })
  expect(asked).toHaveLength(2)
})

describe('an import', () => {
  const rows = (skus: readonly string[], more: object): string =>
    skus.map((sku) => JSON.stringify({ ...lamp, sku, ...more })).join('\n')
  const skus = Array.from({ length: 100 }, (_, index) => `S${index}`)

  it('waits for the last products that it changes, and shows no versions', async () => {
    const { asked, load } = await shopWith(known(2))
    await load(rows(skus, {}))
    expect(asked).toEqual([])
    const { body } = await load(rows(skus, dearer))
    expect(asked.map(([sku]) => sku)).toEqual(skus.slice(-16))
    expect(body).toMatchObject({ counts: { updated: 100 } })
    expect((body as { rows: object[] }).rows[0]).toEqual({ row: 1, sku: 'S0', result: 'updated' })
    await load(rows(skus, dearer))
    expect(asked).toHaveLength(16)
  })

  it('waits for no more than its time', async () => {
    const { asked, load } = await shopWith(known(1))
    await load(rows(skus, {}))
    expect(await timed(load(rows(skus, dearer)))).toEqual([4_000, 200])
    expect(new Set(asked.map(([sku]) => sku)).size).toBe(1)
  })
})
