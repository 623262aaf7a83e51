import { beforeEach, describe, expect, it } from 'vitest'
import { type MemoryStore, memoryStore } from '../../functions/runtime/store.memory.ts'
import { entryOf } from '../../functions/runtime/relay.ts'
import { type Account, type Directory, emailTaken, wrongCredentials } from '../../functions/users/directory.ts'
import { handlers } from '../../functions/users/http.ts'
import { tell } from '../../functions/users/relay.ts'
import { routes } from '../../schemas/users.ts'
import { type Call, caller } from './call-route.ts'

let store: MemoryStore
let accounts: Map<string, Account & { password: string }>
let call: (routeKey: string, call?: Call) => ReturnType<ReturnType<typeof caller>>

const directory: Directory = {
  register: async (email, password) => {
    const known = accounts.get(email)
    if (known !== undefined && known.password !== password) throw emailTaken()
    const account = known ?? { id: `user-${accounts.size + 1}`, email, roles: ['customer'], password }
    accounts.set(email, account)
    const { password: _, ...rest } = account
    return rest
  },
  signIn: async (email, password) => {
    const known = accounts.get(email)
    if (known?.password !== password) throw wrongCredentials()
    const { password: _, ...account } = known
    return { accessToken: 'access', refreshToken: email, expiresIn: 3_600, account }
  },
  refresh: async (refreshToken) => directory.signIn(refreshToken, accounts.get(refreshToken)?.password ?? ''),
}

beforeEach(() => {
  store = memoryStore()
  accounts = new Map()
  call = caller(routes, handlers({ store, directory, clock: { now: () => 0, sleep: async () => {} } }))
})

const ada = { email: 'Ada@Holdfast.test', password: 'Secret-1!' }
const register = (more: object = {}) => call('POST /users', { body: { ...ada, ...more } })
const signIn = (more: object = {}) => call('POST /sessions', { body: { ...ada, ...more } })
const profiles = () => store.items().filter(({ sk }) => sk === 'user')

describe('registering', () => {
  it('takes no email that is longer than a user name of Cognito', async () => {
    const email = (length: number) => `${'a'.repeat(length - 5)}@b.de`
    expect(await register({ email: email(128) })).toMatchObject({ status: 201 })
    expect(await register({ email: email(129) })).toMatchObject({ status: 400, body: { errors: [{ path: 'email' }] } })
  })
  it('makes a profile, with the email in lower case, and says so once', async () => {
    const { status, body } = await register({ name: 'Ada' })
    expect(status).toBe(201)
    expect(body).toEqual({
      id: 'user-1',
      email: 'ada@holdfast.test',
      name: 'Ada',
      roles: ['customer'],
      createdAt: '1970-01-01T00:00:00.000Z',
    })
    const [profile] = profiles()
    expect(profile?.outbox).toEqual(['user.registered'])
    expect(JSON.parse(entryOf(profile!, await tell(profile!, 'user.registered')).detail)).toMatchObject({
      id: 'user-1/user@1/user.registered',
      causationId: 'request-1',
      data: { userId: 'user-1', email: 'ada@holdfast.test', name: 'Ada', roles: ['customer'] },
    })
  })

  it('is refused for an email that has a profile, whatever the password', async () => {
    await register()
    expect(await register()).toMatchObject({ status: 409, body: { code: 'email_taken' } })
    expect(await register({ password: 'Another-1!' })).toMatchObject({ status: 409, body: { code: 'email_taken' } })
  })

  it('is finished by a second try when the first died before the profile was written', async () => {
    await directory.register('ada@holdfast.test', ada.password)
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
  it('answers with tokens and who it is', async () => {
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

  it('says the same to a wrong password and to an unknown email', async () => {
    await register()
    const wrong = await signIn({ password: 'Wrong-1!' })
    expect(wrong).toMatchObject({ status: 401, body: { code: 'wrong_credentials' } })
    const unknown = await signIn({ email: 'eve@holdfast.test' })
    expect({ ...unknown.body, requestId: '' }).toEqual({ ...wrong.body, requestId: '' })
  })

  it('makes the profile of an account that has none', async () => {
    await directory.register('ada@holdfast.test', ada.password)
    await signIn()
    await signIn()
    expect(profiles()).toMatchObject([{ pk: 'user-1', version: 1, outbox: ['user.registered'] }])
  })

  it('learns roles that have changed in the directory', async () => {
    await register()
    accounts.set('ada@holdfast.test', { ...accounts.get('ada@holdfast.test')!, roles: ['operator'] })
    await call('POST /sessions/refresh', { body: { refreshToken: 'ada@holdfast.test' } })
    expect(profiles()).toMatchObject([{ roles: ['operator'], version: 2 }])
    expect(profiles()[0]).not.toHaveProperty('outbox')
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
