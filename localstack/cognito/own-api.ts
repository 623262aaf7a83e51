import * as z from 'zod'
import { AwsError } from '../endpoint/aws-error.ts'
import type { Call, Operations } from '../endpoint/call.ts'
import { parse } from './authenticate.ts'
import type { PoolClient, PoolUser } from './pool.ts'
import type { UserPool } from './user-pool.ts'

const Token = z.object({ AccessToken: z.string() })
const Changes = z.object({ UserAttributes: z.array(z.object({ Name: z.string(), Value: z.string() })) })
const Passwords = z.object({ PreviousPassword: z.string(), ProposedPassword: z.string() })

/** A user, by an access token that lets its user act at the pool. */
interface Own {
  readonly pool: UserPool
  readonly user: PoolUser
  readonly client: PoolClient
}

/** What is there of these operations on the local stack. */
const built: Readonly<Record<string, (call: Call, own: Own) => unknown>> = {
  GetUser: (_, { user }) => ({
    Username: user.id,
    UserAttributes: Array.from(user.attributes, ([Name, Value]) => ({ Name, Value })),
  }),
  UpdateUserAttributes: (call, { pool, user, client }) => {
    const { UserAttributes } = parse(Changes, call)
    if (client.writes && !UserAttributes.every(({ Name }) => client.writes?.includes(Name)))
      throw refused('A client attempted to write unauthorized attribute')
    pool.setAttributes(user.id, new Map(UserAttributes.map(({ Name, Value }) => [Name, Value])))
    return { CodeDeliveryDetailsList: [] }
  },
  ChangePassword: async (call, { pool, user }) => {
    const { PreviousPassword, ProposedPassword } = parse(Passwords, call)
    await pool.changePassword(user.id, PreviousPassword, ProposedPassword)
    return {}
  },
  GlobalSignOut: (_, { pool, user }) => {
    pool.signOut(user.id)
    return {}
  },
  DeleteUser: (_, { pool, user }) => {
    pool.delete(user.id)
    return {}
  },
}

/** The others that AWS has: their token is checked, and then they are refused by name. */
const notBuilt = [
  'AssociateSoftwareToken',
  'CompleteWebAuthnRegistration',
  'ConfirmDevice',
  'DeleteUserAttributes',
  'DeleteWebAuthnCredential',
  'ForgetDevice',
  'GetDevice',
  'GetUserAttributeVerificationCode',
  'GetUserAuthFactors',
  'ListDevices',
  'ListWebAuthnCredentials',
  'SetUserMFAPreference',
  'SetUserSettings',
  'StartWebAuthnRegistration',
  'UpdateDeviceStatus',
  'VerifySoftwareToken',
  'VerifyUserAttribute',
] as const

const operations = { ...built, ...Object.fromEntries(notBuilt.map((name) => [name, notRun])) }

function notRun({ operation }: Call): never {
  throw new AwsError('InvalidParameterException', `The local stack does not run ${operation}.`)
}

/**
 * What users do to themselves with an access token alone, which must have the scope for it: each of these that AWS has.
 * https://docs.aws.amazon.com/cognito/latest/developerguide/authentication-flows-public-server-side.html
 */
export function ownOperations(pools: ReadonlyMap<string, UserPool>): Operations {
  async function ownOf(call: Call): Promise<Own> {
    const { AccessToken } = parse(Token, call)
    for (const pool of pools.values())
      if (await pool.issuer.verify(AccessToken)) return { pool, ...(await pool.ownOf(AccessToken)) }
    throw refused('Invalid Access Token')
  }

  return Object.fromEntries(
    Object.entries(operations).map(([name, run]) => [name, async (call: Call) => run(call, await ownOf(call))]),
  )
}

const refused = (message: string): AwsError => new AwsError('NotAuthorizedException', message)
