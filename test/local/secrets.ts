import { GetSecretValueCommand, ListSecretsCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { state } from './control.ts'

/** What webhooks of the sandbox are signed with, read past IAM. */
export async function webhookSecret(): Promise<string> {
  const client = new SecretsManagerClient({
    endpoint: (await state()).endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  })
  const { SecretList = [] } = await client.send(new ListSecretsCommand({}))
  const found = SecretList.find(({ Name = '' }) => Name.includes('CardProvider'))
  const { SecretString = '' } = await client.send(new GetSecretValueCommand({ SecretId: found?.ARN }))
  return (JSON.parse(SecretString) as { webhookSecret: string }).webhookSecret
}
