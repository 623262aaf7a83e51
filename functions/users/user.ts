import { Role } from '../../schemas/users.ts'

/** The roles that groups of the directory stand for; who is in none is a customer. */
export function rolesOf(groups: readonly string[]): Role[] {
  const roles = Role.options.filter((role) => groups.includes(role))
  return roles.length > 0 ? roles : ['customer']
}

interface Known {
  readonly email: string
  readonly roles: readonly Role[]
}

/** Whether a profile says of its user what the directory says. */
export const agree = (profile: Known, account: Known): boolean =>
  profile.email === account.email && profile.roles.join() === account.roles.join()
