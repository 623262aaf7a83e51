import type { Role } from '../../../schemas/access.ts'
import type { Origin } from '../../../schemas/origin.ts'
import type { Preferences, User } from '../../../schemas/users.ts'
import { timeOf } from '../../runtime/clock.ts'
import { type Item, type Store, first, next } from '../../runtime/store.ts'
import { type UpdateDeps, load, plainCodec, update } from '../../runtime/update.ts'
import type { Account } from '../adapters/directory.ts'
import { type Profile, agree } from '../core/user.ts'

/** The profile of a user. The directory decides about sign-in and roles; `roles` here is the last answer of the directory. */
export interface UserItem extends Item {
  readonly email: string
  readonly name?: string
  readonly phone?: string
  readonly preferences?: Preferences
  readonly roles: Role[]
  readonly disabled?: boolean | undefined
  readonly createdAt: string
}

const userItem = plainCodec<UserItem>('the user', (id) => ({ pk: id, sk: 'user' }))

export const userOf = ({ pk, email, name, phone, preferences, roles, disabled, createdAt }: UserItem): User => ({
  id: pk,
  email,
  ...present({ name, phone, preferences }),
  roles,
  ...(disabled && { disabled }),
  createdAt,
})

export async function readUser(store: Store, id: string): Promise<UserItem | undefined> {
  return (await load(store, userItem, id))?.state
}

/** The first version of a profile, which emits `user.registered`. */
export function registered(
  { id, email, roles }: Account,
  name: string | undefined,
  cause: string,
  at: string,
): UserItem {
  return first({
    ...userItem.key(id),
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

/** Writes down roles and whether the user is disabled; emits `user.updated` where that is new. The profile that stands then. */
export function changeStanding(
  deps: UpdateDeps,
  id: string,
  { roles, disabled }: Pick<UserItem, 'roles' | 'disabled'>,
  origin: Origin,
): Promise<UserItem | undefined> {
  return update(deps, userItem, id, origin, (found) => {
    if (!found) return undefined
    const { disabled: before, ...rest } = found.state
    if (rest.roles.join() === roles.join() && Boolean(before) === Boolean(disabled)) return undefined
    return { state: { ...rest, roles, ...(disabled && { disabled }) }, emits: ['user.updated'] }
  })
}

/**
 * Brings the profile up to the account in the directory: makes it where a registration stopped before it was written or the account was
 * made in the directory itself. Throws `HttpProblem` 503 `contended` when other writers are always first.
 */
export async function syncProfile(deps: UpdateDeps, account: Account, cause: string): Promise<void> {
  const { id, email, roles } = account
  const origin = { cause, at: deps.clock.now(), by: id }
  await update(deps, userItem, id, origin, (found) => {
    if (!found) return { state: registered(account, undefined, cause, timeOf(origin.at)), emits: ['user.registered'] }
    if (agree(found.state, account)) return undefined
    return { state: { ...found.state, email, roles: [...roles] }, emits: ['user.updated'] }
  })
}
