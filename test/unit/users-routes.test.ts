import { beforeEach, describe, expect, it } from 'vitest'
import { emailHash } from '../../functions/runtime/email-hash.ts'
import { type Refuse, refuse } from '../../functions/runtime/errors.ts'
import { type Mail, MailRefused, checkedMail } from '../../functions/runtime/mail.ts'
import { type MemoryStore, memoryStore } from '../../functions/runtime/store.memory.ts'
import type { Store } from '../../functions/runtime/store.ts'
import { entryOf } from '../../functions/runtime/relay.ts'
import { type Account, type Directory, emailTaken, wrongCredentials } from '../../functions/users/adapters/directory.ts'
import { handlers } from '../../functions/users/http.ts'
import { toEvent } from '../../functions/users/outbox-events.ts'
import { maxSessions } from '../../functions/users/routes/sessions.ts'
import { rates as stageRates } from '../../lib/rates.ts'
import { routes } from '../../schemas/users.ts'
import { type Call, caller } from './call-route.ts'

let store: MemoryStore
let principals: MemoryStore
let now: number
let accounts: Map<string, Account & { password: string }>
let sessions: number
let call: (routeKey: string, call?: Call) => ReturnType<ReturnType<typeof caller>>
/** What another writer does just before the next write. */
let meanwhile: (() => Promise<unknown>) | undefined
/** What happens after the directory has answered. */
let duringSignIn: (() => Promise<unknown>) | undefined
let disabled: boolean
let mails: Mail[]
let refusesMail: boolean
let mailIsAway: boolean
let verifiesFirst: boolean
let codeKey: string
/** What stores, directory and mails are asked. */
let calls: string[]
let beforeNewPassword: (() => Promise<unknown>) | undefined
let duringRefresh: (() => Promise<unknown>) | undefined

function signedIn(email: string, password: string, refuse: Refuse<'wrong_credentials'>) {
  const known = accounts.get(email)
  if (known?.password !== password) throw wrongCredentials(refuse)
  const { password: _, ...account } = known
  return {
    accessToken: 'access',
    refreshToken: email,
    expiresIn: 3_600,
    account,
    session: { id: `session-${sessions}`, beganAt: now },
  }
}

const accountOf = (id: string) => [...accounts.values()].find((account) => account.id === id)

const directory: Directory = {
  setRoles: async (id, roles) => {
    for (const account of accounts.values()) if (account.id === id) Object.assign(account, { roles })
  },
  setEnabled: async (_, enabled) => {
    disabled = !enabled
  },
  remove: async (id) => {
    for (const [email, account] of accounts) if (account.id === id) accounts.delete(email)
  },
  codeKey: async () => codeKey,
  find: async (email) => {
    calls.push('find')
    return accounts.has(email) ? { id: accounts.get(email)!.id, enabled: !disabled } : undefined
  },
  setEmail: async (id, email) => {
    const account = accountOf(id)!
    if (accounts.has(email)) return 'taken'
    accounts.delete(account.email)
    accounts.set(email, Object.assign(account, { email }))
    return 'set'
  },
  isPassword: async (id, password) => accountOf(id)?.password === password,
  setPassword: async (id, password) => {
    await beforeNewPassword?.()
    Object.assign(accountOf(id)!, { password })
  },
  register: async (email, password, _isUsed, refuse) => {
    const known = accounts.get(email)
    if (known !== undefined && known.password !== password) throw emailTaken(refuse)
    const account = known ?? { id: `user-${accounts.size + 1}`, email, roles: ['customer'], password }
    accounts.set(email, account)
    const { password: _, ...rest } = account
    return rest
  },
  signIn: async (email, password, refuse) => {
    sessions += 1
    const answer = signedIn(email, password, refuse)
    await duringSignIn?.()
    return answer
  },
  refresh: async (email, refuse) => {
    const answer = signedIn(email, accounts.get(email)?.password ?? '', refuse)
    await duringRefresh?.()
    return answer
  },
}

beforeEach(() => {
  store = memoryStore()
  principals = memoryStore()
  now = 0
  sessions = 0
  accounts = new Map()
  meanwhile = undefined
  duringSignIn = undefined
  disabled = false
  codeKey = 'key'
  mails = []
  refusesMail = false
  mailIsAway = false
  verifiesFirst = false
  calls = []
  duringRefresh = undefined
  beforeNewPassword = undefined
  let ids = 0
  let codes = 0
  const clock = { now: () => now, sleep: async () => {} }
  const raced = (table: Store): Store => ({
    ...table,
    get: async (...of) => {
      calls.push('get')
      return table.get(...of)
    },
    write: async (...writes) => {
      calls.push('write')
      const first = meanwhile
      meanwhile = undefined
      await first?.()
      return table.write(...writes)
    },
  })
  call = caller(
    routes,
    handlers({
      store: raced(store),
      principals: raced(principals),
      directory,
      eraseAfterMs: 86_400_000,
      readPath: async () => ({ status: 404, body: {} }),
      clock,
      random: () => 0.5,
      rates: stageRates.users,
      newId: () => `adr_${(ids += 1)}`,
      mailer: {
        send: async (mail) => {
          calls.push('mail')
          if (refusesMail) throw new MailRefused('refused')
          if (mailIsAway) throw new Error('away')
          mails.push(checkedMail(mail))
        },
      },
      newCode: () => String(10_000_000 + (codes += 1)),
      newSalt: () => 'salt',
      get verifiesFirst() {
        return verifiesFirst
      },
      newKeyId: () => `key_${(ids += 1)}`,
      newSecret: () => Buffer.alloc(32, (ids += 1)),
    }),
  )
})

/** The code that was mailed last. */
const mailed = () => /\b\d{8}\b/.exec(mails.findLast(({ text }) => /\b\d{8}\b/.test(text))?.text ?? '')?.[0] ?? ''

