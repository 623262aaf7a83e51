import { silentMailer } from '../../functions/runtime/mail.ts'
import { beforeEach, describe, expect, it } from 'vitest'
import { type MemoryStore, memoryStore } from '../../functions/runtime/store.memory.ts'
import { type Directory, emailTaken, wrongCredentials } from '../../functions/users/adapters/directory.ts'
import { isKnown, knownMs, mostKnown, remembered } from '../../functions/users/core/known-addresses.ts'
import { handlers } from '../../functions/users/http.ts'
import { admitReset } from '../../functions/users/store/account-rates.ts'
import { Lockout } from '../../localstack/cognito/lockout.ts'
import { rates } from '../../lib/rates.ts'
import { routes } from '../../schemas/users.ts'
import { type Call, caller } from './call-route.ts'

const ada = { email: 'ada@holdfast.test', password: 'Secret-1!' }
const day = 86_400_000
const unused = {
  eraseAfterMs: 86_400_000,
  readPath: async () => ({ status: 404, body: {} }),
  newId: () => 'id',
  newKeyId: () => 'key_1',
  newSecret: () => new Uint8Array(32),
  mailer: silentMailer,
  newCode: () => '12345678',
  newSalt: () => 'salt',
  verifiesFirst: false,
}
const deps = () => ({ ...unused, store, principals, directory, clock, random: () => 0.5, rates: rates.users })
const clock = {
  now: () => now,
  sleep: async (milliseconds: number) => {
    now += milliseconds
  },
}

let store: MemoryStore
let principals: MemoryStore
let now: number
/** Emails whose password was tried at the directory. */
let tried: string[]
let lockout: Lockout
let outage: Error | undefined
let call: (routeKey: string, call?: Call) => ReturnType<ReturnType<typeof caller>>
let session: number

/** Knows Ada alone, and locks her as Cognito does. */
const directory: Directory = {
  register: async (_email, _password, _isUsed, refuse) => {
    throw emailTaken(refuse)
  },
  find: async () => undefined,
  isPassword: async (_id, password) => {
    tried.push(ada.email)
    if (lockout.isLocked(now)) return 'locked'
    const isRight = password === ada.password
    if (isRight) lockout.right()
    else lockout.wrong(now)
    return isRight
  },
  setPassword: async () => {},
  setEmail: async () => 'set',
  remove: async () => {},
  setRoles: async () => {},
  setEnabled: async () => {},
  signIn: async (email, password, refuse) => {
    tried.push(email)
    if (outage) throw outage
    if (email !== ada.email) throw wrongCredentials(refuse)
    if (lockout.isLocked(now)) return 'locked'
    if (password !== ada.password) {
      lockout.wrong(now)
      throw wrongCredentials(refuse)
    }
    lockout.right()
    const account = { id: 'user-1', email, roles: ['customer' as const] }
    session += 1
    return {
      accessToken: 'a',
      refreshToken: 'r',
      expiresIn: 900,
      account,
      session: { id: `s${session}`, beganAt: now },
    }
  },
  refresh: async (_token, refuse) => {
    throw wrongCredentials(refuse)
  },
  codeKey: async () => 'key',
}

beforeEach(() => {
  store = memoryStore()
  principals = memoryStore()
  now = 1_800_000_000_000
  tried = []
  lockout = new Lockout()
  outage = undefined
  session = 0
  call = caller(routes, handlers(deps()))
})

const signIn = async (from: string, more: object = {}) => {
  const { status, headers, body } = await call('POST /sessions', { body: { ...ada, ...more }, from })
  return {
    status,
    code: body.code as string | undefined,
    detail: body.detail,
    retryAfter: Number(headers['retry-after'] ?? 0),
  }
}
const wrong = (from: string, email = ada.email) => signIn(from, { email, password: 'Wrong-1!' })
const addressOf = (number: number) => `198.51.100.${number}`

