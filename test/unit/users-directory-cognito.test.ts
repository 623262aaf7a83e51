import {
  AdminAddUserToGroupCommand,
  AdminCreateUserCommand,
  AdminDeleteUserCommand,
  AdminGetUserCommand,
  AdminInitiateAuthCommand,
  AdminSetUserPasswordCommand,
  AdminUpdateUserAttributesCommand,
  AliasExistsException,
  CognitoIdentityProviderClient,
  DescribeUserPoolClientCommand,
  GetTokensFromRefreshTokenCommand,
  InternalErrorException,
  InvalidLambdaResponseException,
  InvalidParameterException,
  InvalidPasswordException,
  NotAuthorizedException,
  TooManyRequestsException,
  UnexpectedLambdaException,
  UserLambdaValidationException,
  UserNotFoundException,
  UsernameExistsException,
} from '@aws-sdk/client-cognito-identity-provider'
import { createHmac } from 'node:crypto'
import { mockClient } from 'aws-sdk-client-mock'
import { beforeEach, describe, expect, it } from 'vitest'
import { refuse } from '../../functions/runtime/errors.ts'
import { cognitoDirectory } from '../../functions/users/adapters/directory.cognito.ts'

const cognito = mockClient(CognitoIdentityProviderClient)
const hour = 3_600_000
const pool = {
  client: new CognitoIdentityProviderClient({ region: 'eu-west-1' }),
  once: new CognitoIdentityProviderClient({ region: 'eu-west-1' }),
  poolId: 'pool',
  clientId: 'client',
  clock: { now: () => 10 * hour, sleep: async () => {} },
}
const directory = cognitoDirectory(pool)

const failure = { message: 'no', $metadata: {} }
const tokenOf = (claims: object): string => `x.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.y`
const session = { origin_jti: 'session-1', auth_time: 7 }
const tokens = {
  AccessToken: tokenOf({ ...session, sub: 'sub-1', 'cognito:groups': ['operator'] }),
  IdToken: tokenOf({ sub: 'sub-1', email: 'a@b.test' }),
  RefreshToken: 'refresh',
  ExpiresIn: 3_600,
}
const named = [{ Name: 'sub', Value: 'sub-1' }]
const calls = () =>
  cognito
    .calls()
    .map(({ args: [command] }) => [command.constructor.name, command.input] as const)
    // The secret of the client is asked for once, by whichever test comes first.
    .filter(([name]) => name !== 'DescribeUserPoolClientCommand')
const names = () => calls().map(([name]) => name)

beforeEach(() => {
  cognito.reset()
  cognito.on(DescribeUserPoolClientCommand).resolves({ UserPoolClient: { ClientSecret: 'secret' } })
  cognito.on(AdminCreateUserCommand).resolves({ User: { Attributes: named } })
  cognito.on(AdminGetUserCommand).resolves({ UserAttributes: named, Username: 'sub-1' })
  cognito.on(AdminAddUserToGroupCommand).resolves({})
  cognito.on(AdminSetUserPasswordCommand).resolves({})
  cognito.on(AdminInitiateAuthCommand).resolves({ AuthenticationResult: tokens })
})

