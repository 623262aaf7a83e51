import { createHmac, randomBytes } from 'node:crypto'

const mark = 'whsec_'

/** A secret as Standard Webhooks has it: 32 bytes of chance. */
export const secretOf = (bytes: Uint8Array): string => `${mark}${Buffer.from(bytes).toString('base64')}`

export const newSecretBytes = (): Uint8Array => randomBytes(32)

/**
 * The headers of an attempt at `now` (milliseconds since 1970), with one signature for each secret.
 * https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
export function signedHeaders(secrets: readonly string[], id: string, body: string, now: number) {
  const timestamp = String(Math.floor(now / 1_000))
  return {
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': secrets.map((secret) => `v1,${signatureOf(secret, `${id}.${timestamp}.${body}`)}`).join(' '),
  }
}

const signatureOf = (secret: string, signed: string): string =>
  createHmac('sha256', Buffer.from(secret.slice(mark.length), 'base64'))
    .update(signed)
    .digest('base64')
