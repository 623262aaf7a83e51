import { decodeJwt } from 'jose'
import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Issuer, createIssuer } from '../../localstack/tokens.ts'
import { UserPool } from '../../localstack/user-pool.ts'

let issuer: Issuer
let pool: UserPool
const email = 'Me@holdfast.test'
const password = 'Secret-12'

beforeAll(async () => {
  issuer = await createIssuer('https://issuer.test/pool')
})
beforeEach(() => {
  pool = new UserPool(
    {
      id: 'us-east-1_pool',
      arn: 'arn',
      policy: { minimumLength: 8, lowercase: true, uppercase: true, numbers: true, symbols: true },
      groups: ['customer', 'operator'],
      clients: [
        {
          id: 'client',
          flows: ['ALLOW_ADMIN_USER_PASSWORD_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'],
          accessSeconds: 3_600,
          idSeconds: 3_600,
          refreshSeconds: 86_400,
          hidesUsers: true,
        },
      ],
    },
    issuer,
  )
})

const flow = 'ADMIN_USER_PASSWORD_AUTH'
const code = (name: string) => expect.objectContaining({ code: name }) as Error

async function confirmed() {
  const user = await pool.create(email, new Map(), password)
  await pool.setPassword(user.id, password, true)
  return user
}

describe('a user', () => {
  test('signs in by email in any case, and gets tokens with the claims of Cognito', async () => {
    const { id } = await confirmed()
    pool.addToGroup(email, 'operator')
    const tokens = await pool.signIn('client', flow, email.toUpperCase(), password)
    const access = await issuer.verify(tokens?.AccessToken ?? '')
    expect(access).toMatchObject({ sub: id, client_id: 'client', token_use: 'access', 'cognito:groups': ['operator'] })
    expect(decodeJwt(tokens?.IdToken ?? '')).toMatchObject({ sub: id, aud: 'client', token_use: 'id', email })
    expect(tokens?.ExpiresIn).toBe(3_600)
  })

  test('with a temporary password has to take another first', async () => {
    await pool.create(email, new Map(), password)
    expect(await pool.signIn('client', flow, email, password)).toBeUndefined()
    await expect(pool.signIn('client', flow, email, `${password}x`)).rejects.toThrow(code('NotAuthorizedException'))
  })

  test('goes on with the refresh token until signed out', async () => {
    await confirmed()
    const { RefreshToken = '' } = (await pool.signIn('client', flow, email, password)) ?? {}
    expect(await issuer.verify((await pool.refresh('client', RefreshToken)).AccessToken)).toBeDefined()
    pool.signOut(email)
    await expect(pool.refresh('client', RefreshToken)).rejects.toThrow(code('NotAuthorizedException'))
  })

  test('is one for each email', async () => {
    await pool.create(email, new Map(), password)
    await expect(pool.create(email.toLowerCase(), new Map(), password)).rejects.toThrow(code('UsernameExistsException'))
  })

  test.each(['Short-1', 'no-capitals-1', 'NO-SMALL-1', 'No-digits-', 'NoSymbols1'])(
    'cannot have the password %s',
    async (weak) => {
      await expect(pool.create(email, new Map(), weak)).rejects.toThrow(code('InvalidPasswordException'))
      const { id } = await pool.create(email, new Map(), undefined)
      await expect(pool.setPassword(id, weak, true)).rejects.toThrow(code('InvalidPasswordException'))
    },
  )
})

test('an unknown user looks like a wrong password', async () => {
  await expect(pool.signIn('client', flow, 'nobody@holdfast.test', password)).rejects.toThrow(
    code('NotAuthorizedException'),
  )
})

test.each([
  [
    'a flow that the client does not allow',
    () => pool.signIn('client', 'USER_PASSWORD_AUTH', email, password),
    'InvalidParameterException',
  ],
  ['a client that there is not', () => pool.signIn('other', flow, email, password), 'ResourceNotFoundException'],
  ['a refresh token that there is not', () => pool.refresh('client', 'x'), 'NotAuthorizedException'],
  [
    'a group that there is not',
    async () => confirmed().then(() => pool.addToGroup(email, 'x')),
    'ResourceNotFoundException',
  ],
  ['a user that there is not', async () => pool.addToGroup(email, 'operator'), 'UserNotFoundException'],
])('%s is refused', async (_, attempt, name) => {
  await expect(attempt()).rejects.toThrow(code(name))
})
