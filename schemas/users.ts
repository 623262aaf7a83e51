import * as z from 'zod'
import { event, route } from './contract.ts'
import { Time } from './shared.ts'

export const Role = z.enum(['customer', 'operator'])
export type Role = z.infer<typeof Role>

// Cognito takes user names of 128 characters.
const Email = z
  .email()
  .max(128)
  .transform((email) => email.toLowerCase())

const Password = z
  .string()
  .min(8)
  .max(99)
  .refine((text) => /[a-z]/.test(text) && /[A-Z]/.test(text) && /[0-9]/.test(text) && /[^A-Za-z0-9]/.test(text), {
    message: 'at least one lower-case letter, capital, digit and symbol',
  })

export const User = z
  .object({ id: z.string(), email: z.string(), name: z.string().optional(), roles: z.array(Role), createdAt: Time })
  .meta({ id: 'User' })
export type User = z.infer<typeof User>

export const Session = z
  .object({
    accessToken: z.string(),
    refreshToken: z.string(),
    expiresIn: z.int().describe('Seconds that the access token is good for.'),
    user: z.object({ id: z.string(), email: z.string(), roles: z.array(Role) }),
  })
  .meta({ id: 'Session' })
export type Session = z.infer<typeof Session>

export const events = {
  userRegistered: event(
    'users',
    'user.registered',
    1,
    'Somebody has an account.',
    z.object({ userId: z.string(), email: z.string(), name: z.string().optional(), roles: z.array(Role) }),
  ),
}

export const routes = {
  register: route({
    method: 'POST',
    path: '/users',
    who: 'open',
    summary: 'Register a customer',
    body: z.strictObject({ email: Email, password: Password, name: z.string().trim().min(1).max(100).optional() }),
    answer: { status: 201, body: User },
    problems: ['email_taken', 'too_many_requests'],
  }),
  signIn: route({
    method: 'POST',
    path: '/sessions',
    who: 'open',
    summary: 'Sign in',
    body: z.strictObject({ email: Email, password: z.string().min(1).max(256) }),
    answer: { status: 201, body: Session },
    problems: ['wrong_credentials', 'registration_unfinished', 'too_many_requests'],
  }),
  refreshSession: route({
    method: 'POST',
    path: '/sessions/refresh',
    who: 'open',
    summary: 'A new access token for a refresh token',
    body: z.strictObject({ refreshToken: z.string().min(1).max(4_096) }),
    answer: { status: 201, body: Session },
    problems: ['wrong_credentials', 'too_many_requests'],
  }),
  getMe: route({
    method: 'GET',
    path: '/users/me',
    who: 'user',
    summary: 'The signed-in user',
    answer: { status: 200, body: User },
    problems: ['user_not_found'],
  }),
}
