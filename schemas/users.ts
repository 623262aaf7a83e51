import * as z from 'zod'
import { Role } from './access.ts'
import { Email, Password, Roles, Session, SessionInfo } from './accounts.ts'
import { event, route } from './contract.ts'
import { Address, Id, Time } from './shared.ts'

const Name = z.string().trim().min(1).max(100)
const Phone = z.string().trim().min(1).max(30)

/** How many preferences a user may have. */
export const maxPreferences = 20
const PreferenceName = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9._-]{0,49}$/, 'a letter, then up to 49 letters, digits, dots, hyphens or underscores')
const PreferenceValue = z.union([z.string().max(200), z.int(), z.boolean()])
const Preferences = z
  .record(PreferenceName, PreferenceValue)
  .describe('What clients remember of a user: a language, a theme. Nothing here goes by it.')
export type Preferences = z.infer<typeof Preferences>

export const User = z
  .object({
    id: z.string(),
    email: z.string(),
    name: z.string().optional(),
    phone: z.string().optional(),
    preferences: Preferences.optional(),
    roles: z.array(Role),
    disabled: z.boolean().optional().describe('True where the user may not sign in.'),
    createdAt: Time,
  })
  .meta({ id: 'User' })
export type User = z.infer<typeof User>

/** What users may change of themselves. Null removes; preferences are merged by name. */
export const UserPatch = z
  .strictObject({
    name: Name.nullable().optional(),
    phone: Phone.nullable().optional(),
    preferences: z.record(PreferenceName, PreferenceValue.nullable()).nullable().optional(),
  })
  .refine((patch) => Object.keys(patch).length > 0, 'at least one field')
  .meta({ id: 'UserPatch', minProperties: 1 })
export type UserPatch = z.infer<typeof UserPatch>

/** How many addresses a user may have, of both types together. */
export const maxAddresses = 50
export const AddressType = z.enum(['billing', 'shipping'])
export type AddressType = z.infer<typeof AddressType>

export const AddressInput = z
  .strictObject({
    ...Address.shape,
    type: AddressType,
    default: z
      .boolean()
      .default(false)
      .describe('True makes it the default of its type in place of the one that was. False changes nothing.'),
  })
  .meta({ id: 'AddressInput' })
export type AddressInput = z.infer<typeof AddressInput>

/** An address that a user keeps. */
export const UserAddress = z
  .object({
    id: Id,
    ...Address.shape,
    type: AddressType,
    default: z.boolean().describe('One address of each type is.'),
    createdAt: Time,
    updatedAt: Time,
  })
  .meta({ id: 'UserAddress' })
export type UserAddress = z.infer<typeof UserAddress>

const WhoItIs = z.object({
  userId: z.string(),
  email: z.string(),
  name: z.string().optional(),
  roles: z.array(Role),
})

export const events = {
  userRegistered: event('users', 'user.registered', 1, 'Somebody has an account.', WhoItIs),
  userUpdated: event(
    'users',
    'user.updated',
    1,
    'A profile has changed: its name, phone, preferences, email or roles.',
    WhoItIs.extend({ version: z.int().describe('Grows with every change; the higher one is the newer one.') }),
  ),
}

const byId = z.strictObject({ id: Id })

