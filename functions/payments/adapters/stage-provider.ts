import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { clientSettings } from '../../runtime/aws.ts'
import { systemClock } from '../../runtime/clock.ts'
import { env, required } from '../../runtime/env.ts'
import type { CardProvider } from './provider.ts'
import { sandboxProvider } from './provider.sandbox.ts'
import { type ProviderSecret, secretOf } from './provider-secret.ts'

/** The card provider of the stage. Throws for one that there is not. */
export function liveProvider(): CardProvider {
  const secret = liveSecret()
  const webhookSecrets = async (): Promise<readonly string[]> => (await secret()).webhookSecrets
  const name = required(env.cardProvider)
  if (name === 'sandbox') return sandboxProvider({ clock: systemClock, webhookSecrets })
  if (name === 'stripe') return liveStripe(secret, webhookSecrets)
  throw new Error(`There is no card provider ${name}.`)
}

/** The secret of the stage's provider, read when it is first needed: not every function may read it. */
function liveSecret(): () => Promise<ProviderSecret> {
  let read: (() => Promise<ProviderSecret>) | undefined
  return () =>
    (read ??= secretOf(new SecretsManagerClient(clientSettings), required(env.providerSecret), systemClock))()
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
    read: async (...sent) => (await stripe()).read(...sent),
  }
}
