import { describe, expect, it } from 'vitest'
import { isUser, learnUser } from '../../functions/runtime/known-users.ts'
import { memoryStore } from '../../functions/runtime/store.memory.ts'
import type { Store } from '../../functions/runtime/store.ts'

const origin = { cause: 'u1/user@1/user.registered', at: Date.parse('2026-01-01T00:00:00.000Z'), by: 'users' }

function service() {
  const table = memoryStore()
  const world = { now: 0, writes: 0, onSleep: async (): Promise<void> => {} }
  const store: Store = {
    ...table,
    write: (...writes) => {
      world.writes += 1
      return table.write(...writes)
    },
  }
  const clock = {
    now: () => world.now,
    sleep: async (milliseconds: number) => {
      world.now += milliseconds
      await world.onSleep()
    },
  }
  const learn = (userId: string, version?: number) =>
    learnUser({ store, clock, random: () => 0.5 }, { userId, version }, origin)
  const version = async () => (await table.get({ pk: 'user_u1', sk: 'user' }))?.['userVersion']
  return { world, learn, version, is: (id: string) => isUser({ store, clock }, id) }
}

describe('a user', () => {
  it('is known from the one write of the first event', async () => {
    const { world, learn, version, is } = service()
    await learn('u1')
    expect([await is('u1'), await version(), world.writes, world.now]).toEqual([true, 1, 1, 0])
  })

  it('is known by its newest event, whatever the order and however often', async () => {
    const { learn, version } = service()
    for (const version of [3, undefined, 2, 3]) await learn('u1', version)
    expect(await version()).toBe(3)
    await learn('u1', 5)
    expect(await version()).toBe(5)
  })

  it('is known once when all of its events arrive at once', async () => {
    const { learn, version } = service()
    await Promise.all([learn('u1', 2), learn('u1'), learn('u1', 4), learn('u1', 3)])
    expect(await version()).toBe(4)
  })

  it('who is on the way is waited for', async () => {
    const { world, learn, is } = service()
    world.onSleep = async () => (world.now > 500 ? learn('u1') : undefined)
    expect(await is('u1')).toBe(true)
    expect(world.now).toBeLessThanOrEqual(1_000)
  })

  it('who does not come within a second is none', async () => {
    const { world, is } = service()
    expect(await is('nobody')).toBe(false)
    expect(world.now).toBe(1_000)
  })
})
