import { describe, expect, it } from 'vitest'
import { api } from '../../schemas/client.ts'
import { advance, killAt, mailTo, settle, state } from './control.ts'
import { type SignedIn, anonymous, baseUrl, isLocal, raw, signIn, unique } from './target.ts'

describe('somebody', () => {
  it('registers, signs in, sees who they are, and goes on with a refresh token', async () => {
    const account = { email: `${unique('user')}@holdfast.test`, password: 'Somebody-1!' }
    const user = await anonymous.register({ body: { ...account, name: 'Some Body' } })
    expect(user).toMatchObject({ email: account.email, name: 'Some Body', roles: ['customer'] })
    const { api: mine, userId } = await signIn(account)
    expect(userId).toBe(user.id)
    expect(await mine.getMe()).toMatchObject({ id: user.id, email: account.email, roles: ['customer'] })
    const session = await anonymous.signIn({ body: account })
    const refreshed = await anonymous.refreshSession({ body: { refreshToken: session.refreshToken } })
    expect(refreshed.user).toEqual(session.user)
    expect(await api({ baseUrl, token: refreshed.accessToken }).getMe()).toMatchObject({ id: user.id })
  })

  it('cannot register twice', async () => {
    const account = { email: `${unique('user')}@holdfast.test`, password: 'Somebody-1!' }
    await anonymous.register({ body: account })
    await expect(anonymous.register({ body: { ...account, password: 'Different-1!' } })).rejects.toMatchObject({
      status: 409,
      code: 'email_taken',
    })
  })

  it('is an operator only by the group', async () => {
    expect((await (await signIn('operator')).api.getMe()).roles).toContain('operator')
    expect((await (await signIn('customer')).api.getMe()).roles).toEqual(['customer'])
  })
})

describe.runIf(isLocal)('a session', () => {
  const opens = async (token: string): Promise<readonly number[]> => {
    const headers = { authorization: `Bearer ${token}` }
    const answers = ['/users/me', '/orders', '/users/me/wallet'].map((path) => raw({ method: 'GET', path, headers }))
    return (await Promise.all(answers)).map(({ status }) => status)
  }

  it('that has ended opens nothing at any service five seconds later, and brings no new tokens', async () => {
    const account = { email: `${unique('user')}@holdfast.test`, password: 'Somebody-1!' }
    await anonymous.register({ body: account })
    const [phone, laptop] = [await anonymous.signIn({ body: account }), await anonymous.signIn({ body: account })]
    const refreshed = await anonymous.refreshSession({ body: { refreshToken: phone.refreshToken } })
    const mine = api({ baseUrl, token: laptop.accessToken })
    for (const { accessToken } of [phone, refreshed, laptop]) expect(await opens(accessToken)).toEqual([200, 200, 200])
    const { items } = await mine.listSessions()
    expect(items).toHaveLength(2)
    const other = items.find(({ current }) => !current)!
    await mine.endSession({ params: { id: other.id } })
    await expect(anonymous.refreshSession({ body: { refreshToken: phone.refreshToken } })).rejects.toMatchObject({
      status: 401,
    })
    await advance('5s')
    for (const { accessToken } of [phone, refreshed]) expect(await opens(accessToken)).toEqual([401, 401, 401])
    expect(await opens(laptop.accessToken)).toEqual([200, 200, 200])
    await mine.signOut()
    await advance('5s')
    expect(await opens(laptop.accessToken)).toEqual([401, 401, 401])
  })

  it('ends when another one changes the password, which itself goes on', async () => {
    const account = { email: `${unique('user')}@holdfast.test`, password: 'Somebody-1!' }
    await anonymous.register({ body: account })
    const [phone, laptop] = [await anonymous.signIn({ body: account }), await anonymous.signIn({ body: account })]
    const mine = api({ baseUrl, token: laptop.accessToken })
    const body = { currentPassword: account.password, newPassword: 'Different-1!' }
    await mine.changePassword({ body })
    expect(await mailTo(account.email)).toMatchObject({ subject: 'The password of your account has changed' })
    await expect(mine.changePassword({ body })).rejects.toMatchObject({ status: 403, code: 'wrong_password' })
    const refresh = ({ refreshToken }: { refreshToken: string }) => anonymous.refreshSession({ body: { refreshToken } })
    await expect(refresh(phone)).rejects.toMatchObject({ status: 401 })
    await advance('5s')
    expect(await opens(phone.accessToken)).toEqual([401, 401, 401])
    expect(await opens(laptop.accessToken)).toEqual([200, 200, 200])
    await refresh(laptop)
    await expect(anonymous.signIn({ body: account })).rejects.toMatchObject({ status: 401 })
    await anonymous.signIn({ body: { ...account, password: 'Different-1!' } })
  })

  it('outlives its access token, which is good for fifteen minutes', async () => {
    const account = { email: `${unique('user')}@holdfast.test`, password: 'Somebody-1!' }
    await anonymous.register({ body: account })
    const { accessToken, refreshToken } = await anonymous.signIn({ body: account })
    await advance('14m')
    expect(await opens(accessToken)).toEqual([200, 200, 200])
    await advance('61s')
    expect(await opens(accessToken)).toEqual([401, 401, 401])
    await anonymous.refreshSession({ body: { refreshToken } })
  })
})

