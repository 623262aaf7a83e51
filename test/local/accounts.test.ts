import { describe, expect, it } from 'vitest'
import { api } from '../../schemas/client.ts'
import { advance, codeFor, killAt, mailTo, settle } from './control.ts'
import { anonymous, baseUrl, isLocal, raw, signIn, unique } from './target.ts'

const newAccount = async () => {
  const account = { email: `${unique('account')}@holdfast.test`, password: 'Somebody-1!' }
  const { id } = await anonymous.register({ body: account })
  return { ...account, id }
}
const newPassword = 'Different-1!'
const ask = (email: string) => anonymous.requestPasswordReset({ body: { email } })
const confirm = (email: string, code: string) => anonymous.confirmPasswordReset({ body: { email, code, newPassword } })
const invalid = { status: 422, code: 'invalid_code' }

describe.runIf(isLocal)('the address of an account', () => {
  const signedIn = async (body: { readonly email: string; readonly password: string }) =>
    api({
      baseUrl,
      token: (await anonymous.signIn({ body: { email: body.email, password: body.password } })).accessToken,
    })

  it('is proven by the code that the registration mails, and may order before', async () => {
    const account = await newAccount()
    const mine = await signedIn(account)
    expect(await mine.getMe()).toMatchObject({ emailVerified: false })
    await mine.listOrders()
    await mine.verifyEmail({ body: { code: await codeFor(account.email) } })
    expect(await mine.getMe()).toMatchObject({ email: account.email, emailVerified: true })
  })

  it('changes with a code that was mailed to the new one, and the old one gets a message', async () => {
    const account = await newAccount()
    const mine = await signedIn(account)
    const first = await codeFor(account.email)
    const email = `${unique('new')}@holdfast.test`
    const asked = { body: { email, currentPassword: account.password } }
    await mine.requestEmailCode(asked)
    await expect(mine.verifyEmail({ body: { code: first } })).rejects.toMatchObject(invalid)
    await mine.requestEmailCode({ body: { email: account.email } })
    await mine.verifyEmail({ body: { code: await codeFor(account.email) } })
    await mine.requestEmailCode(asked)
    await mine.verifyEmail({ body: { code: await codeFor(email) } })
    expect(await mine.getMe()).toMatchObject({ email, emailVerified: true })
    expect(await mailTo(account.email)).toMatchObject({ subject: 'The address of your account has changed' })
    await expect(signedIn(account)).rejects.toMatchObject({ status: 401 })
    await signedIn({ ...account, email })
    // A token alone changes no address.
    const thief = { body: { email: `${unique('thief')}@holdfast.test` } }
    const refused = { status: 403, code: 'wrong_password', errors: [{ path: 'currentPassword' }] }
    await expect(mine.requestEmailCode(thief)).rejects.toMatchObject(refused)
    // The old one is free for somebody else, whose reset is none of the account that had it.
    await ask(account.email)
    await anonymous.register({ body: { email: account.email, password: newPassword } })
    await settle()
  })
})

describe.runIf(isLocal)('a forgotten password', () => {
  it('is replaced by a mailed code, and nothing of the old one opens anything', async () => {
    const { email, password } = await newAccount()
    const before = await anonymous.signIn({ body: { email, password } })
    await ask(email)
    const { text = '' } = (await mailTo(email)) ?? {}
    expect(text.match(/\d{8,}/g)).toEqual([await codeFor(email)])
    await confirm(email, await codeFor(email))
    expect(await mailTo(email)).toMatchObject({ subject: 'The password of your account has changed' })
    await expect(anonymous.signIn({ body: { email, password } })).rejects.toMatchObject({ status: 401 })
    await expect(anonymous.refreshSession({ body: { refreshToken: before.refreshToken } })).rejects.toMatchObject({
      status: 401,
    })
    const after = await anonymous.signIn({ body: { email, password: newPassword } })
    await advance('5s')
    await expect(api({ baseUrl, token: before.accessToken }).getMe()).rejects.toMatchObject({ status: 401 })
    expect(await api({ baseUrl, token: after.accessToken }).getMe()).toMatchObject({ email })
    await expect(confirm(email, await codeFor(email))).rejects.toMatchObject(invalid)
  })

  it('is not replaced fifteen minutes later', async () => {
    const { email } = await newAccount()
    await ask(email)
    await advance('15m')
    await expect(confirm(email, await codeFor(email))).rejects.toMatchObject(invalid)
  })

  it('is guessed by five tries at most, also at the same moment', async () => {
    const { email } = await newAccount()
    await ask(email)
    const guesses = await Promise.allSettled(Array.from({ length: 12 }, () => confirm(email, '00000000')))
    for (const guess of guesses) expect(guess).toMatchObject({ status: 'rejected', reason: invalid })
    await expect(confirm(email, await codeFor(email))).rejects.toMatchObject(invalid)
  })

  it('is not replaced for somebody who is disabled, and the answer is the same', async () => {
    const { email, id } = await newAccount()
    const operator = await signIn('operator')
    await operator.api.disableUser({ params: { id } })
    await ask(email)
    expect(await mailTo(email)).toMatchObject({ subject: 'Your code to confirm this address' })
    await expect(confirm(email, await codeFor(email))).rejects.toMatchObject(invalid)
    await settle()
  })

  it('finishes a registration that died half-way', async () => {
    const account = { email: `${unique('half')}@holdfast.test`, password: 'Somebody-1!' }
    await killAt({ function: 'users-http', operation: 'AdminSetUserPassword', nth: 1, when: 'before' })
    await expect(anonymous.register({ body: account })).rejects.toMatchObject({ status: expect.any(Number) as number })
    await ask(account.email)
    await confirm(account.email, await codeFor(account.email))
    const { user } = await anonymous.signIn({ body: { ...account, password: newPassword } })
    expect(user).toMatchObject({ email: account.email, roles: ['customer'] })
    await settle()
  })

  it('is answered in the same way for an address that nobody has', async () => {
    const { email } = await newAccount()
    const post = async (to: string) => {
      const body = JSON.stringify({ email: to })
      const answer = await raw({
        method: 'POST',
        path: '/password-resets',
        headers: { 'content-type': 'application/json' },
        body,
      })
      return [answer.status, answer.body]
    }
    const stranger = `${unique('stranger')}@holdfast.test`
    expect(await post(stranger)).toEqual(await post(email))
    expect(await mailTo(stranger)).toBeUndefined()
    await expect(confirm(stranger, '00000000')).rejects.toMatchObject(invalid)
  })
})
