import { type KeyDeps, principalOfKey } from './identity.api-keys.ts'
import { hashOf, isApiKey, isMarked } from './api-key.ts'
import type { Clock } from './clock.ts'
import { type Principal, bearerOf, principalOf } from './identity.ts'

/** What is kept of a token that was found good, to know later what it opens: never the token itself. */
export type Standing =
  | {
      readonly kind: 'user'
      readonly id: string
      readonly session?: string
      readonly groups: readonly string[]
      /** When the token ends, in milliseconds since 1970. */
      readonly until: number
    }
  | { readonly kind: 'key'; readonly hashed: string }

/** What a standing opens now; undefined where it opens nothing any more. Throws as `Identify` does. */
export type RightsOf = (standing: Standing) => Promise<Principal | undefined>

/** The standing of a token that has been verified before: its signature is not looked at. */
export function standingOf(authorization: string): Standing | undefined {
  const token = bearerOf(authorization) ?? ''
  if (isMarked(token)) return isApiKey(token) ? { kind: 'key', hashed: hashOf(token) } : undefined
  const claims = claimsOf(token)
  const { sub, exp, origin_jti: session, 'cognito:groups': groups = [] } = claims
  if (typeof sub !== 'string' || typeof exp !== 'number' || !Array.isArray(groups)) return undefined
  return {
    kind: 'user',
    id: sub,
    ...(typeof session === 'string' && { session }),
    groups: groups.map(String),
    until: exp * 1_000,
  }
}

function claimsOf(token: string): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as Record<string, unknown>
  } catch {
    return {}
  }
}

export interface StandingDeps {
  readonly clock: Clock
  readonly principals: KeyDeps['principals']
}

/**
 * What a standing opens now: nothing once its token has ended, its session was ended, its user disabled or its key revoked; each is known
 * `principalsKnownMs` late at most, as are changes of roles.
 */
export const rightsNow =
  ({ clock, principals }: StandingDeps): RightsOf =>
  async (standing) => {
    if (standing.kind === 'key') return principalOfKey({ clock, principals }, standing.hashed)
    const { id, session, groups, until } = standing
    if (until <= clock.now()) return undefined // mutant: live-token-end
    return principalOf({ sub: id, origin_jti: session, 'cognito:groups': groups }, await principals.of(id))
  }