describe('300 wrong passwords for one account', () => {
  it.each([
    ['one address', 1],
    ['fifty addresses', 50],
    ['three hundred addresses', 300],
  ])('from %s keep the owner out at no moment, who has signed in from a known address', async (_, addresses) => {
    expect(await signIn('192.0.2.1')).toMatchObject({ status: 201 })
    const statuses: number[] = []
    for (let tries = 0; tries < 300; tries += 1) {
      statuses.push((await wrong(addressOf(tries % addresses))).status)
      now += 500
      expect(await signIn('192.0.2.1')).toMatchObject({ status: 201 })
    }
    const guesses = statuses.filter((status) => status === 401)
    expect(guesses).toHaveLength(4)
    expect(new Set(statuses)).toEqual(new Set([401, 429]))
  })

  it('from the very address of the owner make only that address wait', async () => {
    for (const from of ['192.0.2.1', '192.0.2.2']) await signIn(from)
    let guesses = 0
    for (let tries = 0; tries < 300; tries += 1) {
      if ((await wrong('192.0.2.1')).status === 401) guesses += 1
      now += 100
    }
    expect(guesses).toBeLessThanOrEqual(15)
    expect(await signIn('192.0.2.1')).toMatchObject({ status: 429 })
    now += 1_000_000
    expect(await signIn('192.0.2.2')).toMatchObject({ status: 201 })
  })

  it('all at once are tried no more often than one after the other', async () => {
    const all = await Promise.all(Array.from({ length: 25 }, (_, index) => wrong(addressOf(index))))
    expect(all.filter(({ status }) => status === 401)).toHaveLength(4)
    expect(tried).toHaveLength(4)
  })

  it('let strangers try again after twenty minutes, and the directory never locks', async () => {
    for (let round = 0; round < 5; round += 1) {
      for (let tries = 0; tries < 6; tries += 1) await wrong(addressOf(tries))
      expect(lockout.isLocked(now)).toBe(false)
      expect(tried).toHaveLength(4 * (round + 1))
      now += 1_200_000
    }
    expect(await signIn('203.0.113.9')).toMatchObject({ status: 201 })
  })
})

describe('the current password, to set another one,', () => {
  const change = async (from: string, currentPassword: string) => {
    const body = { currentPassword, newPassword: ada.password }
    const { status, headers } = await call('POST /users/me/password', { as: 'customer', from, body })
    return { status, retryAfter: Number(headers['retry-after'] ?? 0) }
  }
  const guess = (from: string) => change(from, 'Wrong-1!')
  beforeEach(() => signIn('192.0.2.1'))

  it('is guessed four times by a stolen token, from whatever addresses, and the owner goes on', async () => {
    tried = []
    const guesses = []
    for (let tries = 0; tries < 300; tries += 1) guesses.push(await guess(addressOf(tries % 50)))
    expect(guesses.filter(({ status }) => status === 403)).toHaveLength(4)
    expect(guesses.slice(4).every(({ status, retryAfter }) => status === 429 && retryAfter > 0)).toBe(true)
    expect(tried).toHaveLength(4)
    expect(await signIn('192.0.2.1')).toMatchObject({ status: 201 })
    expect(await change('192.0.2.1', ada.password)).toMatchObject({ status: 204 })
  })

  it('counts in the same way where it is guessed to set another address', async () => {
    const ask = async (from: string, currentPassword: string) => {
      const body = { email: 'thief@holdfast.test', currentPassword }
      return (await call('POST /users/me/email', { as: 'customer', from, body })).status
    }
    for (const number of [1, 2]) await guess(addressOf(number))
    for (const number of [3, 4]) expect(await ask(addressOf(number), 'Wrong-1!')).toBe(403)
    expect(await ask(addressOf(5), 'Wrong-1!')).toBe(429)
    expect(await guess(addressOf(6))).toMatchObject({ status: 429 })
    expect(lockout.isLocked(now)).toBe(false)
    expect(await ask('192.0.2.1', ada.password)).toBe(202)
  })

  it('counts together with what is guessed at a sign-in', async () => {
    for (const number of [1, 2]) await guess(addressOf(number))
    for (const number of [3, 4]) expect(await wrong(addressOf(number))).toMatchObject({ status: 401 })
    expect(await guess(addressOf(5))).toMatchObject({ status: 429 })
    expect(await wrong(addressOf(6))).toMatchObject({ status: 429 })
    expect(lockout.isLocked(now)).toBe(false)
  })

  it('waits longer after each wrong one from a known address, and not after a right one', async () => {
    lockout = { isLocked: () => false, wrong: () => {}, right: () => {} } as unknown as Lockout
    for (let tries = 0; tries < 10; tries += 1) expect(await guess('192.0.2.1')).toMatchObject({ status: 403 })
    now += 1_000
    expect(await guess('192.0.2.1')).toMatchObject({ status: 403 })
    expect(await guess('192.0.2.1')).toEqual({ status: 429, retryAfter: 2 })
    now += 2_000
    expect(await change('192.0.2.1', ada.password)).toMatchObject({ status: 204 })
    expect(await guess('192.0.2.1')).toMatchObject({ status: 403 })
  })

  it('is refused as too many, not as wrong, while the directory has locked the account', async () => {
    for (let tries = 0; tries < 12; tries += 1) lockout.wrong(now)
    expect(await change('192.0.2.1', ada.password)).toMatchObject({ status: 429, retryAfter: 3 })
  })
})

