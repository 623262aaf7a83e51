import * as cognito from '@aws-sdk/client-cognito-identity-provider'
import {
  AdminInitiateAuthCommand,
  CognitoIdentityProviderClient,
  ForgotPasswordCommand,
  GetTokensFromRefreshTokenCommand,
  InitiateAuthCommand,
  SignUpCommand,
} from '@aws-sdk/client-cognito-identity-provider'
import { beforeAll, describe, expect, it } from 'vitest'
import { state } from './control.ts'
import { anonymous, isLocal, unique } from './target.ts'

/** Somebody who knows what is public of the user pool, and has a session of their own. */
let pool: CognitoIdentityProviderClient
let endpoint: string
let UserPoolId: string
let ClientId: string
let session: { readonly accessToken: string; readonly refreshToken: string }
const account = { email: `${unique('pool')}@holdfast.test`, password: 'Somebody-1!' }
const refused = { name: 'NotAuthorizedException' }

/** Every operation of Cognito that takes an access token, as the client of AWS describes their requests: name, traits and members of a structure. */
const ownOperations = Object.entries(cognito).flatMap(([name, description]) => {
  if (!name.endsWith('Request$')) return []
  const members = (description as unknown as readonly (readonly string[])[])[4]
  return members?.includes('AccessToken') ? [name.slice(0, -'Request$'.length)] : []
})

beforeAll(async () => {
  if (!isLocal) return
  const { region, outputs, ...place } = (await state()) as unknown as {
    endpoint: string
    region: string
    outputs: Record<string, Record<string, string>>
  }
  const platform = Object.values(outputs).find((stack) => stack['UserPoolId'] !== undefined)
  UserPoolId = platform?.['UserPoolId'] ?? ''
  ClientId = platform?.['UserPoolClientId'] ?? ''
  endpoint = place.endpoint
  pool = new CognitoIdentityProviderClient({
    endpoint,
    region,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  })
  await anonymous.register({ body: account })
  session = await anonymous.signIn({ body: account })
})

describe.runIf(isLocal)('past the API, at the user pool itself,', () => {
  it('nobody has a forgotten password replaced', async () => {
    await expect(pool.send(new ForgotPasswordCommand({ ClientId, Username: account.email }))).rejects.toMatchObject(
      refused,
    )
  })

  it('nobody signs up', async () => {
    const { password: Password } = account
    await expect(
      pool.send(new SignUpCommand({ ClientId, Username: 'eve@holdfast.test', Password })),
    ).rejects.toMatchObject(refused)
  })

  it.each(['USER_PASSWORD_AUTH', 'USER_SRP_AUTH', 'CUSTOM_AUTH', 'REFRESH_TOKEN_AUTH'] as const)(
    'nobody signs in or goes on by %s without the secret of the client',
    async (AuthFlow) => {
      const AuthParameters = {
        USERNAME: account.email,
        PASSWORD: account.password,
        REFRESH_TOKEN: session.refreshToken,
      }
      await expect(pool.send(new InitiateAuthCommand({ ClientId, AuthFlow, AuthParameters }))).rejects.toMatchObject({
        name: expect.stringMatching(/^(NotAuthorized|InvalidParameter)Exception$/) as string,
      })
    },
  )

  it('nobody refreshes without the secret of the client', async () => {
    const RefreshToken = session.refreshToken
    for (const ClientSecret of [undefined, 'guessed'])
      await expect(
        pool.send(
          new GetTokensFromRefreshTokenCommand({ ClientId, RefreshToken, ...(ClientSecret && { ClientSecret }) }),
        ),
      ).rejects.toMatchObject(refused)
  })

  it('not even somebody with rights in the account signs in without the secret', async () => {
    await expect(
      pool.send(
        new AdminInitiateAuthCommand({
          UserPoolId,
          ClientId,
          AuthFlow: 'ADMIN_USER_PASSWORD_AUTH',
          AuthParameters: { USERNAME: account.email, PASSWORD: account.password },
        }),
      ),
    ).rejects.toMatchObject(refused)
  })

  it.each(ownOperations)('no access token of a sign-in or a refresh lets its user call %s', async (operation) => {
    const refreshed = await anonymous.refreshSession({ body: { refreshToken: session.refreshToken } })
    for (const AccessToken of [session.accessToken, refreshed.accessToken])
      expect(await callAs(operation, AccessToken)).toMatchObject({
        __type: 'NotAuthorizedException',
        message: 'Access Token does not have required scopes',
      })
  })

  it('the account is as it was', async () => {
    expect(await anonymous.signIn({ body: account })).toMatchObject({ user: { email: account.email } })
  })
})

/** Calls the pool with a token alone, without any rights in the account. */
async function callAs(operation: string, AccessToken: string): Promise<unknown> {
  const answer = await fetch(endpoint, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': `AWSCognitoIdentityProviderService.${operation}`,
    },
    body: JSON.stringify({
      AccessToken,
      UserAttributes: [{ Name: 'locale', Value: 'de' }],
      PreviousPassword: account.password,
      ProposedPassword: `${account.password}2`,
    }),
  })
  return answer.json()
}
