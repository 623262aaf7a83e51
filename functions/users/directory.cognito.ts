import {
  AdminAddUserToGroupCommand,
  AdminCreateUserCommand,
  AdminGetUserCommand,
  AdminInitiateAuthCommand,
  type AdminInitiateAuthCommandInput,
  type AuthenticationResultType,
  AdminSetUserPasswordCommand,
  type AttributeType,
  CognitoIdentityProviderClient,
  CognitoIdentityProviderServiceException,
} from '@aws-sdk/client-cognito-identity-provider'
import * as z from 'zod'
import { clientSettings } from '../runtime/aws.ts'
import { env, required } from '../runtime/env.ts'
import { HttpProblem } from '../runtime/errors.ts'
import { type Directory, type SignedIn, emailTaken, wrongCredentials } from './directory.ts'
import { rolesOf } from './user.ts'

export interface Pool {
  readonly client: CognitoIdentityProviderClient
  readonly poolId: string
  /** The app client; allows ADMIN_USER_PASSWORD_AUTH and REFRESH_TOKEN_AUTH, has no secret. */
  readonly clientId: string
}

/**
 * Amazon Cognito as the directory; the pool signs in by email.
 *
 * A registration takes three calls. The first leaves the password as a temporary one, so that whoever comes again with the same
 * password after a crash is known to be the same, and nobody can take over an account that an operator has prepared; the last makes
 * it permanent, so that who can sign in is complete.
 */
export function cognitoDirectory({ client, poolId, clientId }: Pool): Directory {
  const authenticate = (input: Pick<AdminInitiateAuthCommandInput, 'AuthFlow' | 'AuthParameters'>) =>
    client.send(new AdminInitiateAuthCommand({ UserPoolId: poolId, ClientId: clientId, ...input }))

  const withPassword = (email: string, password: string) =>
    authenticate({ AuthFlow: 'ADMIN_USER_PASSWORD_AUTH', AuthParameters: { USERNAME: email, PASSWORD: password } })

  async function created(email: string, password: string): Promise<string> {
    const { User } = await client.send(
      new AdminCreateUserCommand({
        UserPoolId: poolId,
        Username: email,
        TemporaryPassword: password,
        MessageAction: 'SUPPRESS',
        UserAttributes: [
          { Name: 'email', Value: email },
          { Name: 'email_verified', Value: 'true' },
        ],
      }),
    )
    return subOf(User?.Attributes)
  }

  /** The id of the account that is there, if the password is its own, temporary or not. */
  async function recognised(email: string, password: string): Promise<string> {
    try {
      await withPassword(email, password)
    } catch (error) {
      if (isWrongCredentials(error)) throw emailTaken()
      throw error
    }
    const { UserAttributes } = await client.send(new AdminGetUserCommand({ UserPoolId: poolId, Username: email }))
    return subOf(UserAttributes)
  }

  return {
    register: (email, password) =>
      translated(async () => {
        const id = await created(email, password).catch((error: unknown) => {
          if (named(error, 'UsernameExistsException')) return recognised(email, password)
          throw error
        })
        const user = { UserPoolId: poolId, Username: id }
        await client.send(new AdminAddUserToGroupCommand({ ...user, GroupName: 'customer' }))
        await client.send(new AdminSetUserPasswordCommand({ ...user, Password: password, Permanent: true }))
        return { id, email, roles: ['customer'] }
      }),

    signIn: (email, password) =>
      translated(async () => {
        const { AuthenticationResult, ChallengeName } = await withPassword(email, password)
        if (ChallengeName === 'NEW_PASSWORD_REQUIRED') throw registrationUnfinished()
        return signedIn(AuthenticationResult)
      }),

    refresh: (refreshToken) =>
      translated(async () => {
        const { AuthenticationResult } = await authenticate({
          AuthFlow: 'REFRESH_TOKEN_AUTH',
          AuthParameters: { REFRESH_TOKEN: refreshToken },
        })
        return signedIn({ ...AuthenticationResult, RefreshToken: refreshToken })
      }),
  }
}

/** The pool that the environment names. */
export const liveDirectory = (): Directory =>
  cognitoDirectory({
    client: new CognitoIdentityProviderClient(clientSettings),
    poolId: required(env.userPool),
    clientId: required(env.userPoolClient),
  })

function subOf(attributes: readonly AttributeType[] | undefined): string {
  const sub = attributes?.find(({ Name }) => Name === 'sub')?.Value
  if (sub === undefined) throw new Error('Cognito named no sub of the user.')
  return sub
}

const Tokens = z.object({
  AccessToken: z.string(),
  IdToken: z.string(),
  RefreshToken: z.string(),
  ExpiresIn: z.int(),
})
const AccessClaims = z.object({ sub: z.string(), 'cognito:groups': z.array(z.string()).default([]) })
const IdClaims = z.object({ email: z.string() })

function signedIn(result: AuthenticationResultType | undefined): SignedIn {
  const { AccessToken, IdToken, RefreshToken, ExpiresIn } = Tokens.parse(result)
  const access = AccessClaims.parse(claimsOf(AccessToken))
  const { email } = IdClaims.parse(claimsOf(IdToken))
  return {
    accessToken: AccessToken,
    refreshToken: RefreshToken,
    expiresIn: ExpiresIn,
    account: { id: access.sub, email, roles: rolesOf(access['cognito:groups']) },
  }
}

// Not verified: the token comes from Cognito itself, over TLS.
function claimsOf(token: string): unknown {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'))
}

const named = (error: unknown, ...names: readonly string[]): boolean =>
  error instanceof CognitoIdentityProviderServiceException && names.includes(error.name)

const isWrongCredentials = (error: unknown): boolean =>
  named(
    error,
    'NotAuthorizedException',
    'UserNotFoundException',
    'UserNotConfirmedException',
    'PasswordResetRequiredException',
  )

const registrationUnfinished = (): HttpProblem =>
  new HttpProblem(
    403,
    'registration_unfinished',
    'The password is still a temporary one. Register with the same email and password to finish.',
  )

/** The one place where an error of Cognito becomes a problem; whatever has no name here is a fault of this service. */
async function translated<Result>(call: () => Promise<Result>): Promise<Result> {
  try {
    return await call()
  } catch (error) {
    throw problemOf(error) ?? error
  }
}

function problemOf(error: unknown): HttpProblem | undefined {
  if (isWrongCredentials(error)) return wrongCredentials()
  if (named(error, 'InvalidPasswordException')) {
    return new HttpProblem(400, 'validation_failed', 'The password is not allowed so.', {
      errors: [{ path: 'password', message: 'breaks the password policy' }],
    })
  }
  if (named(error, 'TooManyRequestsException', 'LimitExceededException')) {
    return new HttpProblem(429, 'too_many_requests', 'Too many at once. Try again in a moment.', {
      headers: { 'retry-after': '1' },
    })
  }
  if (named(error, 'InternalErrorException') || unanswered(error)) {
    return new HttpProblem(503, 'unavailable', 'Sign-in is not reachable. Try again.', {
      headers: { 'retry-after': '1' },
    })
  }
  return undefined
}

// What the SDK throws when its last attempt got no answer, or one of the 5xx kind.
function unanswered(error: unknown): boolean {
  if (error instanceof CognitoIdentityProviderServiceException) return (error.$metadata.httpStatusCode ?? 0) >= 500
  const { name, code } = error as { readonly name?: string; readonly code?: string }
  return name === 'TimeoutError' || code === 'ECONNREFUSED' || code === 'ECONNRESET'
}
