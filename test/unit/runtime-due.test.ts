import { describe, expect, test } from 'vitest'
import type { Clock } from '../../functions/runtime/clock.ts'
import { dueAt, sweepDue } from '../../functions/runtime/due.ts'
import { memoryStore } from '../../functions/runtime/store.memory.ts'
import { type Item, first } from '../../functions/runtime/store.ts'

const start = 1_700_000_000_000

class World {
  now = start
  readonly store = memoryStore()
  readonly clock: Clock = { now: () => this.now, sleep: async () => {} }
  readonly seen: string[] = []

  async put(pk: string, dueInMs: number) {
    await this.store.write({ put: first({ pk, sk: 'item', ...dueAt(pk, start + dueInMs) }), if: 'absent' })
  }
  sweep(sweepOne: (item: Item) => Promise<'seen'>) {
    return sweepDue(this, { seen: 0, failed: 0 }, async (item) => {
      this.seen.push(item.pk)
      return sweepOne(item)
    })
  }
}

const names = (count: number) => Array.from({ length: count }, (_, index) => `item_${String(index).padStart(4, '0')}`)

describe('what is due', () => {
  test('is found from its time on, in every partition and behind every page', async () => {
    const world = new World()
    for (const name of names(1_500)) await world.put(name, 0)
    await world.put('later', 1)
    expect(await world.sweep(async () => 'seen')).toEqual({ seen: 1_500, failed: 0 })
    expect(world.seen.toSorted()).toEqual(names(1_500))
    expect(new Set(world.store.items().map(({ duePk }) => duePk)).size).toBe(8)
    world.now += 1
    expect(await world.sweep(async () => 'seen')).toEqual({ seen: 1_501, failed: 0 })
  })
  test('is left to the next run after 20 s, and what is due the longest comes first', async () => {
    const world = new World()
    for (const [index, name] of names(5).entries()) await world.put(`${name}-x`, -index)
    const slow = async () => {
      world.now += 8_000
      return 'seen' as const
    }
    expect(await world.sweep(slow)).toEqual({ seen: 3, failed: 0 })
    expect(world.seen).toEqual(['item_0004-x', 'item_0003-x', 'item_0002-x'])
  })
  test('is not held up by one that fails', async () => {
    const world = new World()
    for (const name of names(20)) await world.put(`${name}-x`, 0)
    const swept = world.sweep(async ({ pk }) => {
      if (pk === 'item_0000-x') throw new Error('broken')
      return 'seen'
    })
    expect(await swept).toEqual({ seen: 19, failed: 1 })
  })
  test('is not swept at all when the store does not answer', async () => {
    const world = new World()
    const silent = { ...world.store, query: async () => Promise.reject(new Error('no answer')) }
    const swept = sweepDue({ store: silent, clock: world.clock }, { failed: 0 }, async () => 'failed')
    await expect(swept).rejects.toThrow('no answer')
  })
})
