import * as z from 'zod'
import { AwsError } from '../endpoint/aws-error.ts'
import type { PoolUser, UserPool } from './user-pool.ts'
import type { Call, Operations } from '../endpoint/call.ts'

const InPool = z.object({ UserPoolId: z.string() })
const OfUser = InPool.extend({ Username: z.string() })
const Attributes = z.array(z.object({ Name: z.string(), Value: z.string() })).default([])
const CreateUser = OfUser.extend({ TemporaryPassword: z.string().optional(), UserAttributes: Attributes })
const SetPassword = OfUser.extend({ Password: z.string(), Permanent: z.boolean().default(false) })
const OfGroup = OfUser.extend({ GroupName: z.string() })
const Auth = InPool.extend({
  ClientId: z.string(),
  AuthFlow: z.string(),
  AuthParameters: z.record(z.string(), z.string()).default({}),
})

/** The operations of Cognito's user pools that need no hosted pages: administration and sign-in. */
export function cognitoOperations(pools: ReadonlyMap<string, UserPool>): Operations {
  function poolOf(call: Call): UserPool {
    const { UserPoolId } = parse(InPool, call)
    const pool = pools.get(UserPoolId)
    if (pool === undefined) throw new AwsError('ResourceNotFoundException', `User pool ${UserPoolId} does not exist.`)
    call.authorize(`cognito-idp:${call.operation}`, pool.settings.arn)
    return pool
  }

  return {
    AdminCreateUser: async (call) => {
      const pool = poolOf(call)
      const { Username, TemporaryPassword, UserAttributes } = parse(CreateUser, call)
      const attributes = new Map(UserAttributes.map(({ Name, Value }) => [Name, Value]))
      const user = await pool.create(Username, attributes, TemporaryPassword)
      const { UserAttributes: Shown, ...rest } = shown(user)
      return { User: { ...rest, Attributes: Shown } }
    },
    AdminDeleteUser: (call) => {
      poolOf(call).delete(parse(OfUser, call).Username)
      return {}
    },
    AdminDisableUser: (call) => {
      poolOf(call).setEnabled(parse(OfUser, call).Username, false)
      return {}
    },
    AdminEnableUser: (call) => {
      poolOf(call).setEnabled(parse(OfUser, call).Username, true)
      return {}
    },
    AdminSetUserPassword: async (call) => {
      const { Username, Password, Permanent } = parse(SetPassword, call)
      await poolOf(call).setPassword(Username, Password, Permanent)
      return {}
    },
    AdminAddUserToGroup: (call) => {
      const { Username, GroupName } = parse(OfGroup, call)
      poolOf(call).addToGroup(Username, GroupName)
      return {}
    },
    AdminRemoveUserFromGroup: (call) => {
      const { Username, GroupName } = parse(OfGroup, call)
      poolOf(call).removeFromGroup(Username, GroupName)
      return {}
    },
    AdminListGroupsForUser: (call) => {
      const pool = poolOf(call)
      const { groups } = pool.user(parse(OfUser, call).Username)
      return { Groups: [...groups].map((GroupName) => ({ GroupName, UserPoolId: pool.settings.id })) }
    },
    AdminGetUser: (call) => shown(poolOf(call).user(parse(OfUser, call).Username)),
    AdminUserGlobalSignOut: (call) => {
      poolOf(call).signOut(parse(OfUser, call).Username)
      return {}
    },
    AdminInitiateAuth: async (call) => {
      const pool = poolOf(call)
      const { ClientId, AuthFlow, AuthParameters } = parse(Auth, call)
      return authenticate(pool, ClientId, AuthFlow, AuthParameters)
    },
  }
}

/** The public keys of the pools, by the path under which Cognito has them. */
export const keySets = (pools: ReadonlyMap<string, UserPool>): ReadonlyMap<string, unknown> =>
  new Map(Array.from(pools, ([id, pool]) => [`/${id}/.well-known/jwks.json`, pool.issuer.jwks]))

async function authenticate(
  pool: UserPool,
  clientId: string,
  flow: string,
  { USERNAME, PASSWORD, REFRESH_TOKEN }: Readonly<Record<string, string>>,
): Promise<object> {
  if (flow === 'REFRESH_TOKEN_AUTH' && REFRESH_TOKEN !== undefined)
    return { AuthenticationResult: await pool.refresh(clientId, REFRESH_TOKEN), ChallengeParameters: {} }
  if (flow !== 'ADMIN_USER_PASSWORD_AUTH' || USERNAME === undefined || PASSWORD === undefined)
    throw new AwsError('InvalidParameterException', `The auth flow ${flow} or its parameters are not supported here.`)
  const tokens = await pool.signIn(clientId, flow, USERNAME, PASSWORD)
  return tokens === undefined
    ? { ChallengeName: 'NEW_PASSWORD_REQUIRED', ChallengeParameters: {}, Session: 'local' }
    : { AuthenticationResult: tokens, ChallengeParameters: {} }
}

const shown = ({ id, attributes, status, enabled, createdAt }: PoolUser) => ({
  Username: id,
  UserAttributes: Array.from(attributes, ([Name, Value]) => ({ Name, Value })),
  UserStatus: status,
  Enabled: enabled,
  UserCreateDate: createdAt / 1_000,
  UserLastModifiedDate: createdAt / 1_000,
})

function parse<Schema extends z.ZodType>(schema: Schema, { input }: Call): z.output<Schema> {
  const result = schema.safeParse(input)
  if (result.success) return result.data
  throw new AwsError('InvalidParameterException', z.prettifyError(result.error))
}
