import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { clientSettings } from '../runtime/aws.ts'
import { systemClock } from '../runtime/clock.ts'
import { env, required } from '../runtime/env.ts'
import type { CardProvider } from './provider.ts'
import { sandboxProvider } from './provider.sandbox.ts'
import { type ProviderSecret, secretOf } from './provider-secret.ts'

/** The card provider of the stage. */
export function liveProvider(): CardProvider {
  const secret = liveSecret()
  return sandboxProvider({ clock: systemClock, webhookSecrets: async () => (await secret()).webhookSecrets })
}

/** The secret of the stage's provider, looked for when it is first needed: not every function may read it. */
function liveSecret(): () => Promise<ProviderSecret> {
  let read: (() => Promise<ProviderSecret>) | undefined
  return () =>
    (read ??= secretOf(new SecretsManagerClient(clientSettings), required(env.providerSecret), systemClock))()
}
