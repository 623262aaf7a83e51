import { type Scope, scopesOf } from '../../schemas/access.ts'

/** Somebody whose token is good. */
export interface Principal {
  readonly id: string
  readonly scopes: ReadonlySet<Scope>
}

/**
 * Finds out who sends a request, by its `Authorization` header: undefined for a header that proves nobody. Throws `HttpProblem` 503
 * `unavailable` where that cannot be found out now.
 */
export type Identify = (authorization: string) => Promise<Principal | undefined>

/** For services that have open routes alone. */
export const nobody: Identify = async () => undefined

/** The token of `Bearer <token>` (RFC 6750). */
export const bearerOf = (authorization: string): string | undefined => /^bearer +(\S+) *$/i.exec(authorization)?.[1]

/** Whom the claims of an access token of Cognito name. */
export function principalOf(claims: Readonly<Record<string, unknown>>): Principal | undefined {
  const { sub, 'cognito:groups': groups = [] } = claims
  if (typeof sub !== 'string' || sub === '' || !Array.isArray(groups)) return undefined
  return { id: sub, scopes: scopesOf(groups.map(String)) }
}