describe.runIf(isLocal)('a user', () => {
  const account = () => ({ email: `${unique('user')}@holdfast.test`, password: 'Somebody-1!' })
  const levels = async (token: string): Promise<number> =>
    (await raw({ method: 'GET', path: '/warehouses', headers: { authorization: `Bearer ${token}` } })).status

  it('who gets a role has it with the tokens that are there, at every service, and loses it so', async () => {
    const [owner, somebody] = [await signIn('operator'), account()]
    const { id } = await anonymous.register({ body: somebody })
    const { accessToken } = await anonymous.signIn({ body: somebody })
    expect(await levels(accessToken)).toBe(403)
    await owner.api.setRoles({ params: { id }, body: { roles: ['warehouse'] } })
    await advance('5s')
    expect(await levels(accessToken)).toBe(200)
    await owner.api.setRoles({ params: { id }, body: { roles: [] } })
    await advance('5s')
    expect(await levels(accessToken)).toBe(403)
    expect((await anonymous.signIn({ body: somebody })).user.roles).toEqual(['customer'])
    await settle()
  })

  it('who is disabled can do nothing, and everything again once enabled', async () => {
    const [operator, somebody] = [await signIn('operator'), account()]
    const { id } = await anonymous.register({ body: somebody })
    const { accessToken, refreshToken } = await anonymous.signIn({ body: somebody })
    const opens = async () =>
      (await raw({ method: 'GET', path: '/orders', headers: { authorization: `Bearer ${accessToken}` } })).status
    expect(await opens()).toBe(200)
    await operator.api.disableUser({ params: { id } })
    await expect(anonymous.signIn({ body: somebody })).rejects.toMatchObject({ status: 401 })
    await expect(anonymous.refreshSession({ body: { refreshToken } })).rejects.toMatchObject({ status: 401 })
    await advance('5s')
    expect(await opens()).toBe(401)
    await operator.api.enableUser({ params: { id } })
    await advance('5s')
    expect(await opens()).toBe(200)
    await anonymous.refreshSession({ body: { refreshToken } })
    await settle()
  })
})

describe.runIf(isLocal)('a registration that died half-way', () => {
  const register = (body: object) =>
    raw({ method: 'POST', path: '/users', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })

  it.each([
    ['AdminAddUserToGroup', 'before'],
    ['AdminSetUserPassword', 'before'],
  ] as const)('before %s starts over an hour later, with another password', async (operation, when) => {
    const account = { email: `${unique('half')}@holdfast.test`, password: 'Somebody-1!' }
    const other = { ...account, password: 'Different-1!' }
    await killAt({ function: 'users-http', operation, nth: 1, when })
    expect((await register(account)).status).toBeGreaterThanOrEqual(500)
    expect(await register(other)).toMatchObject({ status: 409, body: { code: 'email_taken' } })
    await advance('61m')
    expect((await register(other)).status).toBe(201)
    expect((await (await signIn(other)).api.getMe()).email).toBe(account.email)
    expect(await register(account)).toMatchObject({ status: 409, body: { code: 'email_taken' } })
    await advance('61m')
    expect(await register(account)).toMatchObject({ status: 409, body: { code: 'email_taken' } })
  })

  it('is finished with its own password at any time', async () => {
    const account = { email: `${unique('half')}@holdfast.test`, password: 'Somebody-1!' }
    await killAt({ function: 'users-http', operation: 'AdminSetUserPassword', nth: 1, when: 'after' })
    expect((await register(account)).status).toBeGreaterThanOrEqual(500)
    expect((await register(account)).status).toBe(201)
    await signIn(account)
  })
})

/** Somebody who has just registered and signed in. */
async function newcomer(): Promise<SignedIn> {
  const account = { email: `${unique('user')}@holdfast.test`, password: 'Somebody-1!' }
  await anonymous.register({ body: account })
  return signIn(account)
}

