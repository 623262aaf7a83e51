import { beforeAll, describe, expect, it } from 'vitest'
import type { OrderInput } from '../../schemas/order-input.ts'
import { settle } from './control.ts'
import { type SignedIn, isLocal, newcomer, raw, signIn, stocked, unique, until } from './target.ts'

type Query = Parameters<SignedIn['api']['listOrders']>[0] extends { query?: infer Of } | undefined
  ? NonNullable<Of>
  : never

let operator: SignedIn
let customer: SignedIn
let sku: string
const tag = unique('search')
const email = `${tag}@holdfast.test`
/** The oldest first: one of the customer, two of a guest, one with another reference. */
let ids: string[]

const place = async (more: Partial<OrderInput>, by = operator) => {
  const body: OrderInput = { lines: [{ sku, quantity: 1 }], payment: { method: 'manual' }, ...more }
  return by.api.placeOrder({ body, idempotencyKey: unique('order') })
}

beforeAll(async () => {
  ;[operator, customer] = [await signIn('operator'), await newcomer()]
  sku = await stocked(operator, 20)
  const guest = { name: 'Ann Guest', email: email.toUpperCase() }
  ids = [
    (await place({ reference: tag, metadata: { erp: '1' } }, customer)).id,
    (await place({ customerId: 'guest', guest, reference: tag })).id,
    (await place({ customerId: 'guest', guest })).id,
    (await place({ customerId: customer.userId, reference: `${tag}-other` })).id,
  ]
})

const list = async (query: Query, by = operator): Promise<string[]> => {
  const found: string[] = []
  let cursor: string | undefined
  do {
    const page = await by.api.listOrders({ query: { ...query, limit: 1, ...(cursor !== undefined && { cursor }) } })
    found.push(...page.items.map(({ id }) => id).filter((id) => ids.includes(id)))
    cursor = page.cursor
  } while (cursor !== undefined)
  return found
}

const ask = (path: string, by: SignedIn | undefined = operator, more: object = {}) =>
  raw({ method: 'GET', path, headers: { authorization: `Bearer ${by.token}` }, ...more })

describe('GET /orders finds orders', () => {
  it('by reference, alone and with times', async () => {
    const [first, second] = ids as [string, string]
    expect(await list({ reference: tag })).toEqual([second, first])
    const { placedAt } = await operator.api.getOrder({ params: { id: second } })
    expect(await list({ reference: tag, from: placedAt })).toEqual([second])
    expect(await list({ reference: tag, to: placedAt })).toEqual([first])
  })
  it('by the address of a guest, alone and with times', async () => {
    const [, second, third] = ids as [string, string, string]
    expect(await list({ email })).toEqual([third, second])
    const { placedAt } = await operator.api.getOrder({ params: { id: third } })
    expect(await list({ email: email.toUpperCase(), to: placedAt })).toEqual([second])
  })
  it('by number, alone and with times', async () => {
    for (const id of ids) {
      const { number, placedAt } = await operator.api.getOrder({ params: { id } })
      expect(await list({ number })).toEqual([id])
      expect(await list({ number, from: placedAt })).toEqual([id])
      expect(await list({ number, to: placedAt })).toEqual([])
    }
  })
  it('by one status or several, alone and with times', async () => {
    await settle()
    const { placedAt } = await operator.api.getOrder({ params: { id: ids[0]! } })
    await operator.api.cancelOrder({ params: { id: ids[3]! } })
    const cancelled = await until(
      () => list({ status: 'cancelled', from: placedAt }),
      (found) => found.length === 1,
    )
    expect(cancelled).toEqual([ids[3]])
    expect(await list({ status: 'reserved,cancelled', from: placedAt })).toEqual(ids.toReversed())
    expect((await list({ status: 'reserved,cancelled' })).toSorted()).toEqual(ids.toSorted())
  })
  it('by what changed since, alone and with times', async () => {
    const before = await operator.api.getOrder({ params: { id: ids[2]! } })
    await operator.api.updateOrder({ params: { id: ids[0]! }, body: { metadata: { seen: 'yes' } } })
    const { updatedAt, placedAt } = await operator.api.getOrder({ params: { id: ids[0]! } })
    expect(updatedAt > before.updatedAt).toBe(true)
    const since = (query: Query) =>
      until(
        () => list(query),
        (found) => found.at(-1) === ids[0],
      )
    expect(await since({ updatedSince: updatedAt })).toEqual([ids[0]])
    expect((await since({ updatedSince: placedAt })).toSorted()).toEqual(ids.toSorted())
    expect(await since({ updatedSince: placedAt, to: before.placedAt })).toHaveLength(2)
  })
  it('with their labels', async () => {
    const { items } = await operator.api.listOrders({ query: { reference: tag } })
    expect(items.find(({ id }) => id === ids[0])).toMatchObject({ reference: tag, metadata: { erp: '1' } })
  })
})

describe('GET /orders refuses', () => {
  it.each([
    ['reference=a&email=a@b.test', 400, 'filter_combination'],
    ['status=placed&updatedSince=2026-01-01T00:00:00Z', 400, 'filter_combination'],
    ['number=1', 400, 'validation_failed'],
    ['status=lost', 400, 'validation_failed'],
    ['email=nobody', 400, 'validation_failed'],
    ['updatedSince=now', 400, 'validation_failed'],
    ['found=1', 400, 'validation_failed'],
  ])('%s', async (query, status, code) => {
    const answer = await ask(`/orders?${query}`)
    expect(answer.status).toBe(status)
    expect(answer.body).toMatchObject({ code, errors: expect.any(Array) })
  })
  it('filters of operators to customers', async () => {
    for (const query of [`reference=${tag}`, `email=${email}`, 'updatedSince=2026-01-01T00:00:00Z'])
      expect(await ask(`/orders?${query}`, customer)).toMatchObject({ status: 403 })
  })
})

describe('metadata', () => {
  it('of twenty writers at once loses no key', async () => {
    const { id } = await place({ metadata: { first: 'yes' } })
    const keys = Array.from({ length: 20 }, (_, index) => `writer-${index}`)
    await Promise.all(
      keys.map((key) => operator.api.updateOrder({ params: { id }, body: { metadata: { [key]: key } } })),
    )
    const { metadata } = await operator.api.getOrder({ params: { id } })
    expect(metadata).toEqual({ first: 'yes', ...Object.fromEntries(keys.map((key) => [key, key])) })
  })
  it.runIf(isLocal)('is in no event', async () => {
    const { id } = await place({ reference: `${tag}-event`, metadata: { secret: `${tag}-secret` } })
    await settle()
    const { items } = await operator.api.listEvents({ query: { orderId: id } })
    expect(items.length).toBeGreaterThan(0)
    expect(JSON.stringify(items)).not.toContain(tag)
  })
})