describe('registering with Cognito', () => {
  let used: boolean
  const register = () => directory.register('a@b.test', 'Secret-1!', async () => used, refuse)
  beforeEach(() => {
    used = false
  })

  it('makes a customer whose password becomes permanent last', async () => {
    expect(await register()).toEqual({ id: 'sub-1', email: 'a@b.test', roles: ['customer'] })
    expect(names()).toEqual(['AdminCreateUserCommand', 'AdminAddUserToGroupCommand', 'AdminSetUserPasswordCommand'])
    expect(calls()[0]?.[1]).toMatchObject({ MessageAction: 'SUPPRESS', TemporaryPassword: 'Secret-1!' })
    expect(calls()[2]?.[1]).toMatchObject({ Username: 'sub-1', Permanent: true })
  })

  it.each([
    ['before its password was permanent', { ChallengeName: 'NEW_PASSWORD_REQUIRED' as const }],
    ['after it', { AuthenticationResult: tokens }],
  ])('goes on for the same password when it stopped %s', async (_, answer) => {
    cognito.on(AdminCreateUserCommand).rejects(new UsernameExistsException(failure))
    cognito.on(AdminInitiateAuthCommand).resolves(answer)
    expect(await register()).toMatchObject({ id: 'sub-1' })
    expect(names().slice(-2)).toEqual(['AdminAddUserToGroupCommand', 'AdminSetUserPasswordCommand'])
  })

  it('refuses an email that is there with another password, and changes nothing of it', async () => {
    cognito.on(AdminCreateUserCommand).rejects(new UsernameExistsException(failure))
    cognito.on(AdminInitiateAuthCommand).rejects(new NotAuthorizedException(failure))
    await expect(register()).rejects.toMatchObject({ status: 409, code: 'email_taken' })
    expect(names()).toEqual(['AdminCreateUserCommand', 'AdminGetUserCommand', 'AdminInitiateAuthCommand'])
  })

  it('tries no password of an account that has a profile', async () => {
    used = true
    cognito.on(AdminCreateUserCommand).rejects(new UsernameExistsException(failure))
    await expect(register()).rejects.toMatchObject({ status: 409, code: 'email_taken' })
    expect(names()).toEqual(['AdminCreateUserCommand', 'AdminGetUserCommand'])
  })

  it('is unavailable while another registration takes the place of the account', async () => {
    cognito.on(AdminCreateUserCommand).rejects(new UsernameExistsException(failure))
    cognito.on(AdminInitiateAuthCommand).rejects(new UserNotFoundException(failure))
    cognito.on(AdminGetUserCommand).rejects(new UserNotFoundException(failure))
    await expect(register()).rejects.toMatchObject({ status: 503, code: 'unavailable' })
  })

  describe('an email whose registration stopped half-way long ago', () => {
    const origin = { Name: 'custom:origin', Value: 'registration' }
    const halfWay = {
      Username: 'sub-1',
      UserStatus: 'FORCE_CHANGE_PASSWORD' as const,
      UserAttributes: [...named, origin],
      UserCreateDate: new Date(8 * hour),
    }
    beforeEach(() => {
      cognito
        .on(AdminCreateUserCommand)
        .rejectsOnce(new UsernameExistsException(failure))
        .resolves({
          User: { Attributes: [{ Name: 'sub', Value: 'sub-2' }] },
        })
      cognito.on(AdminInitiateAuthCommand).rejects(new NotAuthorizedException(failure))
      cognito.on(AdminGetUserCommand).resolves(halfWay)
      cognito.on(AdminDeleteUserCommand).resolves({})
    })

    it('is free again, with an account of its own', async () => {
      expect(await register()).toMatchObject({ id: 'sub-2' })
      expect(calls().find(([name]) => name === 'AdminDeleteUserCommand')?.[1]).toMatchObject({ Username: 'sub-1' })
    })

    it('is that also when another registration has deleted the rest a moment before', async () => {
      cognito.on(AdminDeleteUserCommand).rejects(new UserNotFoundException(failure))
      expect(await register()).toMatchObject({ id: 'sub-2' })
    })

    it('goes to one of two registrations at once', async () => {
      cognito.on(AdminCreateUserCommand).rejects(new UsernameExistsException(failure))
      await expect(register()).rejects.toMatchObject({ code: 'email_taken' })
    })

    it.each<[string, Partial<typeof halfWay> | { readonly UserStatus: 'CONFIRMED' }]>([
      ['an operator has prepared it', { UserAttributes: named }],
      ['it is finished', { UserStatus: 'CONFIRMED' }],
      ['it may still be under way', { UserCreateDate: new Date(9.5 * hour) }],
    ])('is taken when %s', async (_, more) => {
      cognito.on(AdminGetUserCommand).resolves({ ...halfWay, ...more })
      await expect(register()).rejects.toMatchObject({ code: 'email_taken' })
      expect(names()).not.toContain('AdminDeleteUserCommand')
    })

    it('is taken when the account has been used', async () => {
      used = true
      await expect(register()).rejects.toMatchObject({ code: 'email_taken' })
      expect(names()).not.toContain('AdminDeleteUserCommand')
    })
  })

  it('names the password that Cognito refuses by its form', async () => {
    const message = "1 validation error detected: Value at 'temporaryPassword' failed to satisfy constraint"
    cognito.on(AdminCreateUserCommand).rejects(new InvalidParameterException({ ...failure, message }))
    await expect(register()).rejects.toMatchObject({ status: 400, errors: [{ path: 'password' }] })
  })

  it('names the password that breaks the policy', async () => {
    cognito.on(AdminCreateUserCommand).rejects(new InvalidPasswordException(failure))
    await expect(register()).rejects.toMatchObject({ status: 400, errors: [{ path: 'password' }] })
  })
})

