import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Refuse } from '../../runtime/errors.ts'
import { wholeNumber } from '../../runtime/whole-number.ts'

/** How old a webhook may be, and how far ahead its clock, in seconds. */
export const toleranceSeconds = 300

/** The HMAC-SHA256 over time (seconds since 1970) and raw body, in hexadecimal. */
export const signatureOf = (secret: string, time: number, text: string): string =>
  createHmac('sha256', secret).update(`${time}.${text}`).digest('hex')

/** The header `holdfast-signature` for a body, with one signature for each secret. */
export const signatureHeader = (secrets: readonly string[], time: number, text: string): string =>
  [`t=${time}`, ...secrets.map((secret) => `v1=${signatureOf(secret, time, text)}`)].join(',')

type RefuseSignature = Refuse<'invalid_signature'>

/** Checks that one of the header's signatures is made with one of the secrets, no more than 300 s from `now` (milliseconds since 1970). */
export function checkSignature(
  text: string,
  header: string | undefined,
  secrets: readonly string[],
  now: number,
  refuse: RefuseSignature,
): void {
  const time = checkTime(header, now, refuse)
  const given = partsOf(header).flatMap(([name, value]) => (name === 'v1' && value !== undefined ? [value] : []))
  const known = secrets.map((secret) => signatureOf(secret, time, text))
  if (!given.some((each) => known.some((signature) => isSame(each, signature)))) throw invalidSignature(refuse)
}

/**
 * The time of a signature header, `t` in seconds since 1970, which stands there once and in digits alone. Refuses any other header, and a
 * time that is more than 300 s from `now` (milliseconds since 1970).
 */
export function checkTime(header: string | undefined, now: number, refuse: RefuseSignature): number {
  const [time, ...more] = partsOf(header).flatMap(([name, value]) => (name === 't' ? [wholeNumber(value)] : []))
  if (time === undefined || more.length > 0 || Math.abs(now / 1_000 - time) > toleranceSeconds)
    throw invalidSignature(refuse)
  return time
}

const partsOf = (header = ''): string[][] => header.split(',').map((part) => part.trim().split('=', 2))

/** One answer for every fault, which gives no hint how far off the signature was. */
export const invalidSignature = (refuse: RefuseSignature) =>
  refuse('invalid_signature', 'The signature is missing, wrong, or older than 300 s.')

function isSame(given: string, known: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(known)]
  return a.length === b.length && timingSafeEqual(a, b)
}
