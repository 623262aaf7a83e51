import { decodeJwt } from 'jose'
import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Issuer, createIssuer } from '../../localstack/cognito/tokens.ts'
import { UserPool } from '../../localstack/cognito/user-pool.ts'

let issuer: Issuer
let pool: UserPool
const email = 'Me@holdfast.test'
const password = 'Secret-12'
let now = 0

beforeAll(async () => {
  issuer = await createIssuer('https://issuer.test/pool', Date.now)
})
beforeEach(() => {
  pool = new UserPool(
    {
      id: 'us-east-1_pool',
      arn: 'arn',
      policy: { minimumLength: 8, lowercase: true, uppercase: true, numbers: true, symbols: true, temporaryDays: 7 },
      customAttributes: ['origin'],
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
    () => now,
  )
  now = 0
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

  test('is locked at the fifth wrong password, for twice as long after each further one, until one is right', async () => {
    await confirmed()
    const outcome = async (sent: string) => {
      const error: unknown = await pool.signIn('client', flow, email, sent).catch((thrown: unknown) => thrown)
      return error instanceof Error ? error.message : 'signed in'
    }
    const [wrong, locked] = ['Incorrect username or password.', 'Password attempts exceeded']
    for (let tries = 0; tries < 5; tries += 1) expect(await outcome('Wrong-123')).toBe(wrong)
    expect(await outcome(password)).toBe(locked)
    now += 1_000
    expect(await outcome('Wrong-123')).toBe(wrong)
    now += 1_999
    expect(await outcome(password)).toBe(locked)
    now += 1
    expect(await outcome(password)).toBe('signed in')
    for (let tries = 0; tries < 4; tries += 1) expect(await outcome('Wrong-123')).toBe(wrong)
    expect(await outcome(password)).toBe('signed in')
  })

  test('has wrong passwords forgotten after a quarter of an hour without a try', async () => {
    await confirmed()
    for (let tries = 0; tries < 8; tries += 1) {
      await expect(pool.signIn('client', flow, email, 'Wrong-123')).rejects.toThrow('Incorrect')
      if (tries % 4 === 3) now += 900_000
    }
    expect(await pool.signIn('client', flow, email, password)).toBeDefined()
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

describe('a pool refuses as Cognito does', () => {
  test.each([
    [' Leading-1', 'InvalidParameterException'],
    ['Trailing-1 ', 'InvalidParameterException'],
    ['Trailing-1\u3000', 'InvalidParameterException'],
    ['Line-1\nbreak', 'InvalidParameterException'],
    [`Long-1${'x'.repeat(251)}`, 'InvalidParameterException'],
    ['Tab\tInside-1', 'InvalidPasswordException'],
    ['No\u00a0break-1', 'InvalidPasswordException'],
    ['Pass-w\u00f6rd-1', 'InvalidPasswordException'],
  ])('the password %j', async (refused, name) => {
    await expect(pool.create(email, new Map(), refused)).rejects.toThrow(code(name))
    const { id } = await pool.create(email, new Map(), undefined)
    await expect(pool.setPassword(id, refused, true)).rejects.toThrow(code(name))
  })

  test.each(['Inner blank 1', `Long-1${'x'.repeat(250)}`])('but not the password %j', async (taken) => {
    const { id } = await pool.create(email, new Map(), taken)
    await pool.setPassword(id, taken, true)
    expect(await pool.signIn('client', flow, email, taken)).toBeDefined()
  })

  test.each(['', 'unknown', 'a b@holdfast.test', 'a@b', `${'x'.repeat(120)}@holdfast.test`])(
    'the user name %j',
    async (name) => {
      await expect(pool.create(name, new Map(), password)).rejects.toThrow(code('InvalidParameterException'))
    },
  )

  test.each([
    ['email', 'no email'],
    ['unheard_of', 'x'],
    ['custom:other', 'x'],
    ['name', 'x'.repeat(2_049)],
  ])('the attribute %s', async (name, value) => {
    await expect(pool.create(email, new Map([[name, value]]), password)).rejects.toThrow(
      code('InvalidParameterException'),
    )
    await pool.create(email, new Map([['custom:origin', 'x']]), password)
  })

  test('a temporary password after seven days, and takes a new one', async () => {
    const { id } = await pool.create(email, new Map(), password)
    now = 7 * 86_400_000
    await expect(pool.signIn('client', flow, email, password)).rejects.toThrow(code('NotAuthorizedException'))
    await pool.setPassword(id, password, false)
    expect(await pool.signIn('client', flow, email, password)).toBeUndefined()
  })

  test('a user that was deleted, also by the old id once there is another', async () => {
    const { id } = await pool.create(email, new Map(), password)
    pool.delete(id)
    const next = await pool.create(email, new Map(), password)
    expect(() => pool.delete(id)).toThrow(code('UserNotFoundException'))
    expect(pool.user(email).id).toBe(next.id)
  })
})

test('an unknown user is refused as a wrong password is', async () => {
  await expect(pool.signIn('client', flow, 'unknown@holdfast.test', password)).rejects.toThrow(
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
    'a group that does not exist',
    async () => confirmed().then(() => pool.addToGroup(email, 'x')),
    'ResourceNotFoundException',
  ],
  ['a user that there is not', async () => pool.addToGroup(email, 'operator'), 'UserNotFoundException'],
])('%s is refused', async (_, attempt, name) => {
  await expect(attempt()).rejects.toThrow(code(name))
})
