import { own } from '../../../schemas/own.ts'
import { Role } from '../../../schemas/access.ts'
import { type Preferences, type UserPatch, mailsPreference, maxPreferences } from '../../../schemas/user.ts'

/** The roles that groups of the directory stand for; a user in none of them is a customer. */
export function rolesOf(groups: readonly string[]): Role[] {
  const roles = Role.options.filter((role) => groups.includes(role))
  return roles.length > 0 ? roles : ['customer']
}

interface Account {
  readonly email: string
  readonly roles: readonly Role[]
}

/** Whether a profile has the email and roles of the account in the directory. */
export const agree = (profile: Account, account: Account): boolean =>
  profile.email === account.email && profile.roles.join() === account.roles.join()

/** Whether somebody has proven to read the mails of the profile's address: of this very one. */
export const isVerified = ({ email, verifiedEmail }: { email: string; verifiedEmail?: string | undefined }): boolean =>
  verifiedEmail === email

/** Where mails about orders go: nowhere while nobody has proven to read them, or where the user wants none. */
export const contactOf = (
  profile: Profile & { email: string; verifiedEmail?: string | undefined },
): string | undefined =>
  isVerified(profile) && own(profile.preferences ?? {}, mailsPreference) !== false ? profile.email : undefined

/** What users enter about themselves. */
export interface Profile {
  readonly name?: string | undefined
  readonly phone?: string | undefined
  readonly preferences?: Preferences | undefined
}

/**
 * The profile with the changes of a patch: null removes a field, preferences are merged by name (RFC 7396). The very same profile where
 * nothing changes; `too_many_preferences` where the merged ones pass the limit.
 */
export function patched(profile: Profile, patch: UserPatch): Profile | 'too_many_preferences' {
  const preferences = merged(profile.preferences ?? {}, patch.preferences)
  const count = Object.keys(preferences).length
  if (count > maxPreferences) return 'too_many_preferences'
  const changed = {
    name: replaced(profile.name, patch.name),
    phone: replaced(profile.phone, patch.phone),
    preferences: count === 0 ? undefined : preferences,
  }
  return same(profile, changed) ? profile : changed
}

const replaced = (before: string | undefined, patch: string | null | undefined): string | undefined =>
  patch === undefined ? before : (patch ?? undefined)

function merged(before: Preferences, patch: UserPatch['preferences']): Preferences {
  const entries = patch === null ? [] : Object.entries({ ...before, ...patch })
  return Object.fromEntries(entries.filter((entry): entry is [string, Preferences[string]] => entry[1] !== null))
}

const same = (a: Profile, b: Profile): boolean =>
  a.name === b.name && a.phone === b.phone && sameEntries(a.preferences ?? {}, b.preferences ?? {})

const sameEntries = (a: Preferences, b: Preferences): boolean =>
  Object.keys(a).length === Object.keys(b).length && Object.entries(a).every(([name, value]) => own(b, name) === value)