const ada = { email: 'Ada@Holdfast.test', password: 'Secret-1!' }
const register = (more: object = {}) => call('POST /users', { body: { ...ada, ...more } })
const signIn = (more: object = {}) => call('POST /sessions', { body: { ...ada, ...more } })
const refresh = () => call('POST /sessions/refresh', { body: { refreshToken: 'ada@holdfast.test' } })
const patchMe = (body: object) => call('PATCH /users/me', { as: 'customer', body })
const unused = async (): Promise<boolean> => false
const profiles = () => store.items().filter(({ sk }) => sk === 'user')

describe('registering', () => {
  it('takes no email that is longer than a user name of Cognito', async () => {
    const email = (length: number) => `${'a'.repeat(length - 5)}@b.de`
    expect(await register({ email: email(128) })).toMatchObject({ status: 201 })
    expect(await register({ email: email(129) })).toMatchObject({ status: 400, body: { errors: [{ path: 'email' }] } })
  })
  it('makes a profile, with the email in lower case, and emits its event once', async () => {
    const { status, body } = await register({ name: 'Ada' })
    expect(status).toBe(201)
    expect(body).toEqual({
      id: 'user-1',
      email: 'ada@holdfast.test',
      emailVerified: false,
      name: 'Ada',
      roles: ['customer'],
      createdAt: '1970-01-01T00:00:00.000Z',
    })
    const [profile] = profiles()
    expect(profile?.outbox).toEqual(['user.registered'])
    expect(JSON.parse(entryOf(profile!, await toEvent(profile!, 'user.registered')).detail)).toMatchObject({
      id: 'user-1/user@1/user.registered',
      causationId: 'request-1',
      data: { userId: 'user-1', email: '', roles: ['customer'] },
    })
  })

  it('is refused for an email that has a profile, whatever the password', async () => {
    await register()
    expect(await register()).toMatchObject({ status: 409, body: { code: 'email_taken' } })
    expect(await register({ password: 'Another-1!' })).toMatchObject({ status: 409, body: { code: 'email_taken' } })
  })

  it('is finished by a second try when the first died before the profile was written', async () => {
    await directory.register('ada@holdfast.test', ada.password, unused, refuse)
    expect(await register()).toMatchObject({ status: 201, body: { id: 'user-1' } })
  })

  it('names each field that is wrong and repeats no password', async () => {
    const { status, body } = await register({ email: 'nobody', password: 'simple', role: 'operator' })
    expect(status).toBe(400)
    expect(body.errors.map(({ path }: { path: string }) => path).toSorted()).toEqual(
      expect.arrayContaining(['email', 'password', 'role']),
    )
    expect(JSON.stringify(body)).not.toContain('simple')
  })

  it.each([
    ' Leading-1',
    'Trailing-1 ',
    'Tab\tInside-1',
    'Line\nInside-1',
    'No\u00a0break-1',
    'Em\u2003space-1',
    'P\u00e4ssword-1',
    'Emoji-\u{1F600}-1a',
    'Null\u0000-1',
    `Long-1${'x'.repeat(251)}`,
    'Short-1',
    'alllower-1',
  ])('refuses the password %j, by its field', async (password) => {
    const { status, body } = await register({ password })
    expect(status).toBe(400)
    expect(new Set(body.errors.map(({ path }: { path: string }) => path))).toEqual(new Set(['password']))
    expect(accounts.size).toBe(0)
  })

  it.each(['Correct Horse-1', 'Only blanks 1', `Long-1${'x'.repeat(250)}`, `A1a!"#$%&'()*+,-./:;<=>?@[\\]^_\`{|}~`])(
    'takes the password %j',
    async (password) => {
      expect((await register({ password })).status).toBe(201)
      expect((await signIn({ password })).status).toBe(201)
    },
  )

  it('does not repeat a password from a body that is not JSON', async () => {
    const text = '{"password":Secret-1!}'
    const headers = { 'content-type': 'application/json' }
    const { status, body } = await call('POST /users', { text, headers })
    expect([status, body.code]).toEqual([400, 'invalid_json'])
    expect(JSON.stringify(body)).not.toContain('Secret')
  })

  it('keeps no password in the table', async () => {
    await register()
    await signIn()
    expect(JSON.stringify(store.items())).not.toContain(ada.password)
  })
})

describe('signing in', () => {
  it('answers with tokens and the user', async () => {
    await register()
    expect(await signIn()).toMatchObject({
      status: 201,
      headers: { 'cache-control': 'no-store' },
      body: {
        accessToken: 'access',
        expiresIn: 3_600,
        user: { id: 'user-1', email: 'ada@holdfast.test', roles: ['customer'] },
      },
    })
  })

  it('answers a wrong password and an unknown email alike', async () => {
    await register()
    const wrong = await signIn({ password: 'Wrong-1!' })
    expect(wrong).toMatchObject({ status: 401, body: { code: 'wrong_credentials' } })
    const unknown = await signIn({ email: 'eve@holdfast.test' })
    expect({ ...unknown.body, requestId: '' }).toEqual({ ...wrong.body, requestId: '' })
  })

  it('makes the profile of an account that has none', async () => {
    await directory.register('ada@holdfast.test', ada.password, unused, refuse)
    await signIn()
    await signIn()
    expect(profiles()).toMatchObject([{ pk: 'user-1', version: 1, outbox: ['user.registered'] }])
  })

  it('takes over roles that have changed in the directory, and emits an event', async () => {
    await register()
    accounts.set('ada@holdfast.test', { ...accounts.get('ada@holdfast.test')!, roles: ['operator'] })
    await refresh()
    expect(profiles()).toMatchObject([{ roles: ['operator'], version: 2, outbox: ['user.updated'] }])
    await refresh()
    expect(profiles()).toMatchObject([{ version: 2 }])
  })

  it('takes them over also when the profile changes at the same moment', async () => {
    await register()
    accounts.set('ada@holdfast.test', { ...accounts.get('ada@holdfast.test')!, roles: ['operator'] })
    meanwhile = () => patchMe({ name: 'Countess' })
    await refresh()
    expect(profiles()).toMatchObject([{ roles: ['operator'], name: 'Countess', version: 3 }])
  })
})