describe('a profile', () => {
  it('is changed by its user, and keeps what is not mentioned', async () => {
    const { api: mine } = await newcomer()
    await mine.updateMe({ body: { name: 'Some Body', phone: '+44 1', preferences: { theme: 'dark', page: 20 } } })
    const changed = await mine.updateMe({ body: { phone: null, preferences: { theme: null, news: false } } })
    expect(changed).toMatchObject({ name: 'Some Body', preferences: { page: 20, news: false } })
    expect(changed).not.toHaveProperty('phone')
    expect(await mine.getMe()).toEqual(changed)
  })

  it.runIf(isLocal)('publishes user.updated once for each change', async () => {
    const { api: mine, userId } = await newcomer()
    await mine.updateMe({ body: { name: 'Some Body' } })
    await mine.updateMe({ body: { name: 'Some Body' } })
    await settle()
    const published = (await state()).events.map(({ detail }) => detail.id).filter((id) => id.startsWith(userId))
    expect(published).toEqual([`${userId}/user@1/user.registered`, `${userId}/user@2/user.updated`])
  })
})

describe('the addresses of a user', () => {
  const home = { name: 'Some Body', line1: '1 Road', city: 'London', country: 'GB', type: 'shipping' as const }

  it('are added, listed, replaced and removed, with one default of each type', async () => {
    const { api: mine } = await newcomer()
    const first = await mine.addAddress({ body: home })
    const second = await mine.addAddress({ body: { ...home, default: true } })
    const bill = await mine.addAddress({ body: { ...home, type: 'billing' } })
    expect([first.default, second.default, bill.default]).toEqual([true, true, true])
    const defaults = async () => (await mine.listAddresses()).items.filter((item) => item.default).map(({ id }) => id)
    expect(await defaults()).toEqual([second.id, bill.id])
    const moved = await mine.replaceAddress({ params: { id: first.id }, body: { ...home, city: 'Paris' } })
    expect(moved).toMatchObject({ id: first.id, city: 'Paris', default: false, createdAt: first.createdAt })
    await mine.removeAddress({ params: { id: second.id } })
    expect(await defaults()).toEqual([first.id, bill.id])
    await expect(mine.removeAddress({ params: { id: second.id } })).rejects.toMatchObject({
      status: 404,
      code: 'address_not_found',
    })
  })

  it('have one default also when ten come at once', async () => {
    const { api: mine } = await newcomer()
    const adding = Array.from({ length: 10 }, () => mine.addAddress({ body: { ...home, default: true } }))
    const added = (await Promise.allSettled(adding)).filter(({ status }) => status === 'fulfilled')
    const { items } = await mine.listAddresses()
    expect(added.length).toBeGreaterThan(0)
    expect(items).toHaveLength(added.length)
    expect(items.filter((item) => item.default)).toHaveLength(1)
  })

  it('are added once for one Idempotency-Key', async () => {
    const { api: mine } = await newcomer()
    const idempotencyKey = unique('address')
    const first = await mine.addAddress({ idempotencyKey, body: home })
    expect(await mine.addAddress({ idempotencyKey, body: home })).toEqual(first)
    expect((await mine.listAddresses()).items).toHaveLength(1)
  })

  it("are nobody else's business", async () => {
    const [{ api: mine }, { api: theirs }] = await Promise.all([newcomer(), newcomer()])
    const { id } = await mine.addAddress({ body: home })
    expect((await theirs.listAddresses()).items).toEqual([])
    const missing = { status: 404, code: 'address_not_found' }
    await expect(theirs.replaceAddress({ params: { id }, body: home })).rejects.toMatchObject(missing)
    await expect(theirs.removeAddress({ params: { id } })).rejects.toMatchObject(missing)
    expect((await mine.listAddresses()).items).toHaveLength(1)
  })
})

describe('the API', () => {
  it('reports its health, and what it can do', async () => {
    expect(await anonymous.health()).toMatchObject({ status: 'ok' })
    const { paths } = (await anonymous.openapi()) as { paths: Record<string, unknown> }
    expect(Object.keys(paths)).toContain('/orders/{id}')
  })
})

describe('users in a list', () => {
  it('are found by e-mail and by name, with roles and whether they are disabled', async () => {
    const operator = await signIn('operator')
    const word = unique('zz').toLowerCase()
    const account = { email: `${word}@holdfast.test`, password: 'Somebody-1!', name: `Zoe X${word}` }
    const { id } = await anonymous.register({ body: account })
    await operator.api.setRoles({ params: { id }, body: { roles: ['support'] } })
    await operator.api.disableUser({ params: { id } })
    const expected = { id, email: account.email, name: account.name, roles: ['support'], disabled: true }
    for (const q of [word, `X${word}`, `zoe x${word}`])
      expect(await operator.api.listUsers({ query: { q } })).toEqual({ items: [expected] })
    expect(await operator.api.listUsers({ query: { q: `bob ${word}` } })).toEqual({ items: [] })
    const { items } = await operator.api.listUsers({ query: { limit: 2 } })
    expect(items).toHaveLength(2)
  })
})
