import { AwsError } from '../endpoint/aws-error.ts'

/** Throws unless the pool knows each attribute and takes its value. */
export function requireAttributes(attributes: ReadonlyMap<string, string>, customAttributes: readonly string[]): void {
  const known = new Set([...standardAttributes, ...customAttributes.map((name) => `custom:${name}`)])
  for (const [name, value] of attributes) {
    if (!known.has(name))
      throw new AwsError('InvalidParameterException', `Attributes did not conform to the schema: ${name}: not defined`)
    if (value.length > 2_048) throw constraint('userAttributes', 'Member must have length less than or equal to 2048')
  }
  const email = attributes.get('email')
  if (email !== undefined && !isEmail(email))
    throw new AwsError('InvalidParameterException', 'Invalid email address format.')
}

/** Throws unless it may name a user. */
export function requireUsername(name: string): void {
  if (name.length < 1 || name.length > 128) throw constraint('username', 'Member must have length between 1 and 128')
  if (!/^[\p{L}\p{M}\p{S}\p{N}\p{P}]+$/u.test(name))
    throw constraint('username', 'Member must satisfy regular expression pattern: [\\p{L}\\p{M}\\p{S}\\p{N}\\p{P}]+')
}

export const isEmail = (text: string): boolean => /^[^\s@]+@[^\s@]+\.[^\s@.]+$/.test(text)

/** The refusal of a field, as Cognito words it. */
export const constraint = (field: string, rule: string): AwsError =>
  new AwsError(
    'InvalidParameterException',
    `1 validation error detected: Value at '${field}' failed to satisfy constraint: ${rule}`,
  )

/** https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-settings-attributes.html */
const standardAttributes: readonly string[] = [
  'address',
  'birthdate',
  'email',
  'email_verified',
  'family_name',
  'gender',
  'given_name',
  'locale',
  'middle_name',
  'name',
  'nickname',
  'phone_number',
  'phone_number_verified',
  'picture',
  'preferred_username',
  'profile',
  'updated_at',
  'website',
  'zoneinfo',
]