describe('signing in', () => {
  it('waits longer after each wrong password, and names how long', async () => {
    lockout = { isLocked: () => false, wrong: () => {}, right: () => {} } as unknown as Lockout
    await signIn('192.0.2.1')
    const waits: number[] = []
    for (let tries = 0; tries < 16; tries += 1) {
      await wrong('192.0.2.1')
      const { retryAfter } = await wrong('192.0.2.1')
      if (retryAfter > 0) waits.push(retryAfter)
      now += retryAfter * 1_000
    }
    expect(waits.filter((wait) => wait > 2)).toEqual([4, 8, 16, 32, 64, 128, 256, 512, 900])
  })

  it('forgets wrong passwords at the right one', async () => {
    for (let round = 0; round < 5; round += 1) {
      for (let tries = 0; tries < 3; tries += 1) expect(await wrong('192.0.2.1')).toMatchObject({ status: 401 })
      expect(await signIn('192.0.2.1')).toMatchObject({ status: 201 })
    }
  })

  it('from an address that tries the passwords of many accounts waits, but not for an account that is known there', async () => {
    await signIn('192.0.2.1')
    for (let account = 0; account < 100; account += 1)
      expect(await wrong('192.0.2.1', `user-${account}@holdfast.test`)).toMatchObject({ status: 401 })
    expect(await wrong('192.0.2.1', 'one-more@holdfast.test')).toMatchObject({ status: 429 })
    expect(await signIn('192.0.2.1')).toMatchObject({ status: 201 })
  })

  it('counts a network of IPv6 as one address', async () => {
    await signIn('2001:db8:1:2::1')
    for (let tries = 0; tries < 8; tries += 1) await wrong(addressOf(tries))
    expect(await signIn('2001:db8:1:2::7')).toMatchObject({ status: 201 })
    expect(await signIn('2001:db8:1:3::1')).toMatchObject({ status: 429 })
  })

  it('is limited to some from one address in a day, right or wrong', async () => {
    call = caller(
      routes,
      handlers({ ...deps(), rates: { ...rates.users, signInsOfAddress: { most: 3, seconds: 86_400 } } }),
    )
    for (let tries = 0; tries < 3; tries += 1) expect(await signIn('192.0.2.1')).toMatchObject({ status: 201 })
    expect(await signIn('192.0.2.1')).toMatchObject({ status: 429, retryAfter: 86_400 })
    now += day
    expect(await signIn('192.0.2.1')).toMatchObject({ status: 201 })
  })

  it('counts no try from a known address that the directory did not answer; it may have counted one of a stranger', async () => {
    await signIn('192.0.2.1')
    outage = new Error('gone')
    for (let tries = 0; tries < 12; tries += 1) await expect(signIn('192.0.2.1')).rejects.toThrow('gone')
    for (let tries = 0; tries < 4; tries += 1) await expect(wrong('192.0.2.2')).rejects.toThrow('gone')
    outage = undefined
    expect(await signIn('192.0.2.1')).toMatchObject({ status: 201 })
    expect(await wrong('192.0.2.2')).toMatchObject({ status: 429 })
  })

  it('waits out a short lock of the directory at a known address', async () => {
    await signIn('192.0.2.1')
    for (let tries = 0; tries < 6; tries += 1) lockout.wrong(now)
    expect(await signIn('192.0.2.1')).toMatchObject({ status: 201 })
  })

  it('shows a lock of the directory at a known address alone', async () => {
    await signIn('192.0.2.1')
    for (let tries = 0; tries < 12; tries += 1) lockout.wrong(now)
    expect(await signIn('192.0.2.1')).toMatchObject({ status: 429, retryAfter: 3 })
    expect(await signIn('203.0.113.9')).toMatchObject({ status: 401, code: 'wrong_credentials' })
  })
})