describe('signing in with Cognito', () => {
  const signIn = () => directory.signIn('a@b.test', 'Secret-1!', refuse)

  it('reads id and roles from the access token and the email from the id token', async () => {
    expect(await signIn()).toEqual({
      accessToken: tokens.AccessToken,
      refreshToken: 'refresh',
      expiresIn: 3_600,
      account: { id: 'sub-1', email: 'a@b.test', roles: ['operator'] },
      session: { id: 'session-1', beganAt: 7_000 },
    })
  })

  it('takes a user in no group for a customer', async () => {
    const AccessToken = tokenOf({ ...session, sub: 'sub-1' })
    cognito.on(AdminInitiateAuthCommand).resolves({ AuthenticationResult: { ...tokens, AccessToken } })
    expect(await signIn()).toMatchObject({ account: { roles: ['customer'] } })
  })

  it('answers an unknown email and a wrong password alike', async () => {
    const problems: unknown[] = []
    for (const error of [new UserNotFoundException(failure), new NotAuthorizedException(failure)]) {
      cognito.on(AdminInitiateAuthCommand).rejects(error)
      problems.push(await signIn().catch((problem: unknown) => problem))
    }
    expect(problems[0]).toMatchObject({ status: 401, code: 'wrong_credentials' })
    expect(problems[1]).toEqual(problems[0])
  })

  it('knows a locked account from a wrong password', async () => {
    const message = 'Password attempts exceeded'
    cognito.on(AdminInitiateAuthCommand).rejects(new NotAuthorizedException({ ...failure, message }))
    expect(await signIn()).toBe('locked')
  })

  it('answers that a registration is not finished', async () => {
    cognito.on(AdminInitiateAuthCommand).resolves({ ChallengeName: 'NEW_PASSWORD_REQUIRED' })
    await expect(signIn()).rejects.toMatchObject({ status: 403, code: 'registration_unfinished' })
  })

  it.each([
    [new TooManyRequestsException(failure), 429, 'too_many_requests'],
    [new InternalErrorException(failure), 503, 'unavailable'],
    [new UnexpectedLambdaException(failure), 503, 'unavailable'],
    [new UserLambdaValidationException(failure), 503, 'unavailable'],
    [new InvalidLambdaResponseException(failure), 503, 'unavailable'],
    [Object.assign(new Error('late'), { name: 'TimeoutError' }), 503, 'unavailable'],
    [Object.assign(new Error('closed'), { code: 'ECONNREFUSED' }), 503, 'unavailable'],
  ])('turns %s into %i', async (error, status, code) => {
    cognito.on(AdminInitiateAuthCommand).rejects(error)
    await expect(signIn()).rejects.toMatchObject({ status, code, headers: { 'retry-after': '1' } })
  })

  it('leaves what it does not know as it is', async () => {
    const unknown = new Error('what is this?')
    cognito.on(AdminInitiateAuthCommand).rejects(unknown)
    await expect(signIn()).rejects.toBe(unknown)
  })
})

describe('the password and the email of an account of Cognito', () => {
  it('are proven with a hash of the secret of the client, and the wrong one is none', async () => {
    expect(await directory.isPassword('sub-1', 'Secret-1!', refuse)).toBe(true)
    const SECRET_HASH = createHmac('sha256', 'secret').update('sub-1client').digest('base64')
    expect(calls()[0]?.[1]).toMatchObject({ AuthParameters: { USERNAME: 'sub-1', SECRET_HASH } })
    cognito.on(AdminInitiateAuthCommand).rejects(new NotAuthorizedException(failure))
    expect(await directory.isPassword('sub-1', 'Other-12', refuse)).toBe(false)
  })

  it('have codes hashed with a key that is made of the secret, the same in each process', async () => {
    const another = cognitoDirectory(pool)
    const key = await directory.codeKey(refuse)
    expect(key).toMatch(/^[\w-]{43}$/)
    expect(await another.codeKey(refuse)).toBe(key)
    cognito.on(DescribeUserPoolClientCommand).resolves({ UserPoolClient: { ClientSecret: 'other' } })
    expect(await cognitoDirectory(pool).codeKey(refuse)).not.toBe(key)
    cognito.on(DescribeUserPoolClientCommand).resolves({ UserPoolClient: {} })
    await expect(cognitoDirectory(pool).codeKey(refuse)).rejects.toThrow('no secret')
  })

  it('are replaced, the password for good', async () => {
    await directory.setPassword('sub-1', 'Secret-1!', refuse)
    expect(calls()[0]?.[1]).toMatchObject({ Username: 'sub-1', Password: 'Secret-1!', Permanent: true })
  })

  it('are found by the email, with whether it may sign in', async () => {
    cognito.on(AdminGetUserCommand).resolves({ UserAttributes: named, Username: 'sub-1', Enabled: true })
    expect(await directory.find('a@b.test', refuse)).toEqual({ id: 'sub-1', enabled: true })
    cognito.on(AdminGetUserCommand).rejects(new UserNotFoundException(failure))
    expect(await directory.find('a@b.test', refuse)).toBeUndefined()
  })

  it('are not those of another account', async () => {
    cognito.on(AdminUpdateUserAttributesCommand).resolves({})
    expect(await directory.setEmail('sub-1', 'b@b.test', refuse)).toBe('set')
    cognito.on(AdminUpdateUserAttributesCommand).rejects(new AliasExistsException(failure))
    expect(await directory.setEmail('sub-1', 'c@b.test', refuse)).toBe('taken')
  })
})

describe('refreshing with Cognito', () => {
  it('keeps the refresh token, of which Cognito sends none', async () => {
    const { RefreshToken: _, ...others } = tokens
    cognito.on(GetTokensFromRefreshTokenCommand).resolves({ AuthenticationResult: others })
    expect(await directory.refresh('mine', refuse)).toMatchObject({ refreshToken: 'mine', account: { id: 'sub-1' } })
    expect(calls()[0]?.[1]).toEqual({ ClientId: 'client', ClientSecret: 'secret', RefreshToken: 'mine' })
  })

  it.each([
    ['is no longer good', new NotAuthorizedException(failure)],
    ['has not the form of one', new InvalidParameterException(failure)],
  ])('refuses a token that %s', async (_, error) => {
    cognito.on(GetTokensFromRefreshTokenCommand).rejects(error)
    await expect(directory.refresh('old', refuse)).rejects.toMatchObject({ status: 401, code: 'wrong_credentials' })
  })
})
