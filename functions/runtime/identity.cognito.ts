import { CognitoJwtVerifier } from 'aws-jwt-verify'
import { JwtBaseError } from 'aws-jwt-verify/error'
import { type JwksCache, SimpleJwksCache } from 'aws-jwt-verify/jwk'
import { HttpProblem } from './errors.ts'
import { type Identify, bearerOf, principalOf } from './identity.ts'
import type { Principals } from './principals.ts'

export interface TokenSettings {
  readonly userPoolId: string
  readonly clientIds: readonly string[]
  /** Where an emulator stands for AWS: the keys of the pool are asked of it. */
  readonly endpoint?: string | undefined
  /** Default: the global `fetch`. */
  readonly fetch?: typeof fetch
}

/** In milliseconds; an API function has 10 s. */
const keysTimeoutMs = 3_000

/**
 * Checks access tokens of a user pool in this process: signature, issuer, client, use and time. The keys of the pool are asked once and
 * kept; a token of an unknown key asks for them again, every ten seconds at most. ID tokens identify a user and authorize nothing. A user
 * who was disabled, a session that was ended and a change of roles are known `principalsKnownMs` late at most.
 */
export function cognitoIdentity(settings: TokenSettings, principals: Pick<Principals, 'of'>): Identify {
  const { userPoolId, clientIds } = settings
  const verifier = CognitoJwtVerifier.create(
    { userPoolId, clientId: [...clientIds], tokenUse: 'access' },
    { jwksCache: keysOf(settings) },
  )
  return async (authorization) => {
    const token = bearerOf(authorization)
    const claims = token === undefined ? undefined : await verified(token)
    return claims?.sub ? principalOf({ ...claims }, await principals.of(claims.sub)) : undefined
  }

  async function verified(token: string) {
    try {
      return await verifier.verify(token)
    } catch (error) {
      if (error instanceof KeysUnavailable) throw unavailable()
      if (error instanceof JwtBaseError) return undefined
      throw error
    }
  }
}

class KeysUnavailable extends Error {
  override readonly name = 'KeysUnavailable'
}

const unavailable = (): HttpProblem =>
  new HttpProblem('unavailable', 'Whether the token is good cannot be found out now. Try again.', {
    headers: { 'retry-after': '1' },
  })

function keysOf({ endpoint, fetch: ask = fetch }: TokenSettings): JwksCache {
  return new SimpleJwksCache({
    fetcher: {
      async fetch(uri) {
        const { pathname } = new URL(uri)
        const answer = await ask(endpoint === undefined ? uri : `${endpoint}${pathname}`, {
          signal: AbortSignal.timeout(keysTimeoutMs),
        }).catch((error: unknown) => {
          throw new KeysUnavailable(String(error))
        })
        if (!answer.ok) throw new KeysUnavailable(`The keys of the pool: ${answer.status}`)
        return answer.arrayBuffer()
      },
    },
  })
}
