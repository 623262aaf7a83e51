import { type Role, type Scope, scopesOf } from '../../../schemas/access.ts'

/** Whether somebody with these scopes may act on a user with these roles, or give them: nobody gives, or takes away, more than they have. */
export const mayActOn = (scopes: ReadonlySet<Scope>, roles: readonly Role[]): boolean =>
  [...scopesOf(roles)].every((scope) => scopes.has(scope))

/** The owners without one of them; `last_owner` where nobody would be left. */
export function withoutOwner(owners: readonly string[], id: string): readonly string[] | 'last_owner' {
  const left = owners.filter((owner) => owner !== id)
  return left.length === 0 ? 'last_owner' : left
}
