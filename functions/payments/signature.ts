import { createHmac, timingSafeEqual } from 'node:crypto'
import { HttpProblem } from '../runtime/errors.ts'

/** How old a webhook may be, and how far ahead its clock, in seconds. */
const toleranceSeconds = 300

/** The HMAC-SHA256 over time (seconds since 1970) and raw body, in hexadecimal. */
export const signatureOf = (secret: string, time: number, text: string): string =>
  createHmac('sha256', secret).update(`${time}.${text}`).digest('hex')

/** The header `holdfast-signature` for a body, with one signature for each secret. */
export const signatureHeader = (secrets: readonly string[], time: number, text: string): string =>
  [`t=${time}`, ...secrets.map((secret) => `v1=${signatureOf(secret, time, text)}`)].join(',')

/**
 * Checks that one of the header's signatures is made with one of the secrets, no more than 300 s from `now` (milliseconds since 1970).
 * Throws `HttpProblem` 400 `invalid_signature`.
 */
export function checkSignature(
  text: string,
  header: string | undefined,
  secrets: readonly string[],
  now: number,
): void {
  const parts = (header ?? '').split(',').map((part) => part.trim().split('=', 2))
  const time = Number(parts.find(([name]) => name === 't')?.[1] ?? Number.NaN)
  const given = parts.flatMap(([name, value]) => (name === 'v1' && value !== undefined ? [value] : []))
  const known = secrets.map((secret) => signatureOf(secret, time, text))
  const signed = given.some((each) => known.some((signature) => isSame(each, signature)))
  if (!signed || Math.abs(now / 1_000 - time) > toleranceSeconds) throw invalidSignature()
}

/** One answer for every fault, so that nobody learns how far off he was. */
export const invalidSignature = (): HttpProblem =>
  new HttpProblem(400, 'invalid_signature', 'The signature is missing, wrong, or older than 300 s.')

function isSame(given: string, known: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(known)]
  return a.length === b.length && timingSafeEqual(a, b)
}