describe('who am I', () => {
  it('is the profile of the caller', async () => {
    await register({ name: 'Ada' })
    expect(await call('GET /users/me', { as: 'customer' })).toMatchObject({
      status: 200,
      body: { id: 'user-1', name: 'Ada', roles: ['customer'] },
    })
  })

  it('is not answered without a token', async () => {
    expect(await call('GET /users/me')).toMatchObject({ status: 401 })
  })
})

describe('changing oneself', () => {
  it('takes name, phone and preferences, and emits an event', async () => {
    await register({ name: 'Ada' })
    const { status, body } = await patchMe({
      name: 'Countess',
      phone: '+44 1',
      preferences: { theme: 'dark', page: 20 },
    })
    expect(status).toBe(200)
    expect(body).toMatchObject({ name: 'Countess', phone: '+44 1', preferences: { theme: 'dark', page: 20 } })
    expect((await call('GET /users/me', { as: 'customer' })).body).toEqual(body)
    const [profile] = profiles()
    expect(profile?.outbox).toEqual(['user.updated'])
    expect(JSON.parse(entryOf(profile!, await toEvent(profile!, 'user.updated')).detail)).toMatchObject({
      id: 'user-1/user@2/user.updated',
      causationId: 'request-2',
      data: { userId: 'user-1', email: '', roles: ['customer'], version: 2 },
    })
  })

  it('leaves private fields out of the event', async () => {
    await register()
    await patchMe({ phone: '+44 1', preferences: { theme: 'dark' } })
    const { detail } = entryOf(profiles()[0]!, await toEvent(profiles()[0]!, 'user.updated'))
    expect(detail).not.toMatch(/\+44 1|dark|ada/)
  })

  it('removes what is null, and merges preferences by name', async () => {
    await register({ name: 'Ada' })
    await patchMe({ phone: '1', preferences: { theme: 'dark', page: 20, news: false } })
    const { body } = await patchMe({ name: null, phone: null, preferences: { theme: null, page: 50 } })
    expect(body).toMatchObject({ id: 'user-1', preferences: { page: 50, news: false } })
    expect(body).not.toHaveProperty('name')
    expect(body).not.toHaveProperty('phone')
    expect(body.preferences).not.toHaveProperty('theme')
    expect((await patchMe({ preferences: null })).body).not.toHaveProperty('preferences')
  })

  it('emits nothing when nothing changes', async () => {
    await register({ name: 'Ada' })
    await patchMe({ preferences: { theme: 'dark' } })
    expect(await patchMe({ name: 'Ada', phone: null, preferences: { theme: 'dark', page: null } })).toMatchObject({
      status: 200,
      body: { name: 'Ada' },
    })
    expect(profiles()).toMatchObject([{ version: 2 }])
  })

  it('keeps what another writer changes at the same moment', async () => {
    await register({ name: 'Ada' })
    meanwhile = () => patchMe({ phone: '1' })
    expect(await patchMe({ name: 'Countess' })).toMatchObject({ body: { name: 'Countess', phone: '1' } })
  })

  it('keeps preferences that are named like properties of objects, and emits nothing when they are the same', async () => {
    await register()
    const preferences = { constructor: 'wide', toString: 'short', valueOf: 'plain', hasOwnProperty: true }
    expect((await patchMe({ preferences })).body.preferences).toEqual(preferences)
    expect((await call('GET /users/me', { as: 'customer' })).body.preferences).toEqual(preferences)
    await patchMe({ preferences })
    expect(profiles()[0]).toMatchObject({ version: 2 })
    expect((await patchMe({ preferences: { constructor: null } })).body.preferences).not.toHaveProperty(
      'constructor',
      'wide',
    )
  })

  it('brings text into one form of Unicode, but not a password', async () => {
    await register({ name: 'Jose\u0301' })
    expect((await call('GET /users/me', { as: 'customer' })).body.name).toBe('Jos\u00e9')
    accounts.set('ada@holdfast.test', { ...accounts.get('ada@holdfast.test')!, password: 'Secret-1!e\u0301' })
    expect((await signIn({ password: 'Secret-1!e\u0301' })).status).toBe(201)
  })

  it('stops at 20 preferences, those together that there are', async () => {
    await register()
    const some = (from: number, to: number) =>
      Object.fromEntries(Array.from({ length: to - from }, (_, index) => [`p${from + index}`, true]))
    expect(await patchMe({ preferences: some(0, 20) })).toMatchObject({ status: 200 })
    expect(await patchMe({ preferences: { more: 1 } })).toMatchObject({
      status: 422,
      body: { code: 'too_many_preferences', errors: [{ path: 'preferences' }] },
    })
    expect(await patchMe({ preferences: { more: 1, p0: null } })).toMatchObject({ status: 200 })
  })

  it.each<[string, object, string[]]>([
    ['nothing', {}, ['']],
    ['an email or roles', { name: 'Ada', email: 'eve@holdfast.test', roles: ['operator'] }, ['email', 'roles']],
    ['a blank name', { name: ' ' }, ['name']],
    ['a name of 101 characters', { name: 'x'.repeat(101) }, ['name']],
    ['a preference that is a list', { preferences: { theme: ['dark'] } }, ['preferences.theme']],
    ['a preference with a name of no use', { preferences: { 'a b': 1 } }, ['preferences.a b']],
    ['a preference that is a fraction', { preferences: { page: 0.5 } }, ['preferences.page']],
  ])('does not take %s', async (_, body, paths) => {
    await register()
    const answer = await patchMe(body)
    expect(answer).toMatchObject({ status: 400, body: { code: 'validation_failed' } })
    expect(answer.body.errors.map(({ path }: { path: string }) => path)).toEqual(paths)
    expect(profiles()).toMatchObject([{ version: 1 }])
  })

  it('needs a profile and a token', async () => {
    expect(await patchMe({ name: 'Ada' })).toMatchObject({ status: 404, body: { code: 'user_not_found' } })
    expect(await call('PATCH /users/me', { body: { name: 'Ada' } })).toMatchObject({ status: 401 })
  })
})

