import { describe, expect, it } from 'vitest'
import { memoryStore } from '../../functions/runtime/store.memory.ts'
import type { Item, Store, Write } from '../../functions/runtime/store.ts'
import { type Codec, contention, inPlaceOf, revisionOf, update } from '../../functions/runtime/update.ts'

const origin = { at: Date.parse('2026-11-28T10:00:00Z'), cause: 'request-1', by: 'customer-1' }

/** A counter in an item. */
const counterItem: Codec<number> = {
  noun: 'the counter',
  key: (id) => ({ pk: id, sk: 'counter' }),
  read: (item) => ({ state: item['count'] as number, item }),
  writes: (before, { state, emits }, from) => [
    inPlaceOf(before?.item, { pk: 'c', sk: 'counter', count: state, ...revisionOf(before?.item, emits, from) }),
  ],
}

function world() {
  const table = memoryStore()
  const pauses: number[] = []
  const written: (readonly Write[])[] = []
  const rivals: (() => Promise<unknown>)[] = []
  const store: Store = {
    ...table,
    write: async (...writes) => {
      await rivals.shift()?.()
      written.push(writes)
      return table.write(...writes)
    },
  }
  const clock = { now: () => origin.at, sleep: async (pause: number) => void pauses.push(pause) }
  /** Another writer, between what was read and what is written. */
  const rival = (count: number) => async () => {
    const before = await table.get({ pk: 'c', sk: 'counter' })
    await table.write(inPlaceOf(before, { pk: 'c', sk: 'counter', count, version: (before?.version ?? 0) + 1 }))
  }
  const stored = () => table.get({ pk: 'c', sk: 'counter' }) as Promise<Item>
  return { table, deps: { store, clock, random: () => 0.5 }, pauses, written, rivals, rival, stored }
}

const increment = (found: { readonly state: number } | undefined) => ({
  state: (found?.state ?? 0) + 1,
  emits: ['counter.changed'],
})

describe('an update', () => {
  it('makes the item that is missing, under version 1, with its events and its origin', async () => {
    const { deps, stored } = world()
    expect(await update(deps, counterItem, 'c', origin, increment)).toBe(1)
    expect(await stored()).toEqual({
      pk: 'c',
      sk: 'counter',
      count: 1,
      version: 1,
      outbox: ['counter.changed'],
      cause: 'request-1',
      at: '2026-11-28T10:00:00.000Z',
    })
  })

  it('writes nothing when nothing changes, and returns what stands', async () => {
    const { deps, written } = world()
    await update(deps, counterItem, 'c', origin, () => ({ state: 7, emits: [] }))
    expect(await update(deps, counterItem, 'c', origin, () => undefined)).toBe(7)
    expect(written).toHaveLength(1)
  })

  it('returns nothing when there is no item and none is made', async () => {
    expect(await update(world().deps, counterItem, 'c', origin, () => undefined)).toBeUndefined()
  })

  it('decides again on what another writer wrote, at once after the first lost race', async () => {
    const { deps, pauses, rivals, rival, stored } = world()
    rivals.push(rival(40))
    expect(await update(deps, counterItem, 'c', origin, increment)).toBe(41)
    expect(await stored()).toMatchObject({ count: 41, version: 2 })
    expect(pauses).toEqual([])
  })

  it('pauses longer from the second lost race on, with full jitter', async () => {
    const { deps, pauses, rivals, rival } = world()
    rivals.push(...[1, 2, 3, 4, 5, 6, 7, 8, 9].map(rival))
    expect(await update(deps, counterItem, 'c', origin, increment)).toBe(10)
    expect(pauses).toEqual([2, 4, 8, 16, 32, 50, 50, 50])
  })

  it('gives up after 25 attempts, and leaves what the others wrote', async () => {
    const { deps, written, rivals, rival, stored } = world()
    rivals.push(...Array.from({ length: 30 }, (_, index) => rival(index)))
    await expect(update(deps, counterItem, 'c', origin, increment)).rejects.toMatchObject({
      status: 503,
      code: 'contended',
      message: 'Many change the counter at once. Try again, with the same Idempotency-Key.',
    })
    expect(written).toHaveLength(25)
    expect(await stored()).toMatchObject({ count: 24 })
  })

  it('writes what must change in the same transaction, all or none, and decides again when only that fails', async () => {
    const { deps, table, written } = world()
    const other = { pk: 'o', sk: 'other', version: 1 }
    let taken = 0
    const decide = (found: { readonly state: number } | undefined) => ({
      ...increment(found),
      also: [{ put: { ...other, version: (taken += 1) }, if: 'absent' as const }],
    })
    await table.write({ put: other, if: 'absent' })
    const attempts = update(deps, counterItem, 'c', origin, async (found) => {
      if (taken === 2) await table.write({ delete: { pk: 'o', sk: 'other' }, if: 'any' })
      return decide(found)
    })
    expect(await attempts).toBe(1)
    expect(written).toHaveLength(3)
    expect(await table.get({ pk: 'o', sk: 'other' })).toMatchObject({ version: 3 })
  })

  it('passes on what the decision throws, and writes nothing', async () => {
    const { deps, written } = world()
    const refuse = () => {
      throw new Error('refused')
    }
    await expect(update(deps, counterItem, 'c', origin, refuse)).rejects.toThrow('refused')
    expect(written).toEqual([])
  })
})

describe('contention', () => {
  it('counts lost races in a row only', async () => {
    const races = contention({ clock: { now: () => 0, sleep: async () => {} }, random: () => 0 })
    for (let round = 0; round < 3; round += 1) {
      for (let race = 0; race < 24; race += 1) await races.lost('it')
      races.won()
    }
    for (let race = 0; race < 24; race += 1) await races.lost('it')
    await expect(races.lost('it')).rejects.toMatchObject({ code: 'contended' })
  })
})
