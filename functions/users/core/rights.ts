import { type Role, type Scope, scopesOf } from '../../../schemas/access.ts'

/** Whether somebody with these scopes may act on a user with these roles, or give them: nobody gives, or takes away, more than they have. */
export const mayActOn = (scopes: ReadonlySet<Scope>, roles: readonly Role[]): boolean =>
  // mutant: rights
  [...scopesOf(roles)].every((scope) => scopes.has(scope))

/** Whether somebody is an owner who may sign in, and stays. */
export const isOwner = ({ roles = [], disabled = false, leaving = false }: Standing): boolean =>
  roles.includes('owner') && !disabled && !leaving

interface Standing {
  readonly roles?: readonly Role[] | undefined
  readonly disabled?: boolean | undefined
  readonly leaving?: boolean | undefined
}
