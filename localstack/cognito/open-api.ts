import * as z from 'zod'
import { AwsError } from '../endpoint/aws-error.ts'
import type { Call, Operations } from '../endpoint/call.ts'
import { authenticate, parse } from './authenticate.ts'
import { ownOperations } from './own-api.ts'
import type { UserPool } from './user-pool.ts'
import type { PoolClient } from './pool.ts'

const OfClient = z.object({ ClientId: z.string(), Username: z.string().default(''), SecretHash: z.string().optional() })
const Auth = z.object({
  ClientId: z.string(),
  AuthFlow: z.string(),
  AuthParameters: z.record(z.string(), z.string()).default({}),
})
/** The form that refresh tokens have: https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_GetTokensFromRefreshToken.html */
const refreshToken = z.string().regex(/^[\w=.-]+$/)
const Refresh = z.object({ ClientId: z.string(), ClientSecret: z.string().optional(), RefreshToken: refreshToken })

const refused = (message: string): AwsError => new AwsError('NotAuthorizedException', message)

/**
 * What anybody may call, without credentials of AWS: with the id of a client and its secret, or with an access token of a user.
 * https://docs.aws.amazon.com/cognito/latest/developerguide/authentication-flows-public-server-side.html
 */
export function openOperations(pools: ReadonlyMap<string, UserPool>): Operations {
  function poolOf(call: Call): { readonly pool: UserPool; readonly client: PoolClient } {
    const { ClientId, Username, SecretHash } = parse(OfClient, call)
    const pool = poolWith(ClientId)
    return { pool, client: pool.openClient(ClientId, Username, SecretHash) }
  }

  function poolWith(clientId: string): UserPool {
    const found = [...pools.values()].find(({ settings: { clients } }) => clients.some(({ id }) => id === clientId))
    if (!found) throw new AwsError('ResourceNotFoundException', `User pool client ${clientId} does not exist.`)
    return found
  }

  return {
    InitiateAuth: (call) => {
      const { ClientId, AuthFlow, AuthParameters } = parse(Auth, call)
      return authenticate(poolWith(ClientId), ClientId, AuthFlow, AuthParameters)
    },
    GetTokensFromRefreshToken: async (call) => {
      const { ClientId, ClientSecret, RefreshToken } = parse(Refresh, call)
      return { AuthenticationResult: await poolWith(ClientId).tokensFrom(ClientId, RefreshToken, ClientSecret) }
    },
    ForgotPassword: (call) => {
      if (poolOf(call).pool.settings.recovers === false) throw refused('Contact administrator to reset password.')
      throw new AwsError('InvalidParameterException', 'The local stack mails no codes of the pool.')
    },
    SignUp: (call) => {
      poolOf(call)
      throw refused('SignUp is not permitted for this user pool')
    },
    ...ownOperations(pools),
  }
}

/** Their names. */
export const openNames: ReadonlySet<string> = new Set(Object.keys(openOperations(new Map())))
