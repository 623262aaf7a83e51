import {
  AdminAddUserToGroupCommand,
  AdminCreateUserCommand,
  AdminDeleteUserCommand,
  AdminDisableUserCommand,
  AdminEnableUserCommand,
  AdminGetUserCommand,
  type AdminGetUserCommandOutput,
  AdminInitiateAuthCommand,
  AdminListGroupsForUserCommand,
  AdminRemoveUserFromGroupCommand,
  type AuthenticationResultType,
  AdminSetUserPasswordCommand,
  AdminUpdateUserAttributesCommand,
  type AttributeType,
  CognitoIdentityProviderClient,
  DescribeUserPoolClientCommand,
  GetTokensFromRefreshTokenCommand,
} from '@aws-sdk/client-cognito-identity-provider'
import { createHmac, hkdfSync } from 'node:crypto'
import * as z from 'zod'
import { clientSettings } from '../../runtime/aws.ts'
import { type Clock, systemClock } from '../../runtime/clock.ts'
import { env, required } from '../../runtime/env.ts'
import {
  accountLost,
  isLocked,
  isWrongCredentials,
  named,
  orWrongForm,
  registrationUnfinished,
  translated,
  unless,
} from './cognito-errors.ts'
import { type Directory, type SignedIn, emailTaken, wrongCredentials } from './directory.ts'
import { rolesOf } from '../core/user.ts'

export interface Pool {
  readonly client: CognitoIdentityProviderClient
  /** Asks once alone: Cognito counts a wrong password each time that it is sent, also where its answer is lost. */
  readonly once: CognitoIdentityProviderClient
  readonly poolId: string
  /** The app client; allows ADMIN_USER_PASSWORD_AUTH, and has a secret. */
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
export function cognitoDirectory({ client, once, poolId, clientId, clock }: Pool): Directory {
  let asked: Promise<string> | undefined

  /** The secret of the client, asked for once. */
  function secret(): Promise<string> {
    asked ??= client
      .send(new DescribeUserPoolClientCommand({ UserPoolId: poolId, ClientId: clientId }))
      .then(({ UserPoolClient }) => UserPoolClient?.ClientSecret ?? '')
    asked.catch(() => {
      asked = undefined
    })
    return asked
  }

  /** Signs in by email or id. */
  async function withPassword(name: string, password: string) {
    const SECRET_HASH = secretHash(await secret(), name, clientId)
    return once.send(
      new AdminInitiateAuthCommand({
        UserPoolId: poolId,
        ClientId: clientId,
        AuthFlow: 'ADMIN_USER_PASSWORD_AUTH',
        AuthParameters: { USERNAME: name, PASSWORD: password, SECRET_HASH },
      }),
    )
  }

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
  async function isOwn(name: string, password: string): Promise<boolean | 'locked'> {
    try {
      await withPassword(name, password)
      return true
    } catch (error) {
      if (isLocked(error)) return 'locked'
      if (isWrongCredentials(error)) return false
      throw error
    }
  }

  /** The id of the account that is there, if the password is its own, or of a new one in place of one that was given up. */
  async function takenUp(...[email, password, isUsed, refuse]: Parameters<Directory['register']>): Promise<string> {
    const account = await accountOf(email)
    const id = subOf(account.UserAttributes)
    // Nobody tries the passwords of others by registering, and no wrong one locks them.
    if (await isUsed(id)) throw emailTaken(refuse)
    if ((await isOwn(email, password)) === true) return id
    if (!isGivenUp(account, clock.now())) throw emailTaken(refuse)
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
          const answer = await withPassword(email, password).catch((error: unknown): 'locked' => {
            if (isLocked(error)) return 'locked'
            throw error
          })
          if (answer === 'locked') return answer
          const { AuthenticationResult, ChallengeName } = answer
          if (ChallengeName === 'NEW_PASSWORD_REQUIRED') throw registrationUnfinished(refuse)
          return signedIn(AuthenticationResult)
        },
      ),

    find: (email, refuse) =>
      translated(refuse, accountLost, async () => {
        const found = await accountOf(email).catch(unless('UserNotFoundException'))
        if (!found) return undefined
        return { id: subOf(found.UserAttributes), enabled: found.Enabled ?? false }
      }),

    isPassword: (id, password, refuse) => translated(refuse, accountLost, () => isOwn(id, password)),

    setPassword: (id, password, refuse) =>
      translated(refuse, accountLost, async () => {
        await client.send(
          new AdminSetUserPasswordCommand({ UserPoolId: poolId, Username: id, Password: password, Permanent: true }),
        )
      }),

    setEmail: (id, email, refuse) =>
      translated(refuse, accountLost, async () => {
        const UserAttributes = [
          { Name: 'email', Value: email },
          { Name: 'email_verified', Value: 'true' },
        ]
        try {
          await client.send(new AdminUpdateUserAttributesCommand({ UserPoolId: poolId, Username: id, UserAttributes }))
          return 'set'
        } catch (error) {
          if (named(error, 'AliasExistsException')) return 'taken'
          throw error
        }
      }),

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

    remove: async (id) => {
      await client
        .send(new AdminDeleteUserCommand({ UserPoolId: poolId, Username: id }))
        .catch(unless('UserNotFoundException'))
    },

    refresh: (refreshToken, refuse) =>
      translated(
        refuse,
        () => wrongCredentials(refuse),
        async () => {
          // REFRESH_TOKEN_AUTH hashes the secret with the name of the user, which a refresh token does not show.
          const ClientSecret = await secret()
          const { AuthenticationResult } = await client
            .send(
              new GetTokensFromRefreshTokenCommand({ ClientId: clientId, ClientSecret, RefreshToken: refreshToken }),
            )
            .catch(orWrongForm(refuse))
          return signedIn({ ...AuthenticationResult, RefreshToken: refreshToken })
        },
      ),

    codeKey: (refuse) =>
      translated(refuse, accountLost, async () => {
        const known = await secret()
        if (known === '') throw new Error('The client of the user pool has no secret.')
        return Buffer.from(hkdfSync('sha256', known, '', 'mailed codes', 32)).toString('base64url')
      }),
  }
}

/** https://docs.aws.amazon.com/cognito/latest/developerguide/signing-up-users-in-your-app.html#cognito-user-pools-computing-secret-hash */
const secretHash = (secret: string, name: string, clientId: string): string =>
  createHmac('sha256', secret).update(`${name}${clientId}`).digest('base64')

/** The pool that the environment names. */
export const liveDirectory = (): Directory =>
  cognitoDirectory({
    client: new CognitoIdentityProviderClient(clientSettings),
    once: new CognitoIdentityProviderClient({ ...clientSettings, maxAttempts: 1 }),
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
