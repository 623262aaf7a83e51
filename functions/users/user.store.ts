import type { Role, User } from '../../schemas/users.ts'
import { type Item, type Key, type Store, first, next } from '../runtime/store.ts'
import type { Account } from './directory.ts'
import { agree } from './user.ts'

/** The profile of a user. Who may sign in, and in which roles, is in the directory; `roles` here is what it last said. */
export interface UserItem extends Item {
  readonly email: string
  readonly name?: string
  readonly roles: Role[]
  readonly createdAt: string
}

const userKey = (id: string): Key => ({ pk: id, sk: 'user' })

export const userOf = ({ pk, email, name, roles, createdAt }: UserItem): User => ({
  id: pk,
  email,
  ...(name !== undefined && { name }),
  roles,
  createdAt,
})

export async function readUser(store: Store, id: string): Promise<UserItem | undefined> {
  return (await store.get(userKey(id), { consistent: true })) as UserItem | undefined
}

/** The first version of a profile, which says `user.registered`. */
export function registered(
  { id, email, roles }: Account,
  name: string | undefined,
  cause: string,
  at: string,
): UserItem {
  return first({
    ...userKey(id),
    email,
    ...(name !== undefined && { name }),
    roles: [...roles],
    createdAt: at,
    outbox: ['user.registered'],
    cause,
    at,
  })
}

/**
 * Brings the profile up to what the directory says: makes it where a registration stopped before it was written or the account was made
 * in the directory itself. Losing a race is fine, because the other one wrote the same.
 */
export async function remember(store: Store, account: Account, cause: string, at: string): Promise<void> {
  const profile = await readUser(store, account.id)
  if (profile === undefined) {
    await store.write({ put: registered(account, undefined, cause, at), if: 'absent' })
    return
  }
  if (agree(profile, account)) return
  const { email, roles } = account
  await store.write({ put: next(profile, { email, roles: [...roles], cause, at }), if: { version: profile.version } })
}
