import { describe, expect, test } from 'vitest'
import { type Clock } from '../../functions/runtime/clock.ts'
import { type Decision, commit } from '../../functions/runtime/commit.ts'
import { conflict } from '../../functions/runtime/errors.ts'
import { memoryStore } from '../../functions/runtime/store.memory.ts'
import { type Item, first, next, over } from '../../functions/runtime/store.ts'
import { route } from '../../schemas/contract.ts'

const take = route({
  method: 'POST',
  path: '/stock/{sku}/take',
  who: 'user',
  summary: '',
  idempotencyKey: 'optional',
  answer: { status: 200 },
})
const level = { pk: 'stock_a', sk: 'stock' }
const clock: Clock = { now: () => 1_000_500, sleep: async () => {} }

type Asked = Parameters<typeof commit>[1]
const request = (more: Partial<Asked> = {}) =>
  ({
    route: take,
    params: { sku: 'a' },
    body: { quantity: 1 },
    caller: { id: 'u1', operator: false },
    idempotencyKey: 'k1',
    ...more,
  }) as Asked

async function shop(units = 5) {
  const store = memoryStore()
  await store.write({ put: first({ ...level, units }), if: 'absent' })
  const left = async () => (await store.get(level))?.['units']
  const decide = async (): Promise<Decision<{ units: number }>> => {
    const found = (await store.get(level, { consistent: true })) as Item & { units: number }
    if (found.units === 0) throw conflict('sold_out', 'Nothing is left.')
    const changed = next(found, { units: found.units - 1 })
    return { writes: [{ put: changed, if: over(found) }], answer: { status: 201, body: { units: found.units - 1 } } }
  }
  return { store, decide, units: left, parts: { store, clock } }
}

describe('a request with an idempotency key', () => {
  test('that comes again has no second effect and gets the first answer', async () => {
    const { parts, decide, units } = await shop()
    expect(await commit(parts, request(), decide)).toEqual({ status: 201, body: { units: 4 } })
    expect(await commit(parts, request(), decide)).toEqual({
      status: 201,
      body: { units: 4 },
      headers: { 'idempotent-replayed': 'true' },
    })
    expect(await units()).toBe(4)
  })

  test('that comes again gets the first answer although it could not be done again', async () => {
    const { parts, decide } = await shop(1)
    await commit(parts, request(), decide)
    expect(await commit(parts, request(), decide)).toMatchObject({ status: 201, body: { units: 0 } })
  })

  test('that comes twice at once gets one answer although it can be done only once', async () => {
    const { parts, decide } = await shop(1)
    const late = async () => {
      await commit(parts, request(), decide)
      return decide()
    }
    expect(await commit(parts, request(), late)).toMatchObject({ status: 201, body: { units: 0 } })
  })

  test('that comes twice at once has one effect and one answer', async () => {
    const { parts, decide, units } = await shop()
    const answers = await Promise.all([1, 2, 3].map(() => commit(parts, request(), decide)))
    expect(answers.map(({ body }) => body)).toEqual([{ units: 4 }, { units: 4 }, { units: 4 }])
    expect(answers.filter(({ headers }) => headers?.['idempotent-replayed'] === 'true')).toHaveLength(2)
    expect(await units()).toBe(4)
  })

  test.each([
    ['another body', { body: { quantity: 2 } }],
    ['another thing in its path', { params: { sku: 'b' } }],
  ])('that comes again with %s is refused', async (_, more) => {
    const { parts, decide, units } = await shop()
    await commit(parts, request(), decide)
    await expect(commit(parts, request(more as Partial<Asked>), decide)).rejects.toMatchObject({
      status: 422,
      code: 'idempotency_key_reused',
    })
    expect(await units()).toBe(4)
  })

  test('that says the same in another order of its fields is the same', async () => {
    const { parts, decide, units } = await shop()
    await commit(parts, request({ body: { a: 1, b: { c: 2, d: 3 } } }), decide)
    await commit(parts, request({ body: { b: { d: 3, c: 2 }, a: 1 } }), decide)
    expect(await units()).toBe(4)
  })

  test.each([
    ['somebody else', { caller: { id: 'u2', operator: false } }],
    ['another intent', { idempotencyKey: 'k2' }],
    ['another route', { route: route({ ...take, path: '/stock/{sku}/give' }) }],
  ])('of %s is another request', async (_, more) => {
    const { parts, decide, units } = await shop()
    await commit(parts, request(), decide)
    await commit(parts, request(more as Partial<Asked>), decide)
    expect(await units()).toBe(3)
  })

  test('that was refused may come again: nothing of it is kept', async () => {
    const { parts, decide, store } = await shop(0)
    await expect(commit(parts, request(), decide)).rejects.toMatchObject({ code: 'sold_out' })
    expect(store.items()).toHaveLength(1)
    await store.write({ put: first({ ...level, units: 1 }), if: 'any' })
    expect(await commit(parts, request(), decide)).toMatchObject({ body: { units: 0 } })
  })

  test('is answered the same again although it changed nothing', async () => {
    const { parts } = await shop()
    let decisions = 0
    const decide = async () => ({ writes: [], answer: { body: { decision: (decisions += 1) } } })
    await commit(parts, request(), decide)
    expect(await commit(parts, request(), decide)).toMatchObject({ body: { decision: 1 } })
    expect(decisions).toBe(1)
  })

  test('is kept for a day', async () => {
    const { parts, decide, store } = await shop()
    await commit(parts, request(), decide)
    const kept = store.items().find(({ sk }) => sk === 'answer')
    expect(kept?.ttl).toBe(1_001 + 86_400)
  })
})

describe('a request without an idempotency key', () => {
  test('is written plainly and has its effect each time', async () => {
    const { parts, decide, store, units } = await shop()
    const { idempotencyKey: _, ...plain } = request()
    await commit(parts, plain as Asked, decide)
    await commit(parts, plain as Asked, decide)
    expect(await units()).toBe(3)
    expect(store.items()).toHaveLength(1)
  })
})

describe('a lost race', () => {
  test('is decided again by what is there then', async () => {
    const { parts, decide, store, units } = await shop()
    let decisions = 0
    const overtaken = async () => {
      const decision = await decide()
      decisions += 1
      if (decisions === 1) await store.write({ put: { ...level, version: 2, units: 1 }, if: { version: 1 } })
      return decision
    }
    expect(await commit(parts, request(), overtaken)).toMatchObject({ body: { units: 0 } })
    expect(decisions).toBe(2)
    expect(await units()).toBe(0)
  })

  test('ten times over is a problem that says to come again', async () => {
    const { parts, decide } = await shop()
    let decisions = 0
    const stale = async () => {
      decisions += 1
      const { answer } = await decide()
      return { writes: [{ put: first({ ...level }), if: 'absent' as const }], answer }
    }
    await expect(commit(parts, request(), stale)).rejects.toMatchObject({
      status: 503,
      code: 'contended',
      headers: { 'retry-after': '1' },
    })
    expect(decisions).toBe(10)
  })
})