describe('addresses', () => {
  const home = { name: 'Ada', line1: '1 Analytical Row', city: 'London', country: 'GB', type: 'shipping' }
  const as = 'customer'
  const add = (more: object = {}, headers: Record<string, string> = {}) =>
    call('POST /users/me/addresses', { as, body: { ...home, ...more }, headers })
  const list = async () => (await call('GET /users/me/addresses', { as })).body.items
  const put = (id: string, more: object = {}) =>
    call('PUT /users/me/addresses/{id}', { as, params: { id }, body: { ...home, ...more } })
  const remove = (id: string) => call('DELETE /users/me/addresses/{id}', { as, params: { id } })
  const book = () => store.items().find(({ sk }) => sk === 'addresses')

  it('are none at first', async () => {
    expect(await list()).toEqual([])
    expect(await call('GET /users/me/addresses')).toMatchObject({ status: 401 })
  })

  it('are kept as they were sent, the first of its type as the default', async () => {
    const { status, body } = await add({ line2: 'Flat 1', phone: '1' })
    expect(status).toBe(201)
    const times = { createdAt: '1970-01-01T00:00:00.000Z', updatedAt: '1970-01-01T00:00:00.000Z' }
    expect(body).toEqual({ ...home, line2: 'Flat 1', phone: '1', id: 'adr_1', default: true, ...times })
    expect(await list()).toEqual([body])
  })

  it('have one default of each type, which can be moved and is inherited by the oldest', async () => {
    await add()
    await add({ type: 'billing' })
    expect((await add({ default: true })).body).toMatchObject({ id: 'adr_3', default: true })
    expect(await list()).toMatchObject([{ default: false }, { default: true }, { default: true }])
    expect((await put('adr_1', { city: 'Paris', default: true })).body).toMatchObject({ city: 'Paris', default: true })
    expect(await remove('adr_1')).toMatchObject({ status: 204, body: undefined })
    expect(await list()).toMatchObject([
      { id: 'adr_2', default: true },
      { id: 'adr_3', default: true },
    ])
  })

  it('are both kept when they come at the same moment, and one of them is the default', async () => {
    meanwhile = () => add({ city: 'Paris', default: true })
    await add({ default: true })
    expect(await list()).toMatchObject([
      { city: 'Paris', default: false },
      { city: 'London', default: true },
    ])
  })

  it('are added once for one Idempotency-Key', async () => {
    const key = { 'idempotency-key': 'k' }
    const first = await add({}, key)
    const again = await add({}, key)
    expect(again).toMatchObject({ status: 201, headers: { 'idempotent-replayed': 'true' }, body: first.body })
    expect(await add({ city: 'Paris' }, key)).toMatchObject({ status: 422, body: { code: 'idempotency_key_reused' } })
    expect(await list()).toHaveLength(1)
  })

  it('stop at 50', async () => {
    for (let count = 0; count < 50; count += 1) await add()
    expect(await add({ type: 'billing' })).toMatchObject({ status: 422, body: { code: 'too_many_addresses' } })
    expect(await list()).toHaveLength(50)
  })

  it('of another user are not there', async () => {
    await add()
    const { pk: _, ...mine } = book()!
    await store.write({ put: { ...mine, pk: 'user-2', version: 1 }, if: 'absent' })
    await store.write({ delete: { pk: 'user-1', sk: 'addresses' }, if: 'any' })
    const missing = { status: 404, body: { code: 'address_not_found' } }
    expect(await list()).toEqual([])
    expect(await put('adr_1')).toMatchObject(missing)
    expect(await remove('adr_1')).toMatchObject(missing)
    expect(book()).toMatchObject({ pk: 'user-2', version: 1 })
  })

  it('are gone once', async () => {
    await add()
    await remove('adr_1')
    expect(await remove('adr_1')).toMatchObject({ status: 404, body: { code: 'address_not_found' } })
    expect(await add()).toMatchObject({ body: { id: 'adr_2', default: true } })
  })

  it('are of no interest to the bus', async () => {
    await add()
    expect(book()).not.toHaveProperty('outbox')
  })

  it.each<[string, object, string[]]>([
    ['no type', { type: undefined }, ['type']],
    ['an unknown type', { type: 'work' }, ['type']],
    ['a country in full', { country: 'England' }, ['country']],
    ['an id of its own', { id: 'adr_9' }, ['id']],
    ['a default that is neither true nor false', { default: 'yes' }, ['default']],
    ['an empty line', { line1: '', line2: '' }, ['line1', 'line2']],
  ])('are not taken with %s', async (_, more, paths) => {
    await add()
    for (const answer of [await add(more), await put('adr_1', more)]) {
      expect(answer).toMatchObject({ status: 400, body: { code: 'validation_failed' } })
      expect(answer.body.errors.map(({ path }: { path: string }) => path)).toEqual(paths)
    }
    expect(book()).toMatchObject({ version: 1 })
  })
})

