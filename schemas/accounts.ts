import * as z from 'zod'
import { personal } from './personal.ts'
import { Role } from './access.ts'
import { Time } from './shared.ts'

// Cognito takes user names of 128 characters.
export const Email = personal('email', z.email().max(128).meta({ id: 'Email' })).transform((email) =>
  email.toLowerCase(),
)

/**
 * What Cognito takes as a password: ASCII letters, digits and symbols, and blanks (U+0020), which count as symbols, but not at the ends.
 * https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-settings-policies.html
 */
export const Password = z
  .string()
  .min(8)
  .max(256)
  .regex(/^[\x20-\x7E]*$/, 'letters without accents, digits, symbols and blanks of ASCII only')
  .regex(/^(?! )[^]*(?<! )$/, 'no blank at its beginning or end')
  .refine((text) => /[a-z]/.test(text) && /[A-Z]/.test(text) && /[0-9]/.test(text) && /[^A-Za-z0-9]/.test(text), {
    message: 'at least one lower-case letter, capital, digit and symbol',
  })
  .meta({
    id: 'Password',
    format: 'password',
    allOf: ['^[\\x20-\\x7E]*$', '^[^ ](.*[^ ])?$', '[a-z]', '[A-Z]', '[0-9]', '[^A-Za-z0-9]'].map((pattern) => ({
      pattern,
    })),
    description: 'ASCII: at least one lower-case letter, capital, digit and symbol; no blank at its beginning or end.',
  })

/** What is mailed as a code. */
export const Code = z
  .string()
  .regex(/^[0-9]{8}$/, '8 digits')
  .meta({ id: 'Code', example: '40917326' })

export const Session = z
  .object({
    accessToken: z.string(),
    refreshToken: z.string(),
    expiresIn: z.int().describe('Seconds that the access token is good for.'),
    user: z.object({ id: z.string(), email: personal('email', z.string()), roles: z.array(Role) }),
  })
  .meta({ id: 'Session' })
export type Session = z.infer<typeof Session>

/** The roles of a user; none stands for a customer. */
export const Roles = z
  .strictObject({
    roles: z
      .array(Role)
      .max(Role.options.length)
      .meta({ uniqueItems: true })
      .refine((roles) => new Set(roles).size === roles.length, 'each role once'),
  })
  .meta({ id: 'Roles' })

/** A session as its user sees it. */
export const SessionInfo = z
  .object({
    id: z.string(),
    ip: personal('session', z.string()).describe('The address that used it last.'),
    userAgent: personal('session', z.string()).describe('The program that used it last, as it names itself.'),
    createdAt: Time,
    lastUsedAt: Time.describe('When it last got an access token.'),
    expiresAt: Time,
    current: z.boolean().describe('Whether it is the one that asks.'),
  })
  .meta({ id: 'SessionInfo' })
export type SessionInfo = z.infer<typeof SessionInfo>
