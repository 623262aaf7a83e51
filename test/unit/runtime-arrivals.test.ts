import { describe, expect, it } from 'vitest'
import { Arrivals } from '../../functions/runtime/arrivals.ts'

/** What becomes known at which time, in milliseconds, on a clock that only sleeping moves. */
function world(arrivesAt: Readonly<Record<string, number>>) {
  const state = { now: 0 }
  const clock = {
    now: () => state.now,
    sleep: async (milliseconds: number) => void (state.now += milliseconds),
  }
  const reads: { readonly ids: readonly string[]; readonly consistent: boolean }[] = []
  const find = async (ids: readonly string[], { consistent }: { readonly consistent: boolean }) => {
    reads.push({ ids, consistent })
    return new Map(ids.filter((id) => (arrivesAt[id] ?? Infinity) <= state.now).map((id) => [id, `the ${id}`]))
  }
  const one = (arrivals: Arrivals, id: string) =>
    arrivals.one(
      (seen) => seen !== undefined,
      async (options) => (await find([id], options)).get(id),
    )
  return { state, reads, find, one, arrivals: new Arrivals(clock) }
}

describe('what is on its way to a service', () => {
  it('costs one read and no time once it is there', async () => {
    const { state, reads, one, arrivals } = world({ A: 0 })
    expect(await one(arrivals, 'A')).toBe('the A')
    expect([state.now, reads]).toEqual([0, [{ ids: ['A'], consistent: false }]])
  })

  it('is waited for, and read consistently then', async () => {
    const { state, reads, one, arrivals } = world({ A: 500 })
    expect(await one(arrivals, 'A')).toBe('the A')
    expect(state.now).toBeLessThan(1_000)
    expect(reads.slice(1).every(({ consistent }) => consistent)).toBe(true)
  })

  it('is unknown after a second', async () => {
    const { state, one, arrivals } = world({ A: 1_001 })
    expect(await one(arrivals, 'A')).toBeUndefined()
    expect(state.now).toBe(1_000)
  })

  it('has one second for all that a request asks for, one after the other', async () => {
    const { state, one, arrivals } = world({ A: 700, C: 0 })
    expect(await one(arrivals, 'A')).toBe('the A')
    expect(await one(arrivals, 'B')).toBeUndefined()
    expect(await one(arrivals, 'C')).toBe('the C')
    expect(state.now).toBe(1_000)
    expect(await one(arrivals, 'D')).toBeUndefined()
    expect(state.now).toBe(1_000)
  })

  it('has one second for many ids, and only those that are missing are read again', async () => {
    const { state, reads, find, arrivals } = world({ A: 0, B: 300, C: 0 })
    expect([...(await arrivals.all(['A', 'B', 'C', 'D'], find)).keys()]).toEqual(['A', 'C', 'B'])
    expect(state.now).toBe(1_000)
    expect(reads[1]?.ids).toEqual(['B', 'D'])
    expect(reads.at(-1)?.ids).toEqual(['D'])
  })
})