describe('the sessions of a user', () => {
  const as = (session: string) => ({ as: 'customer', session })
  const ids = async () =>
    (await call('GET /users/me/sessions', as('session-1'))).body.items.map(({ id }: { id: string }) => id)

  it('are listed, the one that was used last first, and one of them asks', async () => {
    await register()
    await signIn()
    now = 60_000
    await signIn()
    const { body } = await call('GET /users/me/sessions', as('session-1'))
    expect(body.items).toMatchObject([
      { id: 'session-2', current: false, createdAt: '1970-01-01T00:01:00.000Z' },
      { id: 'session-1', current: true, expiresAt: '1970-01-31T00:00:00.000Z' },
    ])
  })

  it('end with signing out: no refresh token brings new tokens', async () => {
    await register()
    await signIn()
    expect(await refresh()).toMatchObject({ status: 201 })
    expect(await call('DELETE /sessions/current', as('session-1'))).toMatchObject({ status: 204 })
    expect(await refresh()).toMatchObject({ status: 401, body: { code: 'wrong_credentials' } })
    expect(principals.items()).toMatchObject([{ pk: 'user-1', ended: { 'session-1': 30 * 86_400_000 } }])
  })

  it('end one by one, and each once', async () => {
    await register()
    await signIn()
    await signIn()
    const end = () => call('DELETE /users/me/sessions/{id}', { ...as('session-1'), params: { id: 'session-2' } })
    expect(await end()).toMatchObject({ status: 204 })
    expect(await ids()).toEqual(['session-1'])
    expect(await end()).toMatchObject({ status: 404, body: { code: 'session_not_found' } })
  })

  it('are fifty at most: a further one ends the one that was used the longest ago', async () => {
    await register()
    for (now = 0; now <= maxSessions; now += 1) await signIn()
    expect(await ids()).toHaveLength(maxSessions)
    expect(await ids()).not.toContain('session-1')
    expect(principals.items()).toMatchObject([{ ended: { 'session-1': expect.any(Number) as number } }])
  })

  it('that have ended are forgotten once their tokens could not be good any more', async () => {
    await register()
    await signIn()
    await call('DELETE /sessions/current', as('session-1'))
    now = 30 * 86_400_000
    await signIn()
    await call('DELETE /sessions/current', as('session-2'))
    expect(Object.keys(principals.items()[0]!['ended'] as object)).toEqual(['session-2'])
  })

  it('begin and go on for nobody who is disabled', async () => {
    await register()
    await principals.write({ put: { pk: 'user-1', sk: 'principal', version: 1, disabled: true }, if: 'absent' })
    for (const answer of [await signIn(), await refresh()])
      expect(answer).toMatchObject({ status: 403, body: { code: 'user_disabled' } })
  })

  it('leave nothing where the sign-in is refused or fails', async () => {
    await register()
    await signIn()
    now += 1_000
    const kept = async () => (await call('GET /users/me/sessions', { as: 'customer' })).body.items
    const before = await kept()
    expect(before).toMatchObject([{ id: 'session-1' }])
    duringSignIn = async () => {
      await principals.write({ put: { pk: 'user-1', sk: 'principal', version: 100, disabled: true }, if: 'any' })
    }
    expect(await signIn()).toMatchObject({ status: 403 })
    expect(await kept()).toEqual(before)
    duringSignIn = async () => {
      principals.get = () => Promise.reject(new Error('out of reach'))
    }
    await expect(signIn()).rejects.toThrow('out of reach')
    expect(store.items().filter(({ sk }) => sk.startsWith('session#'))).toHaveLength(1)
  })
})

describe('changing the password', () => {
  const change = (body: object = {}) =>
    call('POST /users/me/password', {
      as: 'customer',
      session: 'session-1',
      body: { currentPassword: ada.password, newPassword: 'Another-1!', ...body },
    })
  const listed = async () => (await call('GET /users/me/sessions', { as: 'customer' })).body.items
  beforeEach(async () => {
    now = 10_000
    await register()
    await signIn()
    now = 20_000
  })

  it('needs the current one, and ends all other sessions', async () => {
    await signIn()
    now = 30_000
    expect(await change()).toMatchObject({ status: 204 })
    expect(await listed()).toMatchObject([{ id: 'session-1' }])
    expect(principals.items()[0]).toMatchObject({
      endedAllAt: 30_000,
      ended: { 'session-2': expect.any(Number) as number },
    })
    expect(await change()).toMatchObject({ status: 403, body: { code: 'wrong_password' } })
    expect(await signIn()).toMatchObject({ status: 401 })
    now = 31_000
    expect(await signIn({ password: 'Another-1!' })).toMatchObject({ status: 201 })
  })

  it('mails that to its address, which nobody has to have proven, and where that cannot be sent it stays', async () => {
    mails = []
    mailIsAway = true
    await expect(change()).rejects.toThrow('away')
    mailIsAway = false
    expect(await signIn()).toMatchObject({ status: 201 })
    expect(await change({ currentPassword: 'Wrong-1!' })).toMatchObject({ status: 403 })
    expect(mails).toEqual([])
    expect(await change()).toMatchObject({ status: 204 })
    expect(mails).toMatchObject([{ to: 'ada@holdfast.test', subject: 'The password of your account has changed' }])
    refusesMail = true
    const body = { currentPassword: 'Another-1!' }
    expect(await change({ ...body, newPassword: 'Third-1!' })).toMatchObject({ status: 204 })
  })

  it('leaves nothing to a sign-in that is under way with the old one', async () => {
    duringSignIn = async () => {
      now = 20_100
      await change()
      now = 20_200
    }
    expect(await signIn()).toMatchObject({ status: 401, body: { code: 'wrong_credentials' } })
  })

  it('leaves nothing to somebody who signs in with the old one just before the new one is set', async () => {
    beforeNewPassword = async () => {
      now = 22_000
      expect(await signIn()).toMatchObject({ status: 201 })
      now = 22_500
    }
    await change()
    expect(await listed()).toMatchObject([{ id: 'session-1' }])
    expect(principals.items()[0]).toMatchObject({ ended: { 'session-2': expect.any(Number) as number } })
  })

  it('leaves nothing to a refresh that is under way', async () => {
    await signIn()
    duringRefresh = async () => {
      now = 20_100
      await change()
    }
    expect(await refresh()).toMatchObject({ status: 401, body: { code: 'wrong_credentials' } })
  })

  it('repeats no password, and refuses one that the policy does', async () => {
    const answer = await change({ newPassword: 'simple' })
    expect(answer).toMatchObject({ status: 400 })
    expect(new Set(answer.body.errors.map(({ path }: { path: string }) => path))).toEqual(new Set(['newPassword']))
    expect(JSON.stringify(answer.body)).not.toContain('simple')
  })
})

