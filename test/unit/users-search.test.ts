import { beforeEach, describe, expect, it } from 'vitest'
import { dispatch } from '../../functions/runtime/http.ts'
import { memoryStore } from '../../functions/runtime/store.memory.ts'
import { listUsers } from '../../functions/users/routes/list-users.ts'
import type { UsersDeps } from '../../functions/users/deps.ts'
import { type UserItem, registered, syncProfile, writesOfProfile } from '../../functions/users/store/user-item.ts'
import { routes } from '../../schemas/users.ts'
import { byClaims, headerOf } from '../claims.ts'

let store: ReturnType<typeof memoryStore>
let queries: number
let reads: number

beforeEach(() => {
  store = memoryStore()
  queries = 0
  reads = 0
})

const clock = { now: () => 0, sleep: async () => {} }
const at = '2026-11-28T12:00:00.000Z'

async function user(id: string, email: string, name?: string): Promise<UserItem> {
  const profile = registered({ id, email, roles: ['customer'] }, name, 'request', at)
  await store.write(...writesOfProfile(undefined, profile))
  return (await store.get({ pk: id, sk: 'user' })) as UserItem
}

async function page(query: Record<string, string> = {}) {
  const counting = {
    ...store,
    query: async (...asked: Parameters<typeof store.query>) => {
      queries += 1
      return store.query(...asked)
    },
    getMany: async (...asked: Parameters<typeof store.getMany>) => {
      reads += asked[0].length
      return store.getMany(...asked)
    },
  }
  const deps = { store: counting, clock } as unknown as UsersDeps
  const ask = dispatch({ listUsers: routes.listUsers }, { listUsers: listUsers(deps) }, byClaims)
  const { body } = await ask({
    routeKey: 'GET /users',
    headers: { authorization: headerOf({ sub: 'operator', roles: 'support' }) },
    queryStringParameters: query,
    requestContext: { requestId: 'r' },
  } as never)
  return JSON.parse(body!) as { items: { id: string; email: string }[]; cursor?: string }
}

async function found(q?: string, limit = 100): Promise<readonly string[]> {
  const ids: string[] = []
  let cursor: string | undefined
  do {
    const { items, cursor: next } = await page({ ...(q && { q }), limit: String(limit), ...(cursor && { cursor }) })
    expect(items.length).toBeLessThanOrEqual(limit)
    ids.push(...items.map(({ id }) => id))
    cursor = next
  } while (cursor !== undefined)
  return ids
}

describe('users', () => {
  it('are found by the beginning of their e-mail, and of each word of their name, in any case', async () => {
    await user('u1', 'ann@example.com', 'Ann van Leeuwen')
    await user('u2', 'bob@example.com', "Bob O'Brien")
    await user('u3', 'vanessa@example.com')
    expect(await found('ann')).toEqual(['u1'])
    expect(await found('VAN')).toEqual(['u1', 'u3'])
    expect(await found("o'b")).toEqual(['u2'])
    expect(await found('lee ann')).toEqual(['u1'])
    expect(await found('lee bob')).toEqual([])
    expect(await found('example')).toEqual([])
  })

  it('are all listed by their e-mails, by pages of any size, once each', async () => {
    const ids = Array.from({ length: 40 }, (_, index) => `u${index}`)
    for (const [index, id] of ids.entries()) await user(id, `p${String(index).padStart(2, '0')}@x.test`, 'Pia Pia Pol')
    for (const limit of [1, 7, 100]) {
      expect(await found(undefined, limit)).toEqual(ids)
      expect(await found('p', limit)).toEqual(ids)
      expect((await found('po', limit)).toSorted()).toEqual(ids.toSorted())
    }
  })

  it('cost the same, however many there are that are not asked for', async () => {
    for (let index = 0; index < 500; index += 1) await user(`u${index}`, `mass${index}@x.test`, 'Max Mass')
    await user('rare', 'zoe@x.test', 'Zoe Max')
    expect((await page({ q: 'zoe', limit: '10' })).items).toHaveLength(1)
    expect([queries, reads]).toEqual([16, 2])
    await page({ limit: '10' })
    expect([queries, reads]).toEqual([24, 12])
  })

  it('are found by what they are called now, and under nothing else', async () => {
    const before = await user('u1', 'ann@x.test', 'Ann Lee')
    const { version, ...rest } = before
    await store.write(
      ...writesOfProfile(before, { ...rest, version: version + 1, email: 'new@x.test', name: 'Ann Key' }),
    )
    expect([await found('ann'), await found('key'), await found('lee'), await found('new')]).toEqual([
      ['u1'],
      ['u1'],
      [],
      ['u1'],
    ])
    expect(store.items()).toHaveLength(1 + 3)
  })

  it('of the last release are found once they sign in, and no event is emitted again', async () => {
    const profile = registered({ id: 'u1', email: 'ann@x.test', roles: ['customer'] }, 'Ann', 'request', at)
    await store.write({ put: profile, if: 'absent' })
    expect(await found('ann')).toEqual([])
    await syncProfile(
      { store, principals: memoryStore(), clock, random: () => 0 },
      { id: 'u1', email: 'ann@x.test', roles: ['customer'] },
      'r',
    )
    expect(await found('ann')).toEqual(['u1'])
    expect(await store.get({ pk: 'u1', sk: 'user' })).not.toHaveProperty('outbox')
  })
})