export const routes = {
  register: route({
    method: 'POST',
    path: '/users',
    who: 'open',
    summary: 'Register a customer',
    body: z.strictObject({ email: Email, password: Password, name: Name.optional() }),
    verbatim: ['password'],
    answer: { status: 201, body: User, location: '/users/me' },
    problems: ['email_taken', 'too_many_requests'],
  }),
  signIn: route({
    method: 'POST',
    path: '/sessions',
    who: 'open',
    summary: 'Sign in',
    body: z.strictObject({ email: Email, password: z.string().min(1).max(256) }),
    verbatim: ['password'],
    answer: { status: 201, body: Session, location: '/users/me' },
    problems: ['wrong_credentials', 'registration_unfinished', 'user_disabled', 'too_many_requests'],
  }),
  refreshSession: route({
    method: 'POST',
    path: '/sessions/refresh',
    who: 'open',
    summary: 'A new access token for a refresh token',
    body: z.strictObject({ refreshToken: z.string().min(1).max(4_096) }),
    answer: { status: 201, body: Session, location: '/users/me' },
    problems: ['wrong_credentials', 'user_disabled', 'too_many_requests'],
  }),
  signOut: route({
    method: 'DELETE',
    path: '/sessions/current',
    untagged: true,
    who: 'user',
    summary: 'Sign out: end the session that asks, for all its tokens',
    answer: { status: 204 },
  }),
  listSessions: route({
    method: 'GET',
    path: '/users/me/sessions',
    who: 'user',
    summary: 'The sessions of the signed-in user, the one that was used last first: all of them, there are at most 50',
    answer: { status: 200, body: z.object({ items: z.array(SessionInfo) }) },
  }),
  endSession: route({
    method: 'DELETE',
    path: '/users/me/sessions/{id}',
    untagged: true,
    who: 'user',
    summary: 'End a session of the signed-in user',
    params: byId,
    answer: { status: 204 },
    problems: ['session_not_found'],
  }),
  getMe: route({
    method: 'GET',
    path: '/users/me',
    who: 'user',
    summary: 'The signed-in user',
    answer: { status: 200, body: User },
    problems: ['user_not_found'],
  }),
  updateMe: route({
    method: 'PATCH',
    path: '/users/me',
    who: 'user',
    summary: 'Change name, phone or preferences of the signed-in user',
    body: UserPatch,
    answer: { status: 200, body: User },
    problems: ['user_not_found', 'too_many_preferences'],
  }),
  getUser: route({
    method: 'GET',
    path: '/users/{id}',
    who: 'users:read',
    summary: 'A user',
    params: byId,
    answer: { status: 200, body: User },
    problems: ['user_not_found'],
  }),
  getRoles: route({
    method: 'GET',
    path: '/users/{id}/roles',
    who: 'users:read',
    summary: 'The roles of a user',
    params: byId,
    answer: { status: 200, body: Roles },
    problems: ['user_not_found'],
  }),
  setRoles: route({
    method: 'PUT',
    path: '/users/{id}/roles',
    who: 'roles:write',
    summary: 'Give a user these roles, in place of those that the user has',
    params: byId,
    body: Roles,
    answer: { status: 200, body: Roles },
    problems: ['user_not_found', 'rights_exceeded', 'last_owner', 'too_many_requests'],
  }),
  disableUser: route({
    method: 'POST',
    path: '/users/{id}/disable',
    who: 'users:write',
    summary: 'Disable a user: no sign-in any more, and no token of the user opens anything within five seconds',
    params: byId,
    answer: { status: 200, body: User },
    problems: ['user_not_found', 'rights_exceeded', 'last_owner', 'too_many_requests'],
  }),
  enableUser: route({
    method: 'POST',
    path: '/users/{id}/enable',
    who: 'users:write',
    summary: 'Enable a user who was disabled',
    params: byId,
    answer: { status: 200, body: User },
    problems: ['user_not_found', 'rights_exceeded', 'too_many_requests'],
  }),
  endSessionsOf: route({
    method: 'DELETE',
    path: '/users/{id}/sessions',
    untagged: true,
    who: 'users:write',
    summary: 'End all sessions of a user',
    params: byId,
    answer: { status: 204 },
    problems: ['user_not_found', 'rights_exceeded'],
  }),
  listAddresses: route({
    method: 'GET',
    path: '/users/me/addresses',
    who: 'user',
    summary: 'The addresses of the signed-in user, the oldest first: all of them, there are at most 50',
    answer: { status: 200, body: z.object({ items: z.array(UserAddress) }) },
  }),
  addAddress: route({
    method: 'POST',
    path: '/users/me/addresses',
    who: 'user',
    summary: 'Keep an address; the first of its type becomes the default',
    body: AddressInput,
    idempotencyKey: 'optional',
    answer: { status: 201, body: UserAddress, location: '/users/me/addresses/{id}' },
    problems: ['too_many_addresses'],
  }),
  getAddress: route({
    method: 'GET',
    path: '/users/me/addresses/{id}',
    who: 'user',
    summary: 'One address of the signed-in user',
    params: byId,
    answer: { status: 200, body: UserAddress },
    problems: ['address_not_found'],
  }),
  replaceAddress: route({
    method: 'PUT',
    path: '/users/me/addresses/{id}',
    who: 'user',
    summary: 'Replace an address',
    params: byId,
    body: AddressInput,
    answer: { status: 200, body: UserAddress },
    problems: ['address_not_found'],
  }),
  removeAddress: route({
    method: 'DELETE',
    path: '/users/me/addresses/{id}',
    who: 'user',
    summary: 'Forget an address; if it was the default, the oldest of its type becomes that',
    params: byId,
    answer: { status: 204 },
    problems: ['address_not_found'],
  }),
}
