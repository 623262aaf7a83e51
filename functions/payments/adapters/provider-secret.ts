import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import * as z from 'zod'
import type { Clock } from '../../runtime/clock.ts'

/** What the card provider knows us by, and what its webhooks are signed with: up to two secrets while they are being rotated. */
const ProviderSecret = z
  .object({
    apiKey: z.string().min(1),
    webhookSecret: z.string().min(1),
    previousWebhookSecret: z.string().min(1).optional(),
  })
  .transform(({ apiKey, webhookSecret, previousWebhookSecret }) => ({
    apiKey,
    webhookSecrets: [webhookSecret, ...(previousWebhookSecret === undefined ? [] : [previousWebhookSecret])],
  }))
export type ProviderSecret = z.infer<typeof ProviderSecret>

/** How long a secret is believed, in milliseconds: a rotated one takes effect within this time. */
export const believedMs = 180_000

/**
 * Reads the secret from Secrets Manager, and again after three minutes; when that fails, the last one stands until it succeeds. Throws
 * when there is none, or none that can be read.
 */
export function secretOf(client: SecretsManagerClient, secretId: string, clock: Clock): () => Promise<ProviderSecret> {
  let known: { readonly secret: ProviderSecret; readonly at: number } | undefined
  const read = async (): Promise<ProviderSecret> => {
    const { SecretString: text = '' } = await client.send(new GetSecretValueCommand({ SecretId: secretId }))
    const secret = ProviderSecret.safeParse(jsonOf(text))
    // The parser's message would quote the secret.
    if (!secret.success) throw new Error(`The secret ${secretId} is not as docs/runbooks.md has it.`)
    return secret.data
  }
  return async () => {
    const now = clock.now()
    if (known && now < known.at + believedMs) return known.secret
    try {
      known = { secret: await read(), at: now }
    } catch (error) {
      if (!known) throw error
    }
    return known.secret
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
