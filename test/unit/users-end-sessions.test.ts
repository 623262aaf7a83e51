import { beforeEach, describe, expect, it } from 'vitest'
import { itemSize } from '../../functions/runtime/item-size.ts'
import { type MemoryStore, memoryStore } from '../../functions/runtime/store.memory.ts'
import type { UsersDeps } from '../../functions/users/deps.ts'
import { endSessions } from '../../functions/users/store/end-sessions.ts'
import { keepSession } from '../../functions/users/store/session-item.ts'

let store: MemoryStore
let principals: MemoryStore
let now: number
const origin = () => ({ cause: `request at ${now}`, at: now, by: 'user-1' })
const minute = 60_000

beforeEach(() => {
  store = memoryStore()
  principals = memoryStore()
  now = Date.UTC(2026, 0, 1)
})

const deps = () => ({ store, principals, clock: { now: () => now }, random: () => 0.5 }) as unknown as UsersDeps
const end = (...ids: readonly string[]) => endSessions(deps(), 'user-1', ids, origin())
const ended = () => Object.keys(principals.items()[0]!['ended'] as object)
const idOf = (index: number) => `0f7c9f7e-5d5b-4c8e-9d52-${String(index).padStart(12, '0')}`

describe('the record of ended sessions', () => {
  it('stays small where a program signs in every five minutes for a month', async () => {
    for (let index = 0; index < 9_000; index += 1) {
      await end(idOf(index))
      now += 5 * minute
    }
    expect(ended().length).toBeLessThan(200)
    expect(ended()).toContain(idOf(8_999))
  })

  it('has every one of the last twenty minutes', async () => {
    for (let index = 0; index < 500; index += 1) {
      await end(idOf(index))
      now += 2_000
    }
    expect(ended()).toHaveLength(500)
  })

  it('has one that is still kept, as who ended it died, until its last token ends', async () => {
    const dies = { ...store, write: () => Promise.reject(new Error('dies')) }
    await keepSession({ ...deps(), store }, { id: idOf(0), beganAt: now }, origin(), { ip: '', userAgent: '' })
    await expect(endSessions({ ...deps(), store: dies }, 'user-1', [idOf(0)], origin())).rejects.toThrow('dies')
    for (let index = 1; index < 300; index += 1) {
      await end(idOf(index))
      now += 60 * minute
    }
    expect(ended()).toContain(idOf(0))
    expect(ended()).not.toContain(idOf(1))
  })

  it('has room, however many end at once', async () => {
    for (let index = 0; index < 12_000; index += 50)
      await end(...Array.from({ length: 50 }, (_, of) => idOf(index + of)))
    const [item] = principals.items()
    expect(ended()).toContain(idOf(11_999))
    expect(itemSize(item!)).toBeLessThan(200_000)
  })
})