describe('a forgotten password', () => {
  const email = 'ada@holdfast.test'
  const ask = (to = email) => call('POST /password-resets', { body: { email: to } })
  const confirm = (code: string, more: object = {}) =>
    call('POST /password-resets/confirm', { body: { email, code, newPassword: 'Another-1!', ...more } })
  const invalid = { status: 422, body: { code: 'invalid_code', errors: [{ path: 'code' }] } }
  beforeEach(async () => {
    now = 1_000_000
    await register()
    await signIn()
    now += 1_000
    mails = []
  })

  it('is replaced with a mailed code, once, and ends all sessions', async () => {
    expect(await ask('Ada@Holdfast.test')).toMatchObject({ status: 202 })
    expect(mails).toMatchObject([{ to: email }])
    expect(await confirm(mailed())).toMatchObject({ status: 204 })
    expect(mails.at(-1)).toMatchObject({ to: email, subject: 'The password of your account has changed' })
    expect(await refresh()).toMatchObject({ status: 401 })
    expect(await signIn()).toMatchObject({ status: 401 })
    now += 1_000
    expect(await signIn({ password: 'Another-1!' })).toMatchObject({ status: 201 })
    expect(await confirm(mailed(), { newPassword: 'Third-1!' })).toMatchObject(invalid)
    expect(await signIn({ password: 'Another-1!' })).toMatchObject({ status: 201 })
  })

  it('stays with a code that is older than fifteen minutes', async () => {
    await ask()
    now += 15 * 60_000 - 1
    expect(await confirm('00000000')).toMatchObject(invalid)
    now += 1
    expect(await confirm(mailed())).toMatchObject(invalid)
  })

  it('stays after five wrong codes, and another code brings five more', async () => {
    await ask()
    for (let tries = 0; tries < 5; tries += 1) expect(await confirm('00000000')).toMatchObject(invalid)
    expect(await confirm(mailed())).toMatchObject(invalid)
    await ask()
    for (let tries = 0; tries < 4; tries += 1) expect(await confirm('00000000')).toMatchObject(invalid)
    expect(await confirm(mailed())).toMatchObject({ status: 204 })
  })

  it('stays when more than five codes are tried at the same moment', async () => {
    await ask()
    const wrong = await Promise.all(Array.from({ length: 20 }, () => confirm('00000000')))
    expect(new Set(wrong.map(({ status }) => status))).toEqual(new Set([422]))
    expect(store.items().find(({ pk }) => pk.startsWith('reset'))).toMatchObject({ tries: 5 })
    expect(await confirm(mailed())).toMatchObject(invalid)
  })

  it('is replaced once by two who send the same code at the same moment', async () => {
    await ask()
    const both = await Promise.all([confirm(mailed()), confirm(mailed(), { newPassword: 'Third-1!' })])
    expect(both.filter(({ status }) => status === 204)).toHaveLength(1)
  })

  it('is not replaced by the code of another address', async () => {
    await call('POST /users', { body: { email: 'eve@holdfast.test', password: 'Secret-1!' } })
    await ask('eve@holdfast.test')
    const code = mailed()
    await ask()
    expect(await confirm(code)).toMatchObject(invalid)
  })

  it('is not replaced once the address is that of another account', async () => {
    await ask()
    accounts.set(email, { ...accounts.get(email)!, id: 'user-9' })
    expect(await confirm(mailed())).toMatchObject(invalid)
  })

  it('is replaced for nobody who is disabled', async () => {
    await ask()
    disabled = true
    expect(await confirm(mailed())).toMatchObject(invalid)
    mails = []
    await ask()
    expect(mails).toMatchObject([{ to: 'success@simulator.amazonses.com' }])
  })

  it('is mailed no more codes in an hour than the stage lets, and the last one stays good', async () => {
    for (let asked = 0; asked < 5; asked += 1) await ask()
    const last = mailed()
    expect(await ask()).toMatchObject({ status: 202 })
    const codes = () => mails.filter(({ to, subject }) => to === email && subject.includes('code'))
    expect(codes()).toHaveLength(5)
    expect(await confirm(last)).toMatchObject({ status: 204 })
    now += 3_600_000
    await ask()
    expect(codes()).toHaveLength(6)
  })

  it('leaves no code in the table', async () => {
    await ask()
    expect(JSON.stringify(store.items())).not.toContain(mailed())
  })

  it('leaves nothing there that a code could be guessed by: it is good with the key of the directory alone', async () => {
    await ask()
    const [code, item] = [mailed(), store.items().find(({ pk }) => pk.startsWith('reset'))!]
    expect(item).toMatchObject({ salt: 'salt', hash: expect.stringMatching(/^[\da-f]{64}$/) as string })
    codeKey = 'another'
    expect(await confirm(code)).toMatchObject(invalid)
    codeKey = 'key'
    expect(await confirm(code)).toMatchObject({ status: 204 })
  })

  it('is asked for by a mail that is refused for good, and the answer is the same', async () => {
    refusesMail = true
    expect(await ask()).toMatchObject({ status: 202 })
  })

  it('takes the same calls and brings the same answer where nobody has the address', async () => {
    const costs = async (of: () => Promise<{ status: number; body: object }>) => {
      calls = []
      const { status, body } = await of()
      return [status, { ...body, requestId: '' }, [...calls]]
    }
    const other = 'nobody@holdfast.test'
    expect(await costs(() => ask(other))).toEqual(await costs(() => ask()))
    expect(calls).toEqual(['write', 'find', 'get', 'write', 'mail'])
    expect(await costs(() => confirm('00000000', { email: other }))).toEqual(await costs(() => confirm('00000000')))
    expect(calls).toEqual(['get', 'write'])
    expect(mails.map(({ to }) => to)).not.toContain(other)
  })
})

