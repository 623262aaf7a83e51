import { beforeEach, describe, expect, it } from 'vitest'
import { principalKey } from '../../functions/runtime/principals.ts'
import { entryOf } from '../../functions/runtime/relay.ts'
import { memoryStore } from '../../functions/runtime/store.memory.ts'
import type { Store } from '../../functions/runtime/store.ts'
import type { EraseDeps, UsersDeps } from '../../functions/users/deps.ts'
import { sweepUsers } from '../../functions/users/on/due.ts'
import { toEvent } from '../../functions/users/outbox-events.ts'
import { eraseMe, eraseUser, keepMe, keepUser } from '../../functions/users/routes/erasure.ts'
import { changePrincipal } from '../../functions/users/store/principal-item.ts'
import { readUser, registered, syncProfile, userOf, writesOfProfile } from '../../functions/users/store/user-item.ts'
import { routes } from '../../schemas/users.ts'
import { type Call, caller } from './call-route.ts'

const day = 86_400_000
const account = { id: 'user-1', email: 'ann@holdfast.test', roles: ['customer' as const] }
const origin = () => ({ cause: 'test', at: now, by: 'test' })

let now: number
let store: ReturnType<typeof memoryStore>
let principals: ReturnType<typeof memoryStore>
/** The table of payments. */
let wallets: ReturnType<typeof memoryStore>
let removed: string[]
let isAway: boolean
let answers: Record<string, { readonly status?: number; readonly body: unknown }>
/** The nth write from now on after which the function dies. */
let diesAfter: number

const mortal = (table: Store): Store => ({
  ...table,
  write: async (...writes) => {
    const outcome = await table.write(...writes)
    if ((diesAfter -= 1) === 0) throw new Error('died')
    return outcome
  },
})
const deps = (): UsersDeps & EraseDeps =>
  ({
    wallets,
    store: mortal(store),
    principals: mortal(principals),
    clock: { now: () => now, sleep: async () => {} },
    random: () => 0.5,
    eraseAfterMs: 30 * day,
    directory: {
      remove: async (id: string) => {
        if (isAway) throw new Error('away')
        removed.push(id)
      },
    },
    readPath: async (path: string) => {
      const found = Object.entries(answers).find(([start]) => path.startsWith(start))
      return { status: 200, body: {}, ...found?.[1] }
    },
  }) as unknown as UsersDeps & EraseDeps

const only = {
  eraseMe: routes.eraseMe,
  keepMe: routes.keepMe,
  eraseUser: routes.eraseUser,
  keepUser: routes.keepUser,
}
const call = (routeKey: string, given: Call) =>
  caller(only, {
    eraseMe: eraseMe(deps()),
    keepMe: keepMe(deps()),
    eraseUser: eraseUser(deps()),
    keepUser: keepUser(deps()),
  })(routeKey, given)
const erase = () => call('DELETE /users/me', { as: 'customer' })
const keep = () => call('DELETE /users/me/erasure', { as: 'customer' })
const sweep = () => sweepUsers(deps())
const profile = () => store.items().find(({ pk, sk }) => pk === 'user-1' && sk === 'user')!
const principal = () => principals.get(principalKey('user-1'))
const all = () => JSON.stringify([store.items(), principals.items()])
const orderOf = (status: string, payment = 'none') => ({ id: 'ord_1', status, facts: { payment } })
const empty = { balance: { amount: 0, currency: 'GBP' }, items: [] }

beforeEach(async () => {
  now = 1_000_000
  store = memoryStore()
  principals = memoryStore()
  wallets = memoryStore()
  removed = []
  isAway = false
  diesAfter = Infinity
  answers = { '/users/': { body: empty }, '/orders': { body: { items: [] } } }
  await store.write(
    ...writesOfProfile(undefined, registered(account, 'Ann Customer', 'test', '2026-01-01T00:00:00.000Z')),
  )
  await store.write({ put: { pk: 'user-1', sk: 'addresses', version: 1, addresses: ['1 High Street'] }, if: 'any' })
  const session = { ip: '192.0.2.7', lastUsedAt: '2026-01-01', expiresAt: '2999-01-01' }
  await store.write({ put: { pk: 'user-1', sk: 'session#1', version: 1, ...session }, if: 'any' })
})

