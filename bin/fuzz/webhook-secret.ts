import { GetSecretValueCommand, ListSecretsCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import * as z from 'zod'

const Secret = z.object({ webhookSecret: z.string() })

/** What webhooks of the sandbox are signed with on a local stack. */
export async function webhookSecretOf(aws: { readonly endpoint: string; readonly region: string }): Promise<string> {
  const client = new SecretsManagerClient({ ...aws, credentials: { accessKeyId: 'local', secretAccessKey: 'local' } })
  const { SecretList = [] } = await client.send(new ListSecretsCommand({}))
  const found = SecretList.find(({ Name = '' }) => Name.includes('CardProvider'))
  const { SecretString = '' } = await client.send(new GetSecretValueCommand({ SecretId: found?.ARN }))
  return Secret.parse(JSON.parse(SecretString)).webhookSecret
}