describe('the address of an account', () => {
  const email = 'ada@holdfast.test'
  const other = 'countess@holdfast.test'
  const ask = (to = email, currentPassword: string | undefined = to === email ? undefined : ada.password) =>
    call('POST /users/me/email', { as: 'customer', body: { email: to, ...(currentPassword && { currentPassword }) } })
  const verify = (code: string) => call('POST /users/me/email/verify', { as: 'customer', body: { code } })
  const me = async () => (await call('GET /users/me', { as: 'customer' })).body
  const invalid = { status: 422, body: { code: 'invalid_code' } }
  beforeEach(async () => {
    await register()
  })

  it('is proven by the code that the registration mails', async () => {
    expect(mails).toMatchObject([{ to: email, subject: 'Your code to confirm this address' }])
    expect(await me()).toMatchObject({ emailVerified: false })
    expect(await verify(mailed())).toMatchObject({ status: 204 })
    expect(await me()).toMatchObject({ email, emailVerified: true })
    expect(await verify(mailed())).toMatchObject(invalid)
  })

  it('is not proven where the directory has another one than that which was', async () => {
    await verify(mailed())
    await signIn()
    accounts.set(email, Object.assign(accounts.get(email)!, { email: other }))
    await refresh()
    expect(await me()).toMatchObject({ email: other, emailVerified: false })
    expect(principals.items()[0]).not.toHaveProperty('provenEmail')
  })

  it('has as many codes mailed in an hour as the stage lets, whatever resets others ask for', async () => {
    for (let asked = 0; asked < 7; asked += 1) await call('POST /password-resets', { body: { email } })
    const codes = () => mails.filter(({ to, subject }) => to === email && subject.includes('confirm'))
    for (let asked = 1; asked < 5; asked += 1) await ask()
    expect(codes()).toHaveLength(5)
    const last = mailed()
    expect(await ask()).toMatchObject({ status: 202 })
    expect(codes()).toHaveLength(5)
    expect(await verify(last)).toMatchObject({ status: 204 })
  })

  it('is proven by a new password, too', async () => {
    await call('POST /password-resets', { body: { email } })
    await call('POST /password-resets/confirm', { body: { email, code: mailed(), newPassword: 'Another-1!' } })
    expect(await me()).toMatchObject({ emailVerified: true })
  })

  it('changes with the code that was mailed to the new one, and the old one gets a message', async () => {
    await verify(mailed())
    await ask(other)
    expect(await me()).toMatchObject({ email, emailVerified: true })
    const code = mailed()
    expect(mails.at(-1)).toMatchObject({ to: other })
    expect(await verify(code)).toMatchObject({ status: 204 })
    expect(await me()).toMatchObject({ email: other, emailVerified: true })
    expect(mails.at(-1)).toMatchObject({ to: email, subject: 'The address of your account has changed' })
    expect(profiles()).toMatchObject([{ outbox: ['user.updated', 'user.contact'] }])
    expect(await signIn()).toMatchObject({ status: 401 })
    expect(await signIn({ email: other })).toMatchObject({ status: 201 })
  })

  it('gets that message also where it was never proven', async () => {
    await ask(other)
    await verify(mailed())
    expect(mails.at(-1)).toMatchObject({ to: email, subject: 'The address of your account has changed' })
  })

  it('is not that of a thief who has a token alone: another one takes the current password', async () => {
    mails = []
    const refused = {
      status: 403,
      body: { code: 'wrong_password', errors: [{ path: 'currentPassword', message: 'is missing' }] },
    }
    expect(await ask(other, '')).toMatchObject(refused)
    refused.body.errors[0]!.message = 'not right'
    expect(await ask(other, 'Wrong-1!')).toMatchObject(refused)
    expect(mails).toEqual([])
    expect(await ask('ADA@Holdfast.test', '')).toMatchObject({ status: 202 })
    expect(mails).toMatchObject([{ to: email }])
  })

  it('stays where no mail can be sent to it', async () => {
    await ask(other)
    mailIsAway = true
    await expect(verify(mailed())).rejects.toThrow('away')
    mailIsAway = false
    expect(await me()).toMatchObject({ email })
    expect(await signIn()).toMatchObject({ status: 201 })
  })

  it('is not changed by a code that was mailed to the old one', async () => {
    const old = mailed()
    await ask(other)
    expect(await verify(old)).toMatchObject(invalid)
    const fresh = mailed()
    await ask()
    expect(await verify(fresh)).toMatchObject(invalid)
    expect(await verify(mailed())).toMatchObject({ status: 204 })
    expect(await me()).toMatchObject({ email, emailVerified: true })
  })

  it('does not become that of another account, and the answer is the same', async () => {
    await call('POST /users', { body: { email: other, password: 'Secret-1!' } })
    await signIn()
    mails = []
    calls = []
    const taken = [(await ask(other)).status, [...calls]]
    calls = []
    expect([(await ask('free@holdfast.test')).status, [...calls]]).toEqual(taken)
    expect(mails.map(({ to }) => to)).toEqual(['success@simulator.amazonses.com', 'free@holdfast.test'])
    const code = mailed()
    await call('POST /users', { body: { email: 'free@holdfast.test', password: 'Secret-1!' } })
    expect(await verify(code)).toMatchObject(invalid)
    expect(await me()).toMatchObject({ email })
  })

  it('is tried with five codes at most', async () => {
    for (let tries = 0; tries < 5; tries += 1) expect(await verify('00000000')).toMatchObject(invalid)
    expect(await verify(mailed())).toMatchObject(invalid)
  })

  it('is the business of a later request where the first code cannot be mailed', async () => {
    refusesMail = true
    expect(await call('POST /users', { body: { email: other, password: 'Secret-1!' } })).toMatchObject({ status: 201 })
  })

  it('is known to every function by its hash, until another one is proven', async () => {
    const hashes = () => principals.items().flatMap(({ provenEmail = 'none' }) => provenEmail)
    await signIn()
    expect(hashes()).toEqual([])
    await verify(mailed())
    expect(hashes()).toEqual([emailHash(email)])
    await ask('free@holdfast.test')
    expect(hashes()).toEqual([emailHash(email)])
    await verify(mailed())
    expect(hashes()).toEqual([emailHash('free@holdfast.test')])
    expect(JSON.stringify(principals.items())).not.toContain('free@')
  })

  it('comes first where the stage asks for that', async () => {
    verifiesFirst = true
    expect(await signIn()).toMatchObject({ status: 201 })
    expect(principals.items()).toMatchObject([{ unverified: true }])
    await verify(mailed())
    expect(principals.items()[0]).not.toHaveProperty('unverified')
    await signIn()
    expect(principals.items()[0]).not.toHaveProperty('unverified')
  })

  it('comes first no longer where the stage asks for it no longer', async () => {
    verifiesFirst = true
    await signIn()
    verifiesFirst = false
    await refresh()
    expect(principals.items()[0]).not.toHaveProperty('unverified')
  })
})

