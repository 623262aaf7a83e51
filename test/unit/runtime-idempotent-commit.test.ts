import { describe, expect, test } from 'vitest'
import { type Clock } from '../../functions/runtime/clock.ts'
import { type Decision, commit, performOnce } from '../../functions/runtime/idempotent-commit.ts'
import { refuse } from '../../functions/runtime/errors.ts'
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
let requests = 0
const request = (more: Partial<Asked> = {}) =>
  ({
    requestId: `r${(requests += 1)}`,
    route: take,
    params: { sku: 'a' },
    body: { quantity: 1 },
    caller: { id: 'u1', privileged: false },
    idempotencyKey: 'k1',
    ...more,
  }) as Asked

async function shop(units = 5) {
  const store = memoryStore()
  await store.write({ put: first({ ...level, units }), if: 'absent' })
  const left = async () => (await store.get(level))?.['units']
  const decide = async (): Promise<Decision<{ units: number }>> => {
    const found = (await store.get(level, { consistent: true })) as Item & { units: number }
    if (found.units === 0) throw refuse('insufficient_stock', 'Nothing is left.')
    const changed = next(found, { units: found.units - 1 })
    return { writes: [{ put: changed, if: over(found) }], answer: { status: 201, body: { units: found.units - 1 } } }
  }
  return { store, decide, units: left, deps: { store, clock, random: () => 0.5 } }
}

