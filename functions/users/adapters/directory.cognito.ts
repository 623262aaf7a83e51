import {
  AdminAddUserToGroupCommand,
  AdminCreateUserCommand,
  AdminDeleteUserCommand,
  AdminDisableUserCommand,
  AdminEnableUserCommand,
  AdminGetUserCommand,
  type AdminGetUserCommandOutput,
  AdminInitiateAuthCommand,
  type AdminInitiateAuthCommandInput,
  AdminListGroupsForUserCommand,
  AdminRemoveUserFromGroupCommand,
  type AuthenticationResultType,
  AdminSetUserPasswordCommand,
  type AttributeType,
  CognitoIdentityProviderClient,
  CognitoIdentityProviderServiceException,
} from '@aws-sdk/client-cognito-identity-provider'
import * as z from 'zod'
import { clientSettings } from '../../runtime/aws.ts'
import { type Clock, systemClock } from '../../runtime/clock.ts'
import { env, required } from '../../runtime/env.ts'
import type { HttpProblem, Refuse } from '../../runtime/errors.ts'
import { type Directory, type Failure, type SignedIn, emailTaken, wrongCredentials } from './directory.ts'
import { rolesOf } from '../core/user.ts'

export interface Pool {
  readonly client: CognitoIdentityProviderClient
  readonly poolId: string
  /** The app client; allows ADMIN_USER_PASSWORD_AUTH and REFRESH_TOKEN_AUTH, has no secret. */
  readonly clientId: string
  readonly clock: Clock
}

/** The attribute of an account that records its origin; it cannot be changed. */
const origin = { Name: 'custom:origin', Value: 'registration' }
/** A registration takes a second. Whatever of it is left half-way after an hour was given up. */
const givenUpAfterMs = 3_600_000

/**
 * Amazon Cognito as the directory; the pool signs in by email.
 *
 * A registration takes three calls. The first leaves the password as a temporary one: after a crash the same password goes on with the
 * registration, and no other takes over an account that an operator has prepared. The last makes it permanent: an account that can
 * sign in is complete. A temporary password ends after seven days, and people forget what they typed: an unused account that a
 * registration made, and that never had a permanent password, is deleted after an hour, for the next one. It has another id then; of two
 * registrations at once only one makes the account.
 */
export function cognitoDirectory({ client, poolId, clientId, clock }: Pool): Directory {
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
        UserAttributes: [{ Name: 'email', Value: email }, { Name: 'email_verified', Value: 'true' }, origin],
      }),
    )
    return subOf(User?.Attributes)
  }

  const accountOf = (email: string) => client.send(new AdminGetUserCommand({ UserPoolId: poolId, Username: email }))

  /** Whether the password is that of the account, temporary or not. */
  async function isOwn(email: string, password: string): Promise<boolean> {
    try {
      await withPassword(email, password)
      return true
    } catch (error) {
      if (isWrongCredentials(error)) return false
      throw error
    }
  }

  /** The id of the account that is there, if the password is its own, or of a new one in place of one that was given up. */
  async function takenUp(...[email, password, isUsed, refuse]: Parameters<Directory['register']>): Promise<string> {
    if (await isOwn(email, password)) return subOf((await accountOf(email)).UserAttributes)
    const account = await accountOf(email)
    if (!isGivenUp(account, clock.now()) || (await isUsed(subOf(account.UserAttributes)))) throw emailTaken(refuse)
    // By its id: the account of a faster registration has another one.
    await client
      .send(new AdminDeleteUserCommand({ UserPoolId: poolId, Username: account.Username }))
      .catch(unless('UserNotFoundException'))
    return created(email, password).catch((error: unknown) => {
      throw named(error, 'UsernameExistsException') ? emailTaken(refuse) : error
    })
  }

  return {
    register: (email, password, isUsed, refuse) =>
      translated(refuse, accountLost, async () => {
        const id = await created(email, password).catch((error: unknown) => {
          if (named(error, 'UsernameExistsException')) return takenUp(email, password, isUsed, refuse)
          throw error
        })
        const user = { UserPoolId: poolId, Username: id }
        await client.send(new AdminAddUserToGroupCommand({ ...user, GroupName: 'customer' }))
        await client.send(new AdminSetUserPasswordCommand({ ...user, Password: password, Permanent: true }))
        return { id, email, roles: ['customer'] }
      }),

    signIn: (email, password, refuse) =>
      translated(
        refuse,
        () => wrongCredentials(refuse),
        async () => {
          const { AuthenticationResult, ChallengeName } = await withPassword(email, password)
          if (ChallengeName === 'NEW_PASSWORD_REQUIRED') throw registrationUnfinished(refuse)
          return signedIn(AuthenticationResult)
        },
      ),

    setRoles: (id, wanted, refuse) =>
      translated(refuse, accountLost, async () => {
        const user = { UserPoolId: poolId, Username: id }
        const { Groups = [] } = await client.send(new AdminListGroupsForUserCommand(user))
        const held = Groups.flatMap(({ GroupName }) => GroupName ?? [])
        for (const GroupName of wanted)
          if (!held.includes(GroupName)) await client.send(new AdminAddUserToGroupCommand({ ...user, GroupName }))
        for (const GroupName of held)
          if (!wanted.some((role) => role === GroupName))
            await client.send(new AdminRemoveUserFromGroupCommand({ ...user, GroupName }))
      }),

    setEnabled: (id, enabled, refuse) =>
      translated(refuse, accountLost, async () => {
        const user = { UserPoolId: poolId, Username: id }
        await client.send(enabled ? new AdminEnableUserCommand(user) : new AdminDisableUserCommand(user))
      }),

    refresh: (refreshToken, refuse) =>
      translated(
        refuse,
        () => wrongCredentials(refuse),
        async () => {
          const { AuthenticationResult } = await authenticate({
            AuthFlow: 'REFRESH_TOKEN_AUTH',
            AuthParameters: { REFRESH_TOKEN: refreshToken },
          })
          return signedIn({ ...AuthenticationResult, RefreshToken: refreshToken })
        },
      ),
  }
}

