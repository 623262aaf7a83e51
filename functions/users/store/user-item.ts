import type { Role } from '../../../schemas/access.ts'
import type { Origin } from '../../../schemas/origin.ts'
import type { Preferences, User } from '../../../schemas/user.ts'
import { timeOf } from '../../runtime/clock.ts'
import { type Item, type Store, type Write, first, next } from '../../runtime/store.ts'
import { type Codec, type UpdateDeps, inPlaceOf, load, plainCodec, update } from '../../runtime/update.ts'
import type { Account } from '../adapters/directory.ts'
import { type Profile, agree, contactOf, isVerified } from '../core/user.ts'
import { type StandingDeps, readPrincipal } from './principal-item.ts'
import { listed } from './search-items.ts'

/** The profile of a user. The directory decides about sign-in and roles; `roles` here is the last answer of the directory. */
export interface UserItem extends Item {
  readonly email: string
  /** The address that a mailed code has proven last. */
  readonly verifiedEmail?: string | undefined
  readonly name?: string
  readonly phone?: string
  readonly preferences?: Preferences
  readonly roles: Role[]
  readonly disabled?: boolean | undefined
  readonly createdAt: string
  /** The words under which the lists of users have it. */
  readonly foundBy?: readonly string[]
  /** When it is to be erased, in milliseconds since 1970; once that has begun, nothing brings it back. */
  readonly erasesAt?: number
  readonly erasing?: true
  /** Why it is not erased although its time has come: there is money in the wallet. */
  readonly erasureWaitsFor?: User['erasureWaitsFor']
}

const plain = plainCodec<UserItem>('the user', (id) => ({ pk: id, sk: 'user' }))

/** Whether nothing but the id is left of a profile. */
export const isErased = (item: Item): boolean => item.sk === plain.key('').sk && item['erasedAt'] !== undefined

/** A profile, whose writes bring the lists of users along. */
export const userItem: Codec<UserItem> = {
  ...plain,
  writes: (before, change, origin) => {
    const { profile, writes } = listed(before?.state, change.state)
    const emits = [...change.emits, ...contactNews(before?.state, profile)]
    return [...plain.writes(before, { state: profile, emits }, origin), ...writes]
  },
}

/** Whoever writes a profile lets be known where its mails go. */
const contactNews = (before: UserItem | undefined, after: UserItem): readonly string[] =>
  (before && contactOf(before)) === contactOf(after) ? [] : ['user.contact']

/** The roles of a user by what holds now: a profile may be behind. */
export const rolesNow = async (
  deps: Pick<StandingDeps, 'principals'>,
  { pk, roles }: UserItem,
): Promise<readonly Role[]> => (await readPrincipal(deps, pk)).roles ?? roles

/** The profiles of these users that there are. */
export const readUsers = async (store: Store, ids: readonly string[]): Promise<readonly UserItem[]> =>
  ((await store.getMany(ids.map(userItem.key))) as readonly UserItem[]).filter((item) => !isErased(item))

/** The writes of a profile in the place of another one, or of none. */
export function writesOfProfile(before: UserItem | undefined, after: UserItem): readonly Write[] {
  const { profile, writes } = listed(before, after)
  const outbox = [...(profile.outbox ?? []), ...contactNews(before, profile)]
  return [inPlaceOf(before, { ...profile, outbox }), ...writes]
}

/** The writes that bring a profile into the lists of users, of which it emits its state again; none where it stands there. */
export function listedAgain(item: Item, why: { readonly cause: string; readonly at: string }): readonly Write[] {
  if (item.sk !== userItem.key('').sk || isErased(item)) return []
  const user = item as UserItem
  const { profile, writes } = listed(user, next(user, { outbox: ['user.updated'], ...why }))
  return profile.foundBy.join(' ') === user.foundBy?.join(' ') ? [] : [inPlaceOf(user, profile), ...writes]
}

export const userOf = ({
  pk,
  email,
  verifiedEmail,
  name,
  phone,
  preferences,
  roles,
  disabled,
  createdAt,
  erasesAt,
  erasureWaitsFor,
}: UserItem): User => ({
  id: pk,
  email,
  emailVerified: isVerified({ email, verifiedEmail }),
  ...present({ name, phone, preferences }),
  roles,
  ...(disabled && { disabled }),
  ...(erasesAt !== undefined && { erasesAt: timeOf(erasesAt) }),
  ...(erasureWaitsFor !== undefined && { erasureWaitsFor }),
  createdAt,
})

/** The profile; undefined where there is none, or it was erased. */
export async function readUser(store: Store, id: string): Promise<UserItem | undefined> {
  const found = await load(store, userItem, id)
  return found && !isErased(found.item) ? found.state : undefined
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

/**
 * Brings the profile up to what holds of the user; emits `user.updated` where that is new. What holds is read after the profile, so that
 * the last of several writers leaves the newest. The profile that stands then.
 */
export function showStanding(deps: StandingDeps, id: string, origin: Origin): Promise<UserItem | undefined> {
  return update(deps, userItem, id, origin, async (found) => {
    if (!found || isErased(found.item)) return undefined
    const { disabled: before, ...rest } = found.state
    const { roles = rest.roles, disabled = false } = await readPrincipal(deps, id) // mutant: profile-standing
    if (rest.roles.join() === roles.join() && Boolean(before) === disabled) return undefined
    return { state: { ...rest, roles: [...roles], ...(disabled && { disabled }) }, emits: ['user.updated'] }
  })
}

/**
 * Brings the profile up to the account in the directory: makes it where a registration stopped before it was written or the account was
 * made in the directory itself. Throws `HttpProblem` 503 `contended` when other writers are always first.
 */
export function syncProfile(deps: StandingDeps, account: Account, cause: string): Promise<UserItem | undefined> {
  const { id, email } = account
  const origin = { cause, at: deps.clock.now(), by: id }
  return update(deps, userItem, id, origin, async (found) => {
    const { roles = account.roles } = await readPrincipal(deps, id)
    const now = { ...account, roles }
    if (!found) return { state: registered(now, undefined, cause, timeOf(origin.at)), emits: ['user.registered'] }
    if (isErased(found.item)) return undefined
    if (agree(found.state, now)) return found.state.foundBy ? undefined : { state: found.state, emits: [] }
    return { state: { ...found.state, email, roles: [...roles] }, emits: ['user.updated'] }
  })
}

/** Writes down that the user reads the mails of an address, which is that of the profile from then on; emits `user.updated` where it is another. */
export async function proveEmail(deps: UpdateDeps, id: string, address: string, origin: Origin): Promise<void> {
  await update(deps, userItem, id, origin, (found) => {
    if (!found || isErased(found.item) || (isVerified(found.state) && found.state.email === address)) return undefined
    const emits = found.state.email === address ? [] : ['user.updated']
    return { state: { ...found.state, email: address, verifiedEmail: address }, emits }
  })
}