describe('a request with an idempotency key', () => {
  test('that comes again has no second effect and gets the first answer', async () => {
    const { deps, decide, units } = await shop()
    expect(await commit(deps, request(), decide)).toEqual({ status: 201, body: { units: 4 } })
    expect(await commit(deps, request(), decide)).toEqual({
      status: 201,
      body: { units: 4 },
      headers: { 'idempotent-replayed': 'true' },
    })
    expect(await units()).toBe(4)
  })

  test('that comes again gets the first answer although it could not be done again', async () => {
    const { deps, decide } = await shop(1)
    await commit(deps, request(), decide)
    expect(await commit(deps, request(), decide)).toMatchObject({ status: 201, body: { units: 0 } })
  })

  test('that comes twice at once gets one answer although it can be done only once', async () => {
    const { deps, decide } = await shop(1)
    const late = async () => {
      await commit(deps, request(), decide)
      return decide()
    }
    expect(await commit(deps, request(), late)).toMatchObject({ status: 201, body: { units: 0 } })
  })

  test.each(['commit', 'performOnce'] as const)(
    'that comes again lacks what is shown once, by %s: the record never had it',
    async (how) => {
      const { deps } = await shop()
      const route = { ...take, answer: { status: 200, once: ['secret'] } } as const
      const body = { id: 'a', secret: 'hush' }
      const ask = () =>
        how === 'commit'
          ? commit(deps, request({ route }), async () => ({ writes: [], answer: { body } }))
          : performOnce(
              deps,
              request({ route }),
              async () => {},
              async () => ({ body }),
            )
      expect(await ask()).toEqual({ body })
      expect(await ask()).toEqual({
        body: { id: 'a', withheld: ['secret'] },
        headers: { 'idempotent-replayed': 'true' },
      })
      expect(JSON.stringify(deps.store.items())).not.toContain('hush')
    },
  )

  test('that comes twice at once has one effect and one answer', async () => {
    const { deps, decide, units } = await shop()
    const answers = await Promise.all([1, 2, 3].map(() => commit(deps, request(), decide)))
    expect(answers.map(({ body }) => body)).toEqual([{ units: 4 }, { units: 4 }, { units: 4 }])
    expect(answers.filter(({ headers }) => headers?.['idempotent-replayed'] === 'true')).toHaveLength(2)
    expect(await units()).toBe(4)
  })

  test.each([
    ['another body', { body: { quantity: 2 } }],
    ['another thing in its path', { params: { sku: 'b' } }],
  ])('that comes again with %s is refused', async (_, more) => {
    const { deps, decide, units } = await shop()
    await commit(deps, request(), decide)
    await expect(commit(deps, request(more), decide)).rejects.toMatchObject({
      status: 422,
      code: 'idempotency_key_reused',
    })
    expect(await units()).toBe(4)
  })

  test('with the same fields in another order is the same', async () => {
    const { deps, decide, units } = await shop()
    await commit(deps, request({ body: { a: 1, b: { c: 2, d: 3 } } }), decide)
    await commit(deps, request({ body: { b: { d: 3, c: 2 }, a: 1 } }), decide)
    expect(await units()).toBe(4)
  })

  test.each([
    ['somebody else', { caller: { id: 'u2', privileged: false } }],
    ['another intent', { idempotencyKey: 'k2' }],
    ['another route', { route: route({ ...take, path: '/stock/{sku}/give' }) }],
  ])('of %s is another request', async (_, more) => {
    const { deps, decide, units } = await shop()
    await commit(deps, request(), decide)
    await commit(deps, request(more as Partial<Asked>), decide)
    expect(await units()).toBe(3)
  })

  test('that was refused may come again: nothing of it is kept', async () => {
    const { deps, decide, store } = await shop(0)
    await expect(commit(deps, request(), decide)).rejects.toMatchObject({ code: 'insufficient_stock' })
    expect(store.items()).toHaveLength(1)
    await store.write({ put: first({ ...level, units: 1 }), if: 'any' })
    expect(await commit(deps, request(), decide)).toMatchObject({ body: { units: 0 } })
  })

  test('is answered the same again although it changed nothing', async () => {
    const { deps } = await shop()
    let decisions = 0
    const decide = async () => ({ writes: [], answer: { body: { decision: (decisions += 1) } } })
    await commit(deps, request(), decide)
    expect(await commit(deps, request(), decide)).toMatchObject({ body: { decision: 1 } })
    expect(decisions).toBe(1)
  })

  test('that changed nothing, and comes twice at once, is answered once and replayed once', async () => {
    const { deps } = await shop()
    const decide = async () => ({ writes: [], answer: { body: { units: 5 } } })
    const answers = await Promise.all([1, 2, 3].map(() => commit(deps, request(), decide)))
    expect(answers.filter(({ headers }) => headers?.['idempotent-replayed'] === 'true')).toHaveLength(2)
  })

  test('that comes at once with other bodies has the effect of one of them, and the others are refused', async () => {
    const { deps, decide, units } = await shop()
    const bodies = [1, 2, 3].map((quantity) => commit(deps, request({ body: { quantity } }), decide))
    const ended = await Promise.allSettled(bodies)
    expect(ended.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected', 'rejected'])
    expect(ended.filter(({ status }) => status === 'rejected')).toMatchObject(
      [1, 2].map(() => ({ reason: { status: 422, code: 'idempotency_key_reused' } })),
    )
    expect(await units()).toBe(4)
  })

  test('is kept for a day', async () => {
    const { deps, decide, store } = await shop()
    await commit(deps, request(), decide)
    const kept = store.items().find(({ sk }) => sk === 'answer')
    expect(kept?.ttl).toBe(1_001 + 86_400)
  })
})

describe('what is performed by itself', () => {
  /** Takes a unit once for each thing, however often it is called. */
  async function till() {
    const { deps, store } = await shop()
    const taken: string[] = []
    const act = (sku: string) => async () => {
      if (!taken.includes(sku)) taken.push(sku)
      return { body: { taken: sku } }
    }
    const take1 = (more: Partial<Asked> = {}, check = async () => {}, done = act('a')) =>
      performOnce(deps, request(more), check, done)
    return { deps, store, taken, act, take: take1 }
  }
  const other = { params: { sku: 'b' } }

  test('has one effect and one answer when it comes at once and again', async () => {
    const { take, taken } = await till()
    const answers = [...(await Promise.all([1, 2, 3].map(() => take()))), await take()]
    expect(answers.map(({ body }) => body)).toEqual([1, 2, 3, 4].map(() => ({ taken: 'a' })))
    expect(answers.filter(({ headers }) => headers === undefined)).toHaveLength(1)
    expect(taken).toEqual(['a'])
  })

  test('at once for two things under one key is done to one of them alone', async () => {
    const { take, taken, act } = await till()
    const ended = await Promise.allSettled([take(), take(other, async () => {}, act('b'))])
    expect(ended.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
    expect(taken).toHaveLength(1)
    await expect(take({ params: { sku: 'c' } })).rejects.toMatchObject({ status: 422 })
    expect(taken).toHaveLength(1)
  })

  test('goes on where the first request died, and for no other one', async () => {
    const { take, taken } = await till()
    const dies = () => Promise.reject(new Error('died'))
    await expect(take({}, async () => {}, dies)).rejects.toThrow('died')
    await expect(take(other)).rejects.toMatchObject({ code: 'idempotency_key_reused' })
    expect(await take()).toEqual({ body: { taken: 'a' } })
    expect(taken).toEqual(['a'])
  })

  test('binds no key when it is refused before', async () => {
    const { take, store } = await till()
    const ended = () => Promise.reject(refuse('order_closed', 'It is over.'))
    await expect(take({}, ended)).rejects.toMatchObject({ code: 'order_closed' })
    expect(store.items()).toHaveLength(1)
    expect(await take(other)).toEqual({ body: { taken: 'a' } })
  })

  test('without a key is done each time, after its check', async () => {
    const { deps } = await shop()
    const { idempotencyKey: _, ...plain } = request()
    const steps: string[] = []
    const check = async () => void steps.push('check')
    const act = async () => ({ body: steps.push('act') })
    for (let times = 0; times < 2; times += 1) await performOnce(deps, plain as Asked, check, act)
    expect(steps).toEqual(['check', 'act', 'check', 'act'])
  })
})

describe('a request without an idempotency key', () => {
  test('is written plainly and has its effect each time', async () => {
    const { deps, decide, store, units } = await shop()
    const { idempotencyKey: _, ...plain } = request()
    await commit(deps, plain as Asked, decide)
    await commit(deps, plain as Asked, decide)
    expect(await units()).toBe(3)
    expect(store.items()).toHaveLength(1)
  })
})

describe('a lost race', () => {
  test('is decided again by what is there then', async () => {
    const { deps, decide, store, units } = await shop()
    let decisions = 0
    const overtaken = async () => {
      const decision = await decide()
      decisions += 1
      if (decisions === 1) await store.write({ put: { ...level, version: 2, units: 1 }, if: { version: 1 } })
      return decision
    }
    expect(await commit(deps, request(), overtaken)).toMatchObject({ body: { units: 0 } })
    expect(decisions).toBe(2)
    expect(await units()).toBe(0)
  })

  test('race after race is a problem that asks to try again', async () => {
    const { deps, decide } = await shop()
    let decisions = 0
    const stale = async () => {
      decisions += 1
      const { answer } = await decide()
      return { writes: [{ put: first({ ...level }), if: 'absent' as const }], answer }
    }
    await expect(commit(deps, request(), stale)).rejects.toMatchObject({
      status: 503,
      code: 'contended',
      headers: { 'retry-after': '1' },
    })
    expect(decisions).toBe(25)
  })
})