/** The pool that the environment names. */
export const liveDirectory = (): Directory =>
  cognitoDirectory({
    client: new CognitoIdentityProviderClient(clientSettings),
    poolId: required(env.userPool),
    clientId: required(env.userPoolClient),
    clock: systemClock,
  })

/** Whether a registration has left the account half-way so long ago that it was given up. */
function isGivenUp({ UserStatus, UserAttributes, UserCreateDate }: AdminGetUserCommandOutput, now: number): boolean {
  const isRegistration = UserAttributes?.some(({ Name, Value }) => Name === origin.Name && Value === origin.Value)
  if (!isRegistration || UserStatus !== 'FORCE_CHANGE_PASSWORD' || UserCreateDate === undefined) return false
  return now - UserCreateDate.getTime() > givenUpAfterMs
}

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
const AccessClaims = z.object({
  sub: z.string(),
  'cognito:groups': z.array(z.string()).default([]),
  origin_jti: z.string(),
  auth_time: z.int(),
})
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
    session: { id: access.origin_jti, beganAt: access.auth_time * 1_000 },
  }
}

// Not verified: the token comes from Cognito itself, over TLS.
function claimsOf(token: string): unknown {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'))
}

const named = (error: unknown, ...names: readonly string[]): boolean =>
  error instanceof CognitoIdentityProviderServiceException && names.includes(error.name)

/** Lets an error of that name pass as done. */
const unless =
  (name: string) =>
  (error: unknown): void => {
    if (!named(error, name)) throw error
  }

const isWrongCredentials = (error: unknown): boolean =>
  named(
    error,
    'NotAuthorizedException',
    'UserNotFoundException',
    'UserNotConfirmedException',
    'PasswordResetRequiredException',
  )

const registrationUnfinished = (refuse: Refuse<'registration_unfinished'>) =>
  refuse(
    'registration_unfinished',
    'The password is still a temporary one. Register with the same email and password to finish.',
  )

/** The one place where an error of Cognito becomes a problem; whatever has no name here is a fault of this service. */
async function translated<Result>(
  refuse: Refuse<Failure>,
  /** What it comes to when the directory does not know the account, or not with these credentials. */
  unknown: (refuse: Refuse<Failure>) => HttpProblem,
  call: () => Promise<Result>,
): Promise<Result> {
  try {
    return await call()
  } catch (error) {
    throw isWrongCredentials(error) ? unknown(refuse) : (problemOf(error, refuse) ?? error)
  }
}

const retry = { headers: { 'retry-after': '1' } }

/** The account of a registration that another registration takes the place of at that moment. */
const accountLost = (refuse: Refuse<Failure>) => refuse('unavailable', 'The account is changing. Try again.', retry)

function problemOf(error: unknown, refuse: Refuse<Failure>): HttpProblem | undefined {
  // What Cognito refuses by its form: https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminCreateUser.html
  const isRefusedPassword = named(error, 'InvalidParameterException') && /'\w*password'/i.test((error as Error).message)
  if (isRefusedPassword || named(error, 'InvalidPasswordException')) {
    return refuse('validation_failed', 'The password is invalid.', {
      errors: [{ path: 'password', message: 'breaks the password policy' }],
    })
  }
  if (named(error, 'TooManyRequestsException', 'LimitExceededException')) {
    return refuse('too_many_requests', 'Too many at once. Try again in a moment.', retry)
  }
  if (named(error, 'InternalErrorException') || unanswered(error)) {
    return refuse('unavailable', 'Sign-in is not reachable. Try again.', retry)
  }
  return undefined
}

// What the SDK throws when its last attempt got no answer, or one of the 5xx kind.
function unanswered(error: unknown): boolean {
  if (error instanceof CognitoIdentityProviderServiceException) return (error.$metadata.httpStatusCode ?? 0) >= 500
  const { name, code } = error as { readonly name?: string; readonly code?: string }
  return name === 'TimeoutError' || code === 'ECONNREFUSED' || code === 'ECONNRESET'
}
