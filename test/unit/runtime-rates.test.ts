import fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import { type Count, onceMore, waitOf } from '../../functions/runtime/rate.ts'
import { type Rated, admit, count, forget, seen, shareOf, uncount } from '../../functions/runtime/rates.ts'
import { type MemoryStore, memoryStore } from '../../functions/runtime/store.memory.ts'
import type { UpdateDeps } from '../../functions/runtime/update.ts'
import { localRates, rates } from '../../lib/rates.ts'
import { PaymentRates, Rate, UserRates } from '../../schemas/rates.ts'

const second = 1_000
/** Pauses between tries, in seconds. */
const pauses = fc.array(fc.integer({ min: 0, max: 40 }), { maxLength: 60 })
const someRate = fc
  .record({
    most: fc.integer({ min: 0, max: 5 }),
    seconds: fc.integer({ min: 1, max: 60 }),
    waits: fc.option(fc.record({ first: fc.integer({ min: 1, max: 5 }), longest: fc.integer({ min: 1, max: 60 }) }), {
      nil: undefined,
    }),
  })
  .filter((rate) => Rate.safeParse(rate).success)
  .map((rate) => Rate.parse(rate))

/** When tries at these distances happen: those that have to wait do not. */
function happened(
  rate: Rate,
  distances: readonly number[],
): { readonly at: readonly number[]; readonly last: Count | undefined } {
  let now = 1_000_000
  let last: Count | undefined
  const at: number[] = []
  for (const distance of distances) {
    now += distance * second
    if (waitOf(last, rate, now) > 0) continue
    last = onceMore(last, rate, now)
    at.push(now)
  }
  return { at, last }
}

describe('a rate', () => {
  it('lets no more happen in a time that it names than twice its most, wherever that time begins', () => {
    fc.assert(
      fc.property(someRate, pauses, ({ waits: _, ...rate }, distances) => {
        const { at } = happened(rate, distances)
        for (const from of at) {
          const within = at.filter((each) => each >= from && each < from + rate.seconds * second)
          expect(within.length).toBeLessThanOrEqual(2 * rate.most)
        }
      }),
    )
  })

  it('with waits, has each further one wait at least as long as the one before it, up to the longest', () => {
    const tooSoon = ({ waits, seconds, most }: Rate, at: readonly number[]): readonly number[] => {
      let inRow = 0
      return at.filter((each, index) => {
        const since = each - (at[index - 1] ?? -Infinity)
        inRow = since < seconds * second ? inRow + 1 : 1
        if (!waits || inRow <= most) return false
        return since < Math.min(waits.first * 2 ** (inRow - 1 - most), waits.longest) * second
      })
    }
    fc.assert(
      fc.property(someRate, pauses, (rate, distances) => {
        expect(tooSoon(rate, happened(rate, distances).at)).toEqual([])
      }),
    )
  })

  it('lets it happen at the very moment that it names, and not a millisecond earlier', () => {
    fc.assert(
      fc.property(someRate, pauses, fc.integer({ min: 0, max: 60_000 }), (rate, distances, later) => {
        if (rate.most === 0) return
        const { at, last } = happened(rate, distances)
        const now = (at.at(-1) ?? 0) + later
        const wait = waitOf(last, rate, now)
        expect(waitOf(last, rate, now + wait)).toBe(0)
        if (wait > 0) expect(waitOf(last, rate, now + wait - 1)).toBe(1)
      }),
    )
  })

  it('of none never lets it happen', () => {
    const none = { most: 0, seconds: 5 }
    expect(waitOf(undefined, none, 0)).toBe(5 * second)
    expect(waitOf({ count: 1, since: 0, last: 0 }, none, 9 * second)).toBe(5 * second)
  })

  it('is one of its schema in every stage, and forgets nothing while it makes wait', () => {
    for (const stage of [rates, localRates]) {
      expect(UserRates.parse(stage.users)).toEqual(stage.users)
      expect(PaymentRates.parse(stage.payments)).toEqual(stage.payments)
    }
    expect(Rate.safeParse({ most: 1, seconds: 5, waits: { first: 1, longest: 6 } }).success).toBe(false)
  })

  it('is shared out over its items without a rest', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 100_000 }), (most) => {
        const rate = { most, seconds: 1 }
        const shares = [0, 1, 2, 3, 4, 5, 6, 7].map((shard) => shareOf(rate, shard).most)
        const items = Math.min(8, Math.max(1, Math.floor(most / 100)))
        expect(shares.slice(0, items).reduce((sum, each) => sum + each, 0)).toBe(most)
      }),
    )
  })
})