describe('operators and owners', () => {
  const as = (roles: string) => ({ as: roles, params: { id: 'user-1' } })
  const give = (roles: readonly string[], by = 'owner') => call('PUT /users/{id}/roles', { ...as(by), body: { roles } })
  const disable = (by = 'operator') => call('POST /users/{id}/disable', as(by))
  const enable = (by = 'operator') => call('POST /users/{id}/enable', as(by))
  const principal = () => principals.items().find(({ pk, sk }) => pk === 'user-1' && sk === 'principal')
  /** Makes the user an owner who has signed in, and another one too. */
  const owners = async (...others: readonly string[]) => {
    accounts.set('ada@holdfast.test', { ...accounts.get('ada@holdfast.test')!, roles: ['owner'] })
    await signIn()
    for (const email of others) {
      await call('POST /users', { body: { email, password: 'Secret-1!' } })
      accounts.set(email, { ...accounts.get(email)!, roles: ['owner'] })
      await call('POST /sessions', { body: { email, password: 'Secret-1!' } })
    }
  }

  it('see a user, and customers do not', async () => {
    await register()
    expect(await call('GET /users/{id}', as('support'))).toMatchObject({ status: 200, body: { id: 'user-1' } })
    expect(await call('GET /users/{id}', as('customer'))).toMatchObject({ status: 403 })
    const other = { as: 'support', params: { id: 'user-9' } }
    expect(await call('GET /users/{id}', other)).toMatchObject({ status: 404, body: { code: 'user_not_found' } })
  })

  it('give roles, which hold at once, at the next sign-in and in the event', async () => {
    await register()
    expect(await give(['finance', 'warehouse'])).toMatchObject({
      status: 200,
      body: { roles: ['warehouse', 'finance'] },
    })
    expect(principal()).toMatchObject({ roles: ['warehouse', 'finance'] })
    expect((await signIn()).body.user.roles).toEqual(['warehouse', 'finance'])
    expect(profiles()).toMatchObject([{ version: 2, outbox: ['user.updated'], roles: ['warehouse', 'finance'] }])
    expect(await give(['finance', 'finance'])).toMatchObject({ status: 400, body: { errors: [{ path: 'roles' }] } })
    expect((await give([])).body.roles).toEqual(['customer'])
  })

  it('that only see users give no roles', async () => {
    await register()
    expect(await give(['support'], 'operator')).toMatchObject({ status: 403, body: { code: 'forbidden' } })
  })

  it('act on nobody with more rights than they have', async () => {
    await register()
    await owners('eve@holdfast.test')
    for (const answer of [await disable(), await enable(), await call('DELETE /users/{id}/sessions', as('operator'))])
      expect(answer).toMatchObject({ status: 403, body: { code: 'rights_exceeded' } })
    expect(await disable('owner')).toMatchObject({ status: 200, body: { disabled: true } })
  })

  it('act on nobody who has more rights since a moment ago, while the profile is behind', async () => {
    await register()
    await principals.write({ put: { pk: 'user-1', sk: 'principal', version: 1, roles: ['owner'] }, if: 'absent' })
    for (const route of ['DELETE /users/{id}/sessions', 'DELETE /users/{id}', 'DELETE /users/{id}/erasure'])
      expect(await call(route, as('operator'))).toMatchObject({ status: 403, body: { code: 'rights_exceeded' } })
  })

  it('disable a user, whom nothing opens any more, and enable the user again', async () => {
    await register()
    await signIn()
    expect(await disable()).toMatchObject({ status: 200, body: { disabled: true } })
    expect(principal()).toMatchObject({ disabled: true })
    expect(await signIn()).toMatchObject({ status: 403, body: { code: 'user_disabled' } })
    expect((await disable()).body).toEqual((await disable()).body)
    expect((await enable()).body).not.toHaveProperty('disabled')
    expect(principal()).not.toHaveProperty('disabled')
    expect(await signIn()).toMatchObject({ status: 201 })
  })

  it('end all sessions of a user', async () => {
    await register()
    await signIn()
    await signIn()
    expect(await call('DELETE /users/{id}/sessions', as('operator'))).toMatchObject({ status: 204 })
    expect(new Set(Object.keys(principal()!['ended'] as object))).toEqual(new Set(['session-1', 'session-2']))
  })

  it('leave one owner who may sign in, also when two go at once', async () => {
    await register()
    await owners('eve@holdfast.test')
    const eve = { as: 'owner', params: { id: 'user-2' } }
    meanwhile = async () => call('POST /users/{id}/disable', eve)
    expect(await disable('owner')).toMatchObject({ status: 409, body: { code: 'last_owner' } })
    expect(await give(['operator'])).toMatchObject({ status: 409, body: { code: 'last_owner' } })
    await call('POST /users/{id}/enable', eve)
    expect(await give(['operator'])).toMatchObject({ status: 200 })
    expect(await call('POST /users/{id}/disable', eve)).toMatchObject({ status: 409 })
  })
})
