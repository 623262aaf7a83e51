import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { clientSettings } from '../../runtime/aws.ts'
import { systemClock } from '../../runtime/clock.ts'
import { env, required } from '../../runtime/env.ts'
import type { CardProvider } from './provider.ts'
import { sandboxProvider } from './provider.sandbox.ts'
import { type ProviderSecret, secretOf } from './provider-secret.ts'

/** The card provider of the stage. Throws for one that there is not. */
export const liveProvider = (): CardProvider =>
  providerOf(required(env.cardProvider), () => ({
    client: new SecretsManagerClient(clientSettings),
    secretId: required(env.providerSecret),
  }))

/** Where a secret lies. */
export interface SecretPlace {
  readonly client: SecretsManagerClient
  readonly secretId: string
}

/**
 * The card provider of that name. Its secret is found when it is first needed: not every function may read it. Throws for a provider that
 * there is not.
 */
export function providerOf(name: string, place: () => SecretPlace): CardProvider {
  const secret = secretAt(place)
  const webhookSecrets = async (): Promise<readonly string[]> => (await secret()).webhookSecrets
  if (name === 'sandbox') return sandboxProvider({ clock: systemClock, webhookSecrets })
  if (name === 'stripe') return liveStripe(secret, webhookSecrets)
  throw new Error(`There is no card provider ${name}.`)
}

function secretAt(place: () => SecretPlace): () => Promise<ProviderSecret> {
  let read: (() => Promise<ProviderSecret>) | undefined
  const found = (): (() => Promise<ProviderSecret>) => {
    const { client, secretId } = place()
    return secretOf(client, secretId, systemClock)
  }
  return () => (read ??= found())()
}

/** Stripe, loaded at the first call: a stage without it does not wait for its client at each cold start. */
function liveStripe(
  secret: () => Promise<ProviderSecret>,
  webhookSecrets: () => Promise<readonly string[]>,
): CardProvider {
  let loaded: Promise<CardProvider> | undefined
  const load = async (): Promise<CardProvider> => {
    const { keyedClient, stripeProvider } = await import('./provider.stripe.ts')
    const client = keyedClient(async () => (await secret()).apiKey)
    return stripeProvider({ clock: systemClock, client, webhookSecrets })
  }
  const stripe = (): Promise<CardProvider> => (loaded ??= load())
  return {
    name: 'stripe',
    authorize: async (charge) => (await stripe()).authorize(charge),
    find: async (charge) => (await stripe()).find(charge),
    capture: async (charge) => (await stripe()).capture(charge),
    void: async (charge) => (await stripe()).void(charge),
    refund: async (repayment) => (await stripe()).refund(repayment),
    list: async function* (from, to) {
      const { list } = await stripe()
      if (list) yield* list(from, to)
    },
    read: async (...sent) => (await stripe()).read(...sent),
  }
}
