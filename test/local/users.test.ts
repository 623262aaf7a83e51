import { describe, expect, it } from 'vitest'
import { api } from '../../schemas/client.ts'
import { anonymous, baseUrl, signIn, unique } from './target.ts'

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

describe('the API', () => {
  it('says that it is well, and what it can do', async () => {
    expect(await anonymous.health()).toMatchObject({ status: 'ok' })
    const { paths } = (await anonymous.openapi()) as { paths: Record<string, unknown> }
    expect(Object.keys(paths)).toContain('/orders/{id}')
  })
})
