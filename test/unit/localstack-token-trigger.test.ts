import type { PreTokenGenerationV2TriggerEvent } from 'aws-lambda'
import { decodeJwt } from 'jose'
import { beforeAll, describe, expect, test } from 'vitest'
import { handler } from '../../functions/platform/tokens.ts'
import { ownOperations } from '../../localstack/cognito/own-api.ts'
import type { InvokeTrigger } from '../../localstack/cognito/token-trigger.ts'
import { type Issuer, createIssuer } from '../../localstack/cognito/tokens.ts'
import { UserPool } from '../../localstack/cognito/user-pool.ts'
import { AwsError } from '../../localstack/endpoint/aws-error.ts'
import type { Call } from '../../localstack/endpoint/call.ts'

let issuer: Issuer
const email = 'me@holdfast.test'
const password = 'Secret-12'

beforeAll(async () => {
  issuer = await createIssuer('https://issuer.test/pool', Date.now)
})

async function signedIn(trigger?: InvokeTrigger) {
  const client = {
    id: 'client',
    flows: ['ALLOW_ADMIN_USER_PASSWORD_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'],
    writes: ['locale'],
    accessSeconds: 900,
    idSeconds: 900,
    refreshSeconds: 86_400,
    hidesUsers: true,
  }
  const policy = { minimumLength: 8, lowercase: true, uppercase: true, numbers: true, symbols: true, temporaryDays: 7 }
  const settings = { id: 'us-east-1_pool', arn: 'arn', policy, customAttributes: [], groups: [], clients: [client] }
  const pool = new UserPool(settings, issuer, Date.now, trigger)
  const { id } = await pool.create(email, new Map(), password)
  await pool.setPassword(id, password, true)
  const tokens = await pool.signIn('client', 'ADMIN_USER_PASSWORD_AUTH', email, password)
  const operations = ownOperations(new Map([['pool', pool]]))
  const call = async (operation: string, input: object = {}, AccessToken = tokens?.AccessToken ?? '') =>
    operations[operation]?.({ operation, input: { AccessToken, ...input } } as unknown as Call)
  return { id, pool, tokens, call }
}

const answering = (payload: unknown) => async () => ({ requestId: 'r', payload })

describe('the trigger of a pool', () => {
  test('is invoked for a sign-in and a refresh, with the event of AWS', async () => {
    const events: PreTokenGenerationV2TriggerEvent[] = []
    const { id, pool, tokens } = await signedIn(async (event) => {
      events.push(event)
      return { requestId: 'r', payload: event }
    })
    await pool.refresh('client', tokens?.RefreshToken ?? '')
    expect(events.map(({ triggerSource }) => triggerSource)).toEqual([
      'TokenGeneration_Authentication',
      'TokenGeneration_RefreshTokens',
    ])
    expect(events[0]).toMatchObject({
      version: '2',
      region: 'us-east-1',
      userPoolId: 'us-east-1_pool',
      userName: id,
      callerContext: { clientId: 'client' },
      request: { userAttributes: { sub: id, email }, scopes: ['aws.cognito.signin.user.admin'] },
    })
  })

  test('takes the scope of self-service from access tokens, and nothing else', async () => {
    const { id, tokens } = await signedIn(async (event) => ({ requestId: 'r', payload: await handler(event) }))
    const claims = decodeJwt(tokens?.AccessToken ?? '')
    expect(claims).toMatchObject({ sub: id, client_id: 'client', token_use: 'access', username: id })
    expect(claims).not.toHaveProperty('scope')
  })

  test('adds scopes', async () => {
    const claimsAndScopeOverrideDetails = { accessTokenGeneration: { scopesToAdd: ['shop/read'] } }
    const { tokens } = await signedIn(answering({ response: { claimsAndScopeOverrideDetails } }))
    expect(decodeJwt(tokens?.AccessToken ?? '')['scope']).toBe('aws.cognito.signin.user.admin shop/read')
  })

  test.each<[string, InvokeTrigger, string]>([
    [
      'fails',
      async () => ({ requestId: 'r', payload: { errorMessage: 'no' }, functionError: 'Unhandled' }),
      'UserLambdaValidationException',
    ],
    [
      'may not be invoked',
      () => Promise.reject(new AwsError('AccessDeniedException', 'no')),
      'UnexpectedLambdaException',
    ],
    ['answers something else', answering('signed'), 'InvalidLambdaResponseException'],
  ])('lets nobody sign in where it %s', async (_, trigger, name) => {
    await expect(signedIn(trigger)).rejects.toMatchObject({ code: name })
  })
})

describe('without a trigger users act on themselves:', () => {
  test('they change their password by the old one', async () => {
    const { pool, call } = await signedIn()
    const ProposedPassword = `${password}3`
    await expect(call('ChangePassword', { PreviousPassword: 'Wrong-12', ProposedPassword })).rejects.toMatchObject({
      code: 'NotAuthorizedException',
    })
    await call('ChangePassword', { PreviousPassword: password, ProposedPassword })
    expect(await pool.signIn('client', 'ADMIN_USER_PASSWORD_AUTH', email, ProposedPassword)).toBeDefined()
  })

  test('they change the attributes that the client may write', async () => {
    const { call } = await signedIn()
    await call('UpdateUserAttributes', { UserAttributes: [{ Name: 'locale', Value: 'de' }] })
    expect(await call('GetUser')).toMatchObject({
      UserAttributes: expect.arrayContaining([{ Name: 'locale', Value: 'de' }]) as unknown,
    })
    await expect(
      call('UpdateUserAttributes', { UserAttributes: [{ Name: 'email', Value: 'eve@holdfast.test' }] }),
    ).rejects.toMatchObject({ code: 'NotAuthorizedException' })
  })

  test('they end their sessions, and delete themselves', async () => {
    const { pool, tokens, call } = await signedIn()
    await call('GlobalSignOut')
    await expect(pool.refresh('client', tokens?.RefreshToken ?? '')).rejects.toThrow('Invalid Refresh Token')
    await call('DeleteUser')
    expect(pool.users()).toEqual([])
  })

  test('but not by another token, and not what the local stack does not run', async () => {
    const { tokens, call } = await signedIn()
    for (const token of [tokens?.IdToken, 'none'])
      await expect(call('GetUser', {}, token)).rejects.toThrow('Invalid Access Token')
    await expect(call('ListDevices')).rejects.toThrow('does not run ListDevices')
  })
})
