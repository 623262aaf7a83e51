import type { Preferences, Role, User } from '../../../schemas/users.ts'
import { type Item, type Key, type Store, first, next, over } from '../../runtime/store.ts'
import type { Account } from '../adapters/directory.ts'
import { type Profile, agree } from '../core/user.ts'

/** The profile of a user. The directory decides about sign-in and roles; `roles` here is the last answer of the directory. */
export interface UserItem extends Item {
  readonly email: string
  readonly name?: string
  readonly phone?: string
  readonly preferences?: Preferences
  readonly roles: Role[]
  readonly createdAt: string
}

const userKey = (id: string): Key => ({ pk: id, sk: 'user' })

export const userOf = ({ pk, email, name, phone, preferences, roles, createdAt }: UserItem): User => ({
  id: pk,
  email,
  ...present({ name, phone, preferences }),
  roles,
  createdAt,
})

export async function readUser(store: Store, id: string): Promise<UserItem | undefined> {
  return (await store.get(userKey(id), { consistent: true })) as UserItem | undefined
}

/** The first version of a profile, which emits `user.registered`. */
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

/** The next version of a profile, with the changes of its user; emits `user.updated`. */
export function updated(before: UserItem, profile: Profile, cause: string, at: string): UserItem {
  const { name, phone, preferences, ...rest } = before
  return next<UserItem>({ ...rest, ...present(profile) }, { outbox: ['user.updated'], cause, at })
}

const present = ({ name, phone, preferences }: Profile) => ({
  ...(name !== undefined && { name }),
  ...(phone !== undefined && { phone }),
  ...(preferences !== undefined && { preferences }),
})

const attempts = 3

/**
 * Brings the profile up to the account in the directory: makes it where a registration stopped before it was written or the account was
 * made in the directory itself. A sign-in that loses race after race leaves it to the next one.
 */
export async function syncProfile(store: Store, account: Account, cause: string, at: string): Promise<void> {
  let profile = await readUser(store, account.id)
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    if (profile !== undefined && agree(profile, account)) return
    const put =
      profile === undefined ? registered(account, undefined, cause, at) : withAccount(profile, account, cause, at)
    const outcome = await store.write({ put, if: over(profile) })
    if (outcome.ok) return
    profile = outcome.failed[0]?.found as UserItem | undefined
  }
}

const withAccount = (profile: UserItem, { email, roles }: Account, cause: string, at: string): UserItem =>
  next(profile, { email, roles: [...roles], outbox: ['user.updated'], cause, at })
