import { type Identify, principalOf } from '../functions/runtime/identity.ts'
import type { Principals } from '../functions/runtime/principals.ts'

/** Whom a test asks as: the id of a user, and names of roles with blanks between them. */
export interface Claims {
  readonly sub: string
  readonly roles?: string
  /** The id of the session. */
  readonly session?: string
}

/** The `Authorization` header for that; `identifyBy` reads it. */
export const headerOf = (claims: Claims | Readonly<Record<string, string>>): string => JSON.stringify(claims)

/** Takes claims for a token: the real check is a matter of runtime-identity.test.ts. What holds of a user now comes from `recordOf`. */
export const identifyBy =
  (recordOf: Principals['of']): Identify =>
  async (authorization) => {
    const { sub, roles = '', session } = JSON.parse(authorization) as Claims
    const claims = { sub, origin_jti: session, 'cognito:groups': roles.split(' ') }
    return principalOf(claims, await recordOf(sub))
  }

/** Where nobody was ever disabled, and no session ended. */
export const byClaims = identifyBy(async () => undefined)