describe('counting', () => {
  let store: MemoryStore
  let now: number
  let calls: number
  let chance: number
  beforeEach(() => {
    store = memoryStore()
    now = 1_000_000
    calls = 0
    chance = 0
  })

  const deps = (): UpdateDeps => ({
    clock: { now: () => now, sleep: async () => {} },
    random: () => (chance = (chance + 0.377) % 1),
    store: {
      ...store,
      getMany: (...asked) => {
        calls += 1
        return store.getMany(...asked)
      },
      write: (...writes) => {
        calls += 1
        return store.write(...writes)
      },
    },
  })
  let requests = 0
  const cause = (): string => `request-${(requests += 1)}`
  const rated = (rate: Rate, of = 'ada'): Rated => ({ name: 'tries', of: [of], rate })
  const outcome = (rate: Rate): Promise<string> =>
    admit(deps(), cause(), [rated(rate)]).then(
      () => 'counted',
      (error: { code?: string }) => error.code ?? 'failed',
    )

  it.each([5, 99, 800, 1_003])(
    'lets exactly %i of more happen, one after the other, whatever items it takes',
    async (most) => {
      const outcomes = new Map<string, number>()
      for (let tries = 0; tries < most + 30; tries += 1) {
        const each = await outcome({ most, seconds: 60 })
        outcomes.set(each, (outcomes.get(each) ?? 0) + 1)
      }
      expect(Object.fromEntries(outcomes)).toEqual({ counted: most, too_many_requests: 30 })
    },
  )

  it('lets no more happen when all come at once', async () => {
    const outcomes = await Promise.all(Array.from({ length: 60 }, () => outcome({ most: 10, seconds: 60 })))
    expect(outcomes.filter((each) => each === 'counted')).toHaveLength(10)
    expect(new Set(outcomes)).toEqual(new Set(['counted', 'too_many_requests']))
  })

  it('costs one read and one write, and one read where it has to wait', async () => {
    await outcome({ most: 1, seconds: 60 })
    expect(calls).toBe(2)
    await outcome({ most: 1, seconds: 60 })
    expect(calls).toBe(3)
  })

  it('names the seconds to wait, rounded up, and nothing of what is counted', async () => {
    await outcome({ most: 1, seconds: 60 })
    now += 500
    const refused: Promise<unknown> = admit(deps(), cause(), [rated({ most: 1, seconds: 60 })])
    await expect(refused).rejects.toMatchObject({ status: 429, headers: { 'retry-after': '60' } })
    await expect(refused).rejects.not.toThrow(/ada|tries of/)
  })

  it('keeps no subject in clear, and expires', async () => {
    await outcome({ most: 1, seconds: 60 })
    expect(store.items()).toMatchObject([{ count: 1, ttl: now / second + 60 }])
    expect(JSON.stringify(store.items())).not.toMatch(/ada/)
  })

  it('keeps subjects apart', async () => {
    const rate = { most: 1, seconds: 60 }
    await admit(deps(), cause(), [rated(rate, 'ada'), rated(rate, 'bob')])
    expect(store.items()).toHaveLength(2)
  })

  it('counts nothing where one of several has to wait', async () => {
    await admit(deps(), cause(), [rated({ most: 1, seconds: 60 })])
    await expect(
      admit(deps(), cause(), [rated({ most: 1, seconds: 60 }), rated({ most: 9, seconds: 60 }, 'bob')]),
    ).rejects.toThrow('Too many')
    expect(store.items()).toHaveLength(1)
  })

  it('is taken back, and forgotten', async () => {
    const rate = { most: 2, seconds: 60 }
    for (const before of [0, 1]) {
      const [each] = await seen(deps(), [rated(rate)])
      await count(deps(), cause(), each!)
      await uncount(deps(), each!)
      expect(store.items().map((item) => item['count'])).toEqual(before === 0 ? [] : [1])
      await outcome(rate)
    }
    await forget(store, rated(rate))
    expect(store.items()).toEqual([])
  })

  it('takes nothing back where another one was counted since', async () => {
    const rate = { most: 5, seconds: 60 }
    const [each] = await seen(deps(), [rated(rate)])
    await count(deps(), cause(), each!)
    await outcome(rate)
    await uncount(deps(), each!)
    expect(store.items()).toMatchObject([{ count: 2 }])
  })
})