describe('an account that is to be erased', () => {
  it('has a time for that, which stays the same whoever asks again', async () => {
    const first = await erase()
    expect(first).toMatchObject({ status: 202, body: { erasesAt: new Date(now + 30 * day).toISOString() } })
    now += day
    expect((await erase()).body).toEqual(first.body)
    const byOperator = await call('DELETE /users/{id}', { as: 'owner', params: { id: 'user-1' } })
    expect(byOperator.body).toEqual(first.body)
    expect(await principal()).toMatchObject({ leaving: true })
  })

  it('is kept by its user, or by an operator, and once more changes nothing', async () => {
    await erase()
    expect(await keep()).toMatchObject({ status: 204 })
    expect(await keep()).toMatchObject({ status: 204 })
    expect(await principal()).not.toHaveProperty('leaving')
    expect(profile()).not.toHaveProperty('duePk')
    await erase()
    expect(await call('DELETE /users/{id}/erasure', { as: 'owner', params: { id: 'user-1' } })).toMatchObject({
      status: 204,
    })
    now += 31 * day
    await sweep()
    expect(await readUser(store, 'user-1')).toBeDefined()
  })

  it.each([
    ['wallet_not_empty', '/users/me/wallet', { ...empty, balance: { amount: 5, currency: 'GBP' } }],
    ['orders_open', '/orders', { items: [orderOf('shipped'), orderOf('reserved')] }],
    ['orders_open', '/orders', { items: [orderOf('confirmed', 'paid')] }],
    ['refunds_due', '/orders', { items: [orderOf('cancelled', 'refund_due')] }],
  ])('is refused with %s', async (code, path, body) => {
    answers = { [path]: { body }, ...answers, [path]: { body } }
    answers = Object.fromEntries(Object.entries(answers).toSorted(([a], [b]) => b.length - a.length))
    expect(await erase()).toMatchObject({ status: 409, body: { code } })
    expect(profile()).not.toHaveProperty('erasesAt')
    expect(await principal()).toBeUndefined()
  })

  it('looks through all pages of orders', async () => {
    answers['/orders?customerId=user-1&limit=100&cursor=2'] = { body: { items: [orderOf('placed')] } }
    answers['/orders'] = { body: { items: [orderOf('completed')], cursor: '2' } }
    answers = Object.fromEntries(Object.entries(answers).toSorted(([a], [b]) => b.length - a.length))
    expect(await erase()).toMatchObject({ status: 409, body: { code: 'orders_open' } })
  })

  it('stays, and may order, where something was opened after an attempt that died half-way', async () => {
    diesAfter = 1
    await expect(erase()).rejects.toThrow('died')
    expect(await principal()).toMatchObject({ leaving: true })
    answers['/orders'] = { body: { items: [orderOf('placed')] } }
    expect(await erase()).toMatchObject({ status: 409, body: { code: 'orders_open' } })
    expect(await principal()).not.toHaveProperty('leaving')
  })

  it('is not planned while a service does not answer', async () => {
    answers['/orders'] = { status: 503, body: {} }
    expect(await erase()).toMatchObject({ status: 503, body: { code: 'unavailable' } })
    expect(profile()).not.toHaveProperty('erasesAt')
  })

  it('is not that of the last owner, nor of the last but one after that one', async () => {
    const owner = (id: string) => changePrincipal(deps(), id, { origin: origin() }, () => ({ roles: ['owner'] }))
    await owner('user-1')
    await store.write({ put: { ...profile(), roles: ['owner'] }, if: 'any' })
    expect(await erase()).toMatchObject({ status: 409, body: { code: 'last_owner' } })
    await owner('user-2')
    expect(await erase()).toMatchObject({ status: 202 })
  })

  it('is not one with more rights than the operator who asks', async () => {
    await store.write({ put: { ...profile(), roles: ['owner'] }, if: 'any' })
    expect(await call('DELETE /users/{id}', { as: 'operator', params: { id: 'user-1' } })).toMatchObject({
      status: 403,
      body: { code: 'rights_exceeded' },
    })
  })

  it('is not there for operators where nobody has it', async () => {
    for (const route of ['DELETE /users/{id}', 'DELETE /users/{id}/erasure'])
      expect(await call(route, { as: 'owner', params: { id: 'nobody' } })).toMatchObject({ status: 404 })
  })
})

