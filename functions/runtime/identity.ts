import { type Scope, scopesOf } from '../../schemas/access.ts'
import type { PrincipalItem } from './principals.ts'

/** Somebody whose token is good, or a machine whose API key is. */
export interface Principal {
  /** A key has nothing of its own: it reaches what its scopes open. */
  readonly kind: 'user' | 'key'
  readonly id: string
  readonly scopes: ReadonlySet<Scope>
  /** Undefined for those who have no sessions. */
  readonly sessionId?: string | undefined
  /** Whether the stage asks the user for a proven address first. */
  readonly unverified?: boolean
  /** The `emailHash` of the address that the user has proven. */
  readonly provenEmail?: string | undefined
  /** Whether the account is to be erased. */
  readonly leaving?: boolean
}

/**
 * Finds out who sends a request, by its `Authorization` header: undefined for a header that proves nobody. Throws `HttpProblem` 503
 * `unavailable` or `StoreUnavailable` where that cannot be found out now.
 */
export type Identify = (authorization: string) => Promise<Principal | undefined>

/** For services that have open routes alone. */
export const nobody: Identify = async () => undefined

/** The token of `Bearer <token>` (RFC 6750). */
export const bearerOf = (authorization: string): string | undefined => /^bearer +(\S+) *$/i.exec(authorization)?.[1]

/**
 * Whom the claims of an access token of Cognito name, by what holds of that user now: undefined for a user who is disabled, and in a
 * session that was ended.
 */
export function principalOf(
  claims: Readonly<Record<string, unknown>>,
  record: PrincipalItem | undefined,
): Principal | undefined {
  const { sub, origin_jti: session, 'cognito:groups': groups = [] } = claims
  if (typeof sub !== 'string' || sub === '' || !Array.isArray(groups)) return undefined
  const sessionId = typeof session === 'string' ? session : undefined
  if (record?.disabled) return undefined // mutant: disabled
  if (sessionId !== undefined && Object.hasOwn(record?.ended ?? {}, sessionId)) return undefined // mutant: session-ended
  const scopes = scopesOf(record?.roles ?? groups.map(String)) // mutant: roles-now
  const { unverified, provenEmail, leaving } = record ?? {}
  return {
    kind: 'user',
    id: sub,
    scopes,
    sessionId,
    ...(unverified && { unverified }),
    ...(leaving && { leaving }),
    ...(provenEmail !== undefined && { provenEmail }),
  }
}
