import * as z from 'zod'
import { actionRecorded } from './action.ts'
import { impersonal, personal } from './personal.ts'
import { retired, textStandIn } from './retired.ts'
import { Role } from './access.ts'
import { addressRoutes } from './addresses.ts'
import { erasureRoutes } from './erasure.ts'
import { routes as keyRoutes } from './api-keys.ts'
import { Code, Email, Password, Roles, Session, SessionInfo } from './accounts.ts'
import { event, privateEvent, route } from './contract.ts'
import { PersonExport } from './person-export.ts'
import { Id, Paging, pageOf } from './shared.ts'
import { Name, User, UserPatch, UserSummary } from './user.ts'

const WhoItIs = z.object({
  userId: impersonal('the id of a user', z.string()),
  email: retired(personal('email', z.string()), textStandIn),
  name: retired(personal('name', z.string()).optional()),
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
  userContact: privateEvent(
    'users',
    'user.contact',
    1,
    'Where mails about the orders of a user go from now on has changed.',
    z.object({
      userId: impersonal('the id of a user', z.string()),
      version: z.int().describe('Of the profile; the higher one is the newer one.'),
      email: personal('email', z.string())
        .optional()
        .describe('A proven address. Absent where none is proven, or the user wants no mails.'),
    }),
  ),
  userErased: event(
    'users',
    'user.erased',
    1,
    'An account is erased: whoever keeps something of its person forgets it.',
    z.object({
      userId: impersonal('the id of a user', z.string()),
      version: z.int().describe('The last one of the profile.'),
    }),
  ),
  actionRecorded: actionRecorded('users'),
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
  changePassword: route({
    method: 'POST',
    path: '/users/me/password',
    who: 'user',
    summary: 'Change the password of the signed-in user; all other sessions of the user end, and a mail makes it known',
    body: z.strictObject({ currentPassword: z.string().min(1).max(256), newPassword: Password }),
    verbatim: ['currentPassword', 'newPassword'],
    answer: { status: 204 },
    problems: ['wrong_password', 'too_many_requests'],
  }),
  requestPasswordReset: route({
    method: 'POST',
    path: '/password-resets',
    who: 'open',
    summary:
      'Mail a code for a new password to this address, if somebody has it; the answer is the same for all others',
    body: z.strictObject({ email: Email }),
    answer: { status: 202 },
    problems: ['too_many_requests'],
  }),
  confirmPasswordReset: route({
    method: 'POST',
    path: '/password-resets/confirm',
    who: 'open',
    summary:
      'Set a new password with a mailed code, which is good for 15 minutes, once, and 5 tries; all sessions end, and a mail makes it known',
    body: z.strictObject({ email: Email, code: Code, newPassword: Password }),
    verbatim: ['newPassword'],
    answer: { status: 204 },
    problems: ['invalid_code', 'too_many_requests'],
  }),
  requestEmailCode: route({
    method: 'POST',
    path: '/users/me/email',
    who: 'user',
    summary:
      'Mail a code to an address: to prove the own one, or, with the current password, a new one that is to take its place',
    body: z.strictObject({
      email: Email,
      currentPassword: z
        .string()
        .min(1)
        .max(256)
        .optional()
        .describe('Needed for an address that is not that of the account.'),
    }),
    verbatim: ['currentPassword'],
    answer: { status: 202 },
    problems: ['wrong_password', 'too_many_requests'],
  }),
  verifyEmail: route({
    method: 'POST',
    path: '/users/me/email/verify',
    who: 'user',
    summary:
      'Prove an address with the code that was mailed there; another one than that of the account takes its place',
    body: z.strictObject({ code: Code }),
    answer: { status: 204 },
    problems: ['invalid_code', 'too_many_requests'],
  }),
  getMe: route({
    method: 'GET',
    path: '/users/me',
    who: 'user',
    summary: 'The signed-in user',
    answer: { status: 200, body: User },
    problems: ['user_not_found'],
  }),
  exportMe: route({
    method: 'GET',
    path: '/users/me/export',
    who: 'user',
    summary: 'All that every service keeps of the signed-in user, as pages of one document',
    query: Paging.omit({ limit: true }),
    answer: { status: 200, body: PersonExport },
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
  listUsers: route({
    method: 'GET',
    path: '/users',
    who: 'users:read',
    summary: 'Users by e-mail, or those whose e-mail or name has words that begin like this',
    query: Paging.extend({
      q: z
        .string()
        .trim()
        .min(1)
        .max(128)
        .optional()
        .describe('Each of its words begins the e-mail, or a word of the name. Case does not count.'),
    }),
    answer: { status: 200, body: pageOf(UserSummary) },
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
  ...addressRoutes,
  ...erasureRoutes,
  ...keyRoutes,
}
