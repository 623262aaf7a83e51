import { randomBytes } from 'node:crypto'
import { beforeEach, describe, expect, test } from 'vitest'
import { apiKeyOf, hashOf, isApiKey, prefixOf, secretKey, usedKey } from '../../functions/runtime/api-key.ts'
import { keyIdentity } from '../../functions/runtime/identity.api-keys.ts'
import type { Identify } from '../../functions/runtime/identity.ts'
import { Principals, principalKey, principalsKnownMs } from '../../functions/runtime/principals.ts'
import { type MemoryStore, memoryStore } from '../../functions/runtime/store.memory.ts'
import { type Item, StoreUnavailable } from '../../functions/runtime/store.ts'

const key = apiKeyOf(Buffer.alloc(32, 7))
let store: MemoryStore
let identify: Identify
let reads: number
let writes: number
let away: boolean
let now: number

beforeEach(() => {
  store = memoryStore()
  reads = 0
  writes = 0
  away = false
  now = 1_000_000
  const clock = { now: () => now, sleep: async () => {} }
  const get: typeof store.get = async (...of) => {
    reads += 1
    return store.get(...of)
  }
  const write: typeof store.write = async (...of) => {
    writes += 1
    if (away) throw new StoreUnavailable('away')
    return store.write(...of)
  }
  const principals = new Principals({ get }, clock)
  identify = keyIdentity({ store: { write }, clock, principals }, async () => undefined)
})

const put = (item: Item) => store.write({ put: item, if: 'any' })
const good = (more: object = {}) =>
  put({
    ...secretKey(hashOf(key)),
    version: 1,
    keyId: 'key_1',
    scopes: ['stock:read', 'payments:read'],
    createdBy: 'user-1',
    ...more,
  })
const maker = (facts: object) => put({ ...principalKey('user-1'), version: 1, ...facts })
const scopesNow = async () => [...((await identify(`Bearer ${key}`))?.scopes ?? ['nobody'])]

describe('the form of a key', () => {
  test('is told from what is mistyped by any one character', () => {
    expect(isApiKey(key)).toBe(true)
    for (let index = 4; index < key.length; index += 1) {
      const other = key[index] === 'A' ? 'B' : 'A'
      expect(isApiKey(key.slice(0, index) + other + key.slice(index + 1))).toBe(false)
    }
  })

  test('has another prefix and hash for another secret', () => {
    const keys = Array.from({ length: 100 }, () => apiKeyOf(randomBytes(32)))
    expect(new Set(keys.map(prefixOf)).size).toBe(100)
    expect(new Set(keys.map(hashOf)).size).toBe(100)
  })
})

describe('a good key', () => {
  test('names itself, with its scopes', async () => {
    await good()
    expect(await identify(`Bearer ${key}`)).toEqual({
      kind: 'key',
      id: 'key_1',
      scopes: new Set(['stock:read', 'payments:read']),
    })
  })

  test('costs two reads in four seconds, and a write a minute', async () => {
    await good()
    for (let request = 0; request < 50; request += 1) await identify(`Bearer ${key}`)
    expect([reads, writes]).toEqual([2, 1])
    now += 59_999
    await identify(`Bearer ${key}`)
    expect([reads, writes]).toEqual([4, 1])
    now += 1
    await identify(`Bearer ${key}`)
    expect(writes).toBe(2)
    expect(await store.get(usedKey('key_1'))).toMatchObject({ usedAt: now })
  })

  test('is good although its use cannot be written down', async () => {
    await good()
    away = true
    expect(await scopesNow()).toEqual(['stock:read', 'payments:read'])
  })

  test('may do no more than its maker may do now, from four seconds after', async () => {
    await good()
    await maker({ roles: ['warehouse'] })
    expect(await scopesNow()).toEqual(['stock:read'])
    await maker({ roles: ['finance'] })
    expect(await scopesNow()).toEqual(['stock:read'])
    now += principalsKnownMs
    expect(await scopesNow()).toEqual(['payments:read'])
    await maker({ roles: ['owner'] })
    now += principalsKnownMs
    expect(await scopesNow()).toEqual(['stock:read', 'payments:read'])
  })
})

describe('a key that opens nothing', () => {
  test('ends with its maker', async () => {
    await good()
    expect(await scopesNow()).not.toEqual(['nobody'])
    await maker({ disabled: true })
    now += principalsKnownMs
    expect(await scopesNow()).toEqual(['nobody'])
  })

  test('ends at its time, whatever is remembered', async () => {
    await good({ until: now + 1 })
    expect(await scopesNow()).not.toEqual(['nobody'])
    now += 1
    expect(await scopesNow()).toEqual(['nobody'])
    expect(writes).toBe(1)
  })

  test('ends four seconds after it is revoked', async () => {
    await good()
    await scopesNow()
    await store.write({ delete: secretKey(hashOf(key)), if: 'any' })
    now += principalsKnownMs - 1
    expect(await scopesNow()).not.toEqual(['nobody'])
    now += 1
    expect(await scopesNow()).toEqual(['nobody'])
  })

  test('is read once each time where it has the form of a key, and is good as soon as it is made', async () => {
    for (let request = 0; request < 3; request += 1) expect(await scopesNow()).toEqual(['nobody'])
    expect([reads, writes]).toEqual([3, 0])
    await good()
    expect(await scopesNow()).not.toEqual(['nobody'])
  })

  test.each(['Bearer hfk_', `Bearer hfk_${'A'.repeat(49)}`, `Bearer ${key}A`, `Bearer ${key.slice(0, -1)}`])(
    'costs no read where it is no key: %s',
    async (header) => {
      await good()
      expect(await identify(header)).toBeUndefined()
      expect([reads, writes]).toEqual([0, 0])
    },
  )
})
