import {
  GetSecretValueCommand,
  ListSecretsCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { secretsOperations } from '../../localstack/secretsmanager/api.ts'
import { resolveTemplates } from '../../localstack/deploy/assembly.ts'
import { AwsEndpoint } from '../../localstack/endpoint/aws-endpoint.ts'
import { CallCounts } from '../../localstack/endpoint/call-counts.ts'
import { AccessKeys, rootCredentials } from '../../localstack/endpoint/access-keys.ts'
import { Faults } from '../../localstack/endpoint/faults.ts'
import { Outages } from '../../localstack/endpoint/outages.ts'
import { deployIam } from '../../localstack/deploy/policies.ts'
import { deploySecrets } from '../../localstack/deploy/secrets.ts'
import { modelDeps, start } from './model-deps.ts'
import { noTraces } from './no-traces.ts'

const template = {
  Resources: {
    Key: {
      Type: 'AWS::SecretsManager::Secret',
      Properties: {
        GenerateSecretString: {
          SecretStringTemplate: '{"apiKey":"unset"}',
          GenerateStringKey: 'webhookSecret',
          PasswordLength: 40,
          ExcludePunctuation: true,
        },
      },
    },
    Plain: { Type: 'AWS::SecretsManager::Secret', Properties: { SecretString: 'fixed' } },
    Role: {
      Type: 'AWS::IAM::Role',
      Properties: {
        AssumeRolePolicyDocument: { Statement: [] },
        Policies: [
          {
            PolicyName: 'p',
            PolicyDocument: {
              Statement: [{ Effect: 'Allow', Action: 'secretsmanager:GetSecretValue', Resource: { Ref: 'Key' } }],
            },
          },
        ],
      },
    },
  },
}

let endpoint: AwsEndpoint
let counts: CallCounts
let root: SecretsManagerClient
let reader: SecretsManagerClient

beforeEach(async () => {
  endpoint = new AwsEndpoint()
  const url = await endpoint.listen()
  const place = { region: 'us-east-1', account: '000000000000', endpoint: url }
  const assembly = resolveTemplates([{ name: 'Holdfast-S', template }], place)
  const keys = new AccessKeys()
  counts = new CallCounts()
  const operations = secretsOperations(deploySecrets(assembly, modelDeps()))
  endpoint.serve({
    keys,
    iam: deployIam(assembly),
    counts,
    tracer: noTraces,
    faults: new Faults(() => {}),
    outages: new Outages(),
    services: { secretsmanager: { name: 'secretsmanager', contentType: 'application/x-amz-json-1.1', operations } },
  })
  const client = (credentials: typeof rootCredentials) =>
    new SecretsManagerClient({ endpoint: url, region: 'us-east-1', credentials, maxAttempts: 1 })
  root = client(rootCredentials)
  const [role] = assembly.of('AWS::IAM::Role')
  reader = client(keys.issue({ role: role!.arn, name: 'reader' }))
})
afterEach(() => endpoint.stop())

const get = (client: SecretsManagerClient, SecretId: string, VersionStage?: string) =>
  client.send(new GetSecretValueCommand({ SecretId, ...(VersionStage && { VersionStage }) }))

describe('a secret', () => {
  it('is generated as its template wants it', async () => {
    const { SecretString, Name, ARN, CreatedDate } = await get(root, 'Holdfast-S-Key')
    expect(JSON.parse(SecretString!)).toEqual({
      apiKey: 'unset',
      webhookSecret: expect.stringMatching(/^[A-Za-z0-9]{40}$/) as string,
    })
    expect(Name).toBe('Holdfast-S-Key')
    expect(ARN).toMatch(/^arn:aws:secretsmanager:us-east-1:000000000000:secret:Holdfast-S-Key-[a-z0-9]{6}$/)
    expect(CreatedDate).toEqual(new Date(start))
  })
  it('is read by its name and by its ARN', async () => {
    const { ARN } = await get(root, 'Holdfast-S-Plain')
    expect((await get(root, ARN!)).SecretString).toBe('fixed')
    const { SecretList } = await root.send(new ListSecretsCommand({}))
    expect(SecretList?.map(({ Name }) => Name)).toEqual(['Holdfast-S-Key', 'Holdfast-S-Plain'])
  })
  it('is read by those alone whose role allows it, and counted like any call', async () => {
    expect((await get(reader, 'Holdfast-S-Key')).SecretString).toContain('webhookSecret')
    await expect(get(reader, 'Holdfast-S-Plain')).rejects.toThrow(/not authorized|AccessDenied/)
    await expect(
      reader.send(new PutSecretValueCommand({ SecretId: 'Holdfast-S-Key', SecretString: 'mine' })),
    ).rejects.toMatchObject({ name: 'AccessDeniedException' })
    expect(counts.all().find(({ operation }) => operation === 'GetSecretValue')).toMatchObject({
      service: 'secretsmanager',
      caller: 'reader',
      calls: 2,
    })
  })
  it('keeps the value before', async () => {
    await expect(get(root, 'Holdfast-S-Plain', 'AWSPREVIOUS')).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    })
    await root.send(new PutSecretValueCommand({ SecretId: 'Holdfast-S-Plain', SecretString: 'new' }))
    expect((await get(root, 'Holdfast-S-Plain')).SecretString).toBe('new')
    expect((await get(root, 'Holdfast-S-Plain', 'AWSPREVIOUS')).SecretString).toBe('fixed')
  })
  it('that does not exist is not found', async () => {
    await expect(get(root, 'nothing')).rejects.toMatchObject({ name: 'ResourceNotFoundException' })
  })
})
