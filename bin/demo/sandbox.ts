import { ListSecretsCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { systemClock } from '../../functions/runtime/clock.ts'
import { secretOf } from '../../functions/payments/adapters/provider-secret.ts'
import { signatureHeader } from '../../functions/payments/adapters/signature.ts'
import type { LocalControl } from '../replay/local-control.ts'
import type { DemoStack } from './shop.ts'

/** Sends a webhook of the sandbox to payments, signed with its secret. */
export async function sendWebhook({ api, control }: DemoStack, event: unknown): Promise<void> {
  const text = JSON.stringify(event)
  const time = Math.floor((await control.now()) / 1_000)
  const signature = signatureHeader(await webhookSecrets(control), time, text)
  await api.receiveWebhook({
    params: { provider: 'sandbox' },
    text,
    mediaType: 'application/json',
    headers: { 'holdfast-signature': signature },
  })
}

async function webhookSecrets(control: LocalControl): Promise<readonly string[]> {
  const { endpoint, region } = await control.aws()
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' }
  const client = new SecretsManagerClient({ endpoint, region, credentials })
  try {
    const { SecretList = [] } = await client.send(new ListSecretsCommand({}))
    const arn = SecretList.find(({ Name }) => Name?.includes('payments'))?.ARN
    if (arn === undefined) throw new Error('The stack has no secret of payments.')
    return (await secretOf(client, arn, systemClock)()).webhookSecrets
  } finally {
    client.destroy()
  }
}
