import * as z from 'zod'
import { Role } from './access.ts'
import { own } from './own.ts'
import { personal } from './personal.ts'
import { addressFields } from './address-input.ts'
import { Address, Id, Time } from './shared.ts'
import { linesOrNothing, trimmedLine } from './text.ts'

export const Name = personal('name', trimmedLine(100))
const Phone = personal('phone', trimmedLine(30))

/** How many preferences a user may have. */
export const maxPreferences = 20
const PreferenceName = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9._-]{0,49}$/, 'a letter, then up to 49 letters, digits, dots, hyphens or underscores')
const PreferenceValue = z.union([personal('preferences', z.string().max(200)), z.int(), z.boolean()])

/** The one preference that the system goes by: `false` ends the mails about orders. */
export const mailsPreference = 'mails'
const switchesMails = (preferences: Readonly<Record<string, unknown>> | null | undefined): boolean =>
  ['undefined', 'boolean'].includes(typeof (own(preferences ?? {}, mailsPreference) ?? undefined))
const notASwitch = { path: [mailsPreference], error: 'true or false' }

export const Preferences = z
  .record(PreferenceName, PreferenceValue)
  .describe('What clients remember of a user: a language, a theme. `mails: false` ends the mails about orders.')
export type Preferences = z.infer<typeof Preferences>

export const User = z
  .object({
    id: z.string(),
    email: personal('email', z.string()),
    emailVerified: z
      .boolean()
      .describe('Whether a mailed code has proven that the user reads the mails of this address.'),
    name: personal('name', z.string()).optional(),
    phone: personal('phone', z.string()).optional(),
    preferences: Preferences.optional(),
    roles: z.array(Role),
    disabled: z.boolean().optional().describe('True where the user may not sign in.'),
    erasesAt: Time.optional().describe('When the account is erased, where somebody has asked for that.'),
    erasureWaitsFor: z
      .enum(['wallet_not_empty'])
      .optional()
      .describe(
        'Why the account is still there after `erasesAt`: it is erased within an hour after an operator has paid the wallet out.',
      ),
    createdAt: Time,
  })
  .meta({ id: 'User' })
export type User = z.infer<typeof User>

/** A user in a list. */
export const UserSummary = User.pick({ id: true, email: true, name: true, roles: true })
  .extend({ disabled: z.boolean().describe('True where the user may not sign in.') })
  .meta({ id: 'UserSummary' })
export type UserSummary = z.infer<typeof UserSummary>

/** What users may change of themselves. Null removes; preferences are merged by name. */
export const UserPatch = z
  .strictObject({
    name: Name.nullable().optional(),
    phone: Phone.nullable().optional(),
    preferences: z
      .record(PreferenceName, z.union([personal('preferences', linesOrNothing(200)), z.int(), z.boolean()]).nullable())
      .refine(switchesMails, notASwitch)
      .nullable()
      .optional()
      .describe('Null removes. `mails` is true or false: false ends the mails about orders.'),
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
    ...addressFields,
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
