import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'
import { AwsError } from '../endpoint/aws-error.ts'
import { constraint } from './attributes.ts'

export interface PasswordPolicy {
  readonly minimumLength: number
  readonly lowercase: boolean
  readonly uppercase: boolean
  readonly numbers: boolean
  readonly symbols: boolean
  /** How many days a temporary password is good for. */
  readonly temporaryDays: number
}

/** A password as the pool keeps it. */
export interface Hash {
  readonly salt: Buffer
  readonly key: Buffer
}

/** Throws `InvalidPasswordException` with the first rule that the password breaks. */
export function requirePassword(password: string, policy: PasswordPolicy): void {
  if (password.length > 256) throw constraint('password', 'Member must have length less than or equal to 256')
  if (!/^\S+.*\S+$/.test(password))
    throw constraint('password', 'Member must satisfy regular expression pattern: ^[\\S]+.*[\\S]+$')
  const { minimumLength, lowercase, uppercase, numbers, symbols } = policy
  const failed = [
    password.length < minimumLength && 'Password not long enough',
    lowercase && !/[a-z]/.test(password) && 'Password must have lowercase characters',
    uppercase && !/[A-Z]/.test(password) && 'Password must have uppercase characters',
    numbers && !/\d/.test(password) && 'Password must have numeric characters',
    /[^\x20-\x7E]/.test(password) && 'Password must have only basic Latin letters, numbers and special characters',
    symbols && !/[\^$*.[\]{}()?"!@#%&/\\,><':;|_~`=+\- ]/.test(password) && 'Password must have symbol characters',
  ].find((each) => each !== false)
  if (failed !== undefined)
    throw new AwsError('InvalidPasswordException', `Password did not conform with policy: ${failed}`)
}

const derive = promisify<string, Buffer, number, { N: number }, Buffer>(scrypt)
const cost = { N: 4_096 }

export async function hash(password: string): Promise<Hash> {
  const salt = randomBytes(16)
  return { salt, key: await derive(password, salt, 32, cost) }
}

const unmatched: Hash = { salt: Buffer.alloc(16), key: Buffer.alloc(32) }

/** Takes the same time whether there is such a user or not. */
export async function matches(password: string, stored: Hash | undefined): Promise<boolean> {
  const { salt, key } = stored ?? unmatched
  return timingSafeEqual(await derive(password, salt, 32, cost), key)
}
