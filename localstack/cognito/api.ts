import * as z from 'zod'
import { AwsError } from '../endpoint/aws-error.ts'
import { authenticate, parse } from './authenticate.ts'
import { openOperations } from './open-api.ts'
import type { UserPool } from './user-pool.ts'
import type { PoolUser } from './pool.ts'
import type { Call, Operations } from '../endpoint/call.ts'

const InPool = z.object({ UserPoolId: z.string() })
const OfUser = InPool.extend({ Username: z.string() })
const Attributes = z.array(z.object({ Name: z.string(), Value: z.string() })).default([])
const CreateUser = OfUser.extend({ TemporaryPassword: z.string().optional(), UserAttributes: Attributes })
const UpdateUser = OfUser.extend({ UserAttributes: Attributes })
const SetPassword = OfUser.extend({ Password: z.string(), Permanent: z.boolean().default(false) })
const OfGroup = OfUser.extend({ GroupName: z.string() })
const OfClient = z.object({ ClientId: z.string() })
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
    AdminUpdateUserAttributes: (call) => {
      const { Username, UserAttributes } = parse(UpdateUser, call)
      poolOf(call).setAttributes(Username, new Map(UserAttributes.map(({ Name, Value }) => [Name, Value])))
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
    DescribeUserPoolClient: (call) => {
      const pool = poolOf(call)
      const { ClientId } = parse(OfClient, call)
      const found = pool.settings.clients.find(({ id }) => id === ClientId)
      if (!found) throw new AwsError('ResourceNotFoundException', `User pool client ${ClientId} does not exist.`)
      return { UserPoolClient: { UserPoolId: pool.settings.id, ClientId, ClientSecret: found.secret } }
    },
    ...openOperations(pools),
  }
}

/** The public keys of the pools, by the path under which Cognito has them. */
export const keySets = (pools: ReadonlyMap<string, UserPool>): ReadonlyMap<string, unknown> =>
  new Map(Array.from(pools, ([id, pool]) => [`/${id}/.well-known/jwks.json`, pool.issuer.jwks]))

const shown = ({ id, attributes, status, enabled, createdAt }: PoolUser) => ({
  Username: id,
  UserAttributes: Array.from(attributes, ([Name, Value]) => ({ Name, Value })),
  UserStatus: status,
  Enabled: enabled,
  UserCreateDate: createdAt / 1_000,
  UserLastModifiedDate: createdAt / 1_000,
})
