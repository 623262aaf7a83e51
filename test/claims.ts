import { type Identify, principalOf } from '../functions/runtime/identity.ts'

/** Whom a test asks as: the id of a user, and names of roles with blanks between them. */
export interface Claims {
  readonly sub: string
  readonly roles?: string
  /** The id of the session. */
  readonly session?: string
}

/** The `Authorization` header for that; `byClaims` reads it. */
export const headerOf = (claims: Claims | Readonly<Record<string, string>>): string => JSON.stringify(claims)

/** Takes claims for a token: the real check is a matter of runtime-identity.test.ts. */
export const byClaims: Identify = async (authorization) => {
  const { sub, roles = '', session } = JSON.parse(authorization) as Claims
  return principalOf({ sub, origin_jti: session, 'cognito:groups': roles.split(' ') }, undefined)
}
