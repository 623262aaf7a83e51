import * as z from 'zod'
import { AwsError } from '../endpoint/aws-error.ts'

const Condition = z.union([
  z.tuple([z.literal('content-length-range'), z.int(), z.int()]),
  z.tuple([z.enum(['eq', 'starts-with']), z.string(), z.string()]),
  z.record(z.string(), z.string()),
])
const Policy = z.object({ expiration: z.iso.datetime(), conditions: z.array(Condition) })

/** What a form brings. */
interface Posted {
  /** Names in small letters. */
  readonly fields: ReadonlyMap<string, string>
  readonly bucket: string
  /** Of the file, in bytes. */
  readonly size: number
  readonly now: number
}

/** Fields that need no condition. */
const free = /^(?:policy|x-amz-signature|file|x-ignore-.*)$/

/** Throws AwsError where a form breaks its policy: a condition that does not hold, a field without one, a file too large, a time that is over. */
export function checkPolicy(encoded: string, posted: Posted): void {
  const { expiration, conditions } = policyIn(encoded)
  const { fields, bucket, size, now } = posted
  if (now > Date.parse(expiration)) throw denied('Invalid according to Policy: Policy expired.')
  const valueOf = (name: string): string => (name === 'bucket' ? bucket : (fields.get(name) ?? ''))
  const named = new Set<string>()
  for (const condition of conditions) {
    const holds = (kind: string, field: string, value: string): void => {
      const name = field.replace(/^\$/, '').toLowerCase()
      named.add(name)
      const has = valueOf(name)
      if (kind === 'eq' ? has !== value : !has.startsWith(value))
        throw denied(`Invalid according to Policy: Policy Condition failed: ["${kind}", "$${name}", "${value}"]`)
    }
    if (!Array.isArray(condition)) for (const [field, value] of Object.entries(condition)) holds('eq', field, value)
    else if (condition[0] !== 'content-length-range') holds(condition[0], condition[1], condition[2])
    else if (size > condition[2])
      throw new AwsError('EntityTooLarge', 'Your proposed upload exceeds the maximum allowed size')
    else if (size < condition[1])
      throw new AwsError('EntityTooSmall', 'Your proposed upload is smaller than the minimum allowed size')
  }
  const extra = [...fields.keys()].find((name) => !named.has(name) && !free.test(name))
  if (extra !== undefined) throw denied(`Invalid according to Policy: Extra input fields: ${extra}`)
}

function policyIn(encoded: string): z.infer<typeof Policy> {
  try {
    return Policy.parse(JSON.parse(Buffer.from(encoded, 'base64').toString()))
  } catch {
    throw new AwsError('InvalidPolicyDocument', 'The content of the form does not meet the conditions specified.')
  }
}

const denied = (message: string): AwsError => new AwsError('AccessDenied', message, 403)
