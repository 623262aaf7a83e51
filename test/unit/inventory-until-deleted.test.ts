import { headerOf } from '../claims.ts'
import { expect, it } from 'vitest'
import type { ApiAnswer } from '../../functions/runtime/api.http.ts'
import { depot } from './depot.ts'

/** Stock whose catalogue answers with these, one after the other, and then with the last one; undefined is no answer. */
async function depotWith(...answers: readonly (ApiAnswer | undefined)[]) {
  const world = await depot({ A: 0 })
  const asked: (readonly [sku: string, authorization: string])[] = []
  world.catalog.productOf = async (sku, authorization) => {
    const answer = answers[Math.min(asked.length, answers.length - 1)]
    asked.push([sku, authorization])
    if (answer === undefined) throw new Error('no answer')
    return answer
  }
  const remove = () => world.call('DELETE /products/{sku}', { as: 'operator', params: { sku: 'A' } })
  return { ...world, asked, remove }
}

const there = { status: 200, body: { sku: 'A', createdAt: '2026-01-01T00:00:00.000Z' } }
const gone = { status: 404, body: { code: 'product_not_found' } }

it('a deletion is answered once the catalogue has ended the product, asked in the name of who deletes it', async () => {
  const { asked, remove, waited } = await depotWith(there, undefined, { status: 503, body: {} }, gone)
  expect(await remove()).toMatchObject({ status: 204 })
  expect(waited()).toBe(280)
  expect(asked).toEqual(Array.from({ length: 4 }, () => ['A', headerOf({ sub: 'user-1', roles: 'operator' })]))
})

it.each([there, { status: 503, body: {} }, { status: 429, body: {} }, { status: 200, body: null }, undefined])(
  'a deletion is answered after four seconds whatever the catalogue answers: %j',
  async (answer) => {
    const { remove, waited } = await depotWith(answer)
    expect(await remove()).toMatchObject({ status: 204 })
    expect(waited()).toBe(4_000)
  },
)

it.each([gone, { status: 401, body: {} }, { status: 403, body: {} }])(
  'a deletion waits no longer when the catalogue answers %j',
  async (answer) => {
    const { asked, remove, waited } = await depotWith(answer)
    expect(await remove()).toMatchObject({ status: 204 })
    expect([waited(), asked.length]).toEqual([0, 1])
  },
)

it('a deletion does not wait for the end of a product that is there again under its sku', async () => {
  const again = { status: 200, body: { sku: 'A', createdAt: '2026-01-01T00:00:00.001Z' } }
  const { remove, waited } = await depotWith(there, again)
  expect(await remove()).toMatchObject({ status: 204 })
  expect(waited()).toBe(40)
})

it('a deletion that is refused waits for nothing', async () => {
  const { asked, call, reserve } = await depotWith(there)
  await call('POST /inventory/{sku}/adjustments', {
    as: 'operator',
    params: { sku: 'A' },
    headers: { 'idempotency-key': 'k' },
    body: { warehouseId: 'main', delta: 1, reason: 'test' },
  })
  await reserve('r', { A: 1 })
  expect(await call('DELETE /products/{sku}', { as: 'operator', params: { sku: 'A' } })).toMatchObject({ status: 409 })
  expect(asked).toEqual([])
})