describe('no answer, call or count', () => {
  const unknown = 'nobody@holdfast.test'

  it('is another one for an account that is not there', async () => {
    const seen = async (email: string) => {
      const answers: unknown[] = []
      for (let tries = 0; tries < 12; tries += 1) answers.push(await wrong(addressOf(tries % 3), email))
      return { answers, tried: tried.splice(0).length, items: store.items().length }
    }
    const there = await seen(ada.email)
    store = memoryStore()
    call = caller(routes, handlers(deps()))
    expect(await seen(unknown)).toEqual(there)
  })

  it('is another one at an address where the account is known, once strangers have to wait', async () => {
    await signIn('192.0.2.1')
    for (const email of [ada.email, unknown])
      for (let tries = 0; tries < 5; tries += 1) await wrong(addressOf(tries), email)
    expect(await wrong('192.0.2.1')).toEqual(await wrong('192.0.2.1', unknown))
  })
})

describe('known addresses', () => {
  it('are kept as hashes, other ones for each account', async () => {
    await signIn('192.0.2.1')
    const kept = store.items().filter(({ sk }) => sk === 'known')
    expect(kept).toHaveLength(1)
    expect(JSON.stringify(kept)).not.toMatch(/192\.0\.2|ada@/)
    expect(kept[0]).toMatchObject({ ttl: (now + knownMs) / 1_000 })
  })

  it('are noted once a day, not at each sign-in', async () => {
    for (let tries = 0; tries < 3; tries += 1) await signIn('192.0.2.1')
    expect(store.items().find(({ sk }) => sk === 'known')).toMatchObject({ version: 1 })
    now += day
    await signIn('192.0.2.1')
    expect(store.items().find(({ sk }) => sk === 'known')).toMatchObject({ version: 2 })
  })

  it('are bounded in number: the one that was used the longest ago goes', () => {
    let known = {}
    for (let at = 0; at < mostKnown + 1; at += 1) known = remembered(known, `address-${at}`, at)
    expect(Object.keys(known)).toHaveLength(mostKnown)
    expect(isKnown(known, 'address-0', mostKnown)).toBe(false)
    expect(isKnown(known, 'address-1', mostKnown)).toBe(true)
  })

  it('are bounded in time', () => {
    const known = remembered({}, 'home', 0)
    expect(isKnown(known, 'home', knownMs - 1)).toBe(true)
    expect(isKnown(known, 'home', knownMs)).toBe(false)
    expect(remembered(known, 'office', knownMs)).toEqual({ office: knownMs })
    expect(isKnown(known, 'constructor', 0)).toBe(false)
  })
})

describe('registering', () => {
  it('is limited to some from one address in a day', async () => {
    const register = (from: string) => call('POST /users', { body: ada, from })
    for (let tries = 0; tries < 50; tries += 1) expect((await register('192.0.2.1')).status).toBe(409)
    expect(await register('192.0.2.1')).toMatchObject({ status: 429, headers: { 'retry-after': '86400' } })
    expect((await register('192.0.2.2')).status).toBe(409)
    now += day
    expect((await register('192.0.2.1')).status).toBe(409)
  })
})

describe('asking for a new password', () => {
  const ask = (ip: string) => admitReset(deps(), `reset-${(session += 1)}`, { ip, userAgent: '' })

  it('is limited to some from one address in a day', async () => {
    for (let tries = 0; tries < 50; tries += 1) await ask('192.0.2.1')
    await expect(ask('192.0.2.1')).rejects.toMatchObject({ status: 429 })
  })
})