describe('the erasing of an account', () => {
  it('comes not before its time, and leaves its id alone', async () => {
    await erase()
    now += 30 * day - 1
    await sweep()
    expect(removed).toEqual([])
    now += 1
    expect(await sweep()).toMatchObject({ erased: 1, failed: 0 })
    expect(removed).toEqual(['user-1'])
    for (const text of [account.email, 'Ann', 'High Street', '192.0.2.7']) expect(all()).not.toContain(text)
    expect(await principal()).toMatchObject({ disabled: true, endedAllAt: now })
    expect(await principal()).not.toHaveProperty('leaving')
    expect(profile().outbox).toEqual(['user.erased'])
    expect(JSON.parse(entryOf(profile(), await toEvent(profile(), 'user.erased')).detail)).toMatchObject({
      data: { userId: 'user-1', version: profile().version },
    })
    expect(await readUser(store, 'user-1')).toBeUndefined()
    expect(await erase()).toMatchObject({ status: 404 })
    expect(await keep()).toMatchObject({ status: 404 })
  })

  it('waits while there is money in the wallet, lets see why, and comes within an hour after that is paid out', async () => {
    await erase()
    now += 30 * day
    const pay = (amount: number, version: number) =>
      wallets.write({
        put: { pk: 'wallet_user-1', sk: 'wallet', version, balance: { amount, currency: 'GBP' } },
        if: 'any',
      })
    await pay(5, 1)
    const nothing = { erased: 0, waits: 0, lookedAt: 0, kept: 0, failed: 0 }
    expect(await sweep()).toEqual({ ...nothing, waits: 1 })
    expect(await sweep()).toEqual(nothing)
    expect(removed).toEqual([])
    expect(userOf((await readUser(store, 'user-1'))!)).toMatchObject({ erasureWaitsFor: 'wallet_not_empty' })
    expect(await principal()).toMatchObject({ leaving: true })
    now += 3_600_000
    expect(await sweep()).toEqual({ ...nothing, waits: 1 })
    await pay(0, 2)
    now += 3_600_000
    expect(await sweep()).toEqual({ ...nothing, erased: 1 })
    expect(removed).toEqual(['user-1'])
  })

  it('that waits is called off by who keeps the account', async () => {
    const erasesAt = (await erase()).body.erasesAt
    now += 30 * day
    const balance = { amount: 5, currency: 'GBP' }
    await wallets.write({ put: { pk: 'wallet_user-1', sk: 'wallet', version: 1, balance }, if: 'any' })
    await sweep()
    expect((await erase()).body).toEqual({ erasesAt })
    expect(await keep()).toMatchObject({ status: 204 })
    for (const name of ['erasureWaitsFor', 'erasesAt', 'duePk']) expect(profile()).not.toHaveProperty(name)
    expect(await principal()).not.toHaveProperty('leaving')
  })

  it('is done once, whoever dies at whatever write', async () => {
    for (let write = 1; write <= 12; write += 1) {
      await keep()
      diesAfter = Infinity
      const found = await readUser(store, 'user-1')
      if (found === undefined) break
      await erase()
      now += 31 * day
      diesAfter = write
      await sweep()
      diesAfter = Infinity
      await sweep()
      expect(await readUser(store, 'user-1')).toBeUndefined()
      expect(all()).not.toContain(account.email)
      expect(await principal()).toMatchObject({ disabled: true })
      await store.write({ delete: { pk: 'user-1', sk: 'user' }, if: 'any' })
      await principals.write({ delete: principalKey('user-1'), if: 'any' })
      await store.write(...writesOfProfile(undefined, registered(account, 'Ann', 'test', '2026-01-01T00:00:00.000Z')))
    }
  })

  it('waits for a directory that does not answer, and is not undone meanwhile', async () => {
    await erase()
    now += 30 * day
    isAway = true
    expect(await sweep()).toMatchObject({ failed: 1 })
    expect(await keep()).toMatchObject({ status: 404 })
    expect(profile()).toMatchObject({ erasing: true })
    isAway = false
    expect(await sweep()).toMatchObject({ erased: 1 })
  })

  it('forgets once more what a request left that was under way', async () => {
    await erase()
    now += 30 * day
    await sweep()
    await store.write({ put: { pk: 'user-1', sk: 'addresses', version: 1, addresses: ['late street'] }, if: 'any' })
    await store.write({ put: { pk: 'user-1', sk: 'session#2', version: 1, expiresAt: '2999-01-01' }, if: 'any' })
    now += 600_000
    expect(await sweep()).toMatchObject({ lookedAt: 1 })
    expect(store.items().map(({ sk }) => sk)).toEqual(['user'])
    expect(profile()).not.toHaveProperty('outbox')
    expect(await sweep()).toEqual({ erased: 0, waits: 0, lookedAt: 0, kept: 0, failed: 0 })
  })

  it('is undone by no sign-in that was under way', async () => {
    await erase()
    now += 30 * day
    await sweep()
    await syncProfile(deps(), account, 'sign-in')
    expect(all()).not.toContain(account.email)
  })
})
