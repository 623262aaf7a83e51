import {
  type CloudFormationClient,
  DeleteStackCommand,
  DescribeStacksCommand,
  GetTemplateCommand,
  UpdateTerminationProtectionCommand,
  paginateListStackResources,
  waitUntilStackDeleteComplete,
} from '@aws-sdk/client-cloudformation'
import { DeleteObjectCommand, type S3Client, paginateListObjectsV2 } from '@aws-sdk/client-s3'
import { services } from '../../schemas/contract.ts'

/** A resource that stays when its stack is deleted. */
export interface Kept {
  readonly type: string
  /** The name that AWS knows it by. */
  readonly id: string
}

/** The stacks of a stage, each before those that it depends on. */
export const stackNamesOf = (stage: string): string[] =>
  ['operations', ...services, 'platform'].map((name) => `Holdfast-${stage}-${name}`)

/** Those of the stacks that are there. */
export async function existing(client: CloudFormationClient, names: readonly string[]): Promise<string[]> {
  const found = await Promise.all(
    names.map((StackName) =>
      client.send(new DescribeStacksCommand({ StackName })).then(
        ({ Stacks = [] }) => (Stacks[0]?.StackStatus === 'DELETE_COMPLETE' ? [] : [StackName]),
        (error: unknown) => {
          if (error instanceof Error && error.message.includes('does not exist')) return []
          throw error
        },
      ),
    ),
  )
  return found.flat()
}

/** What stays of a stack, by its template. */
export const keptOf = async (client: CloudFormationClient, stackName: string): Promise<Kept[]> =>
  (await resourcesOf(client, stackName)).filter(({ isRetained }) => isRetained).map(({ type, id }) => ({ type, id }))

/** Deletes the objects of the buckets that go with a stack: S3 deletes no bucket that holds one. */
async function emptyBuckets(client: CloudFormationClient, s3: S3Client, stackName: string): Promise<void> {
  for (const { type, id: Bucket, isRetained } of await resourcesOf(client, stackName)) {
    if (type !== 'AWS::S3::Bucket' || isRetained) continue
    for await (const { Contents = [] } of paginateListObjectsV2({ client: s3 }, { Bucket })) {
      for (const { Key } of Contents) await s3.send(new DeleteObjectCommand({ Bucket, Key }))
    }
  }
}

async function resourcesOf(client: CloudFormationClient, StackName: string) {
  const { TemplateBody = '{}' } = await client.send(new GetTemplateCommand({ StackName }))
  const { Resources = {} } = JSON.parse(TemplateBody) as {
    readonly Resources?: Readonly<Record<string, { readonly DeletionPolicy?: string }>>
  }
  const retained = new Set(
    Object.entries(Resources).flatMap(([id, { DeletionPolicy }]) => (DeletionPolicy === 'Retain' ? id : [])),
  )
  const resources: { readonly type: string; readonly id: string; readonly isRetained: boolean }[] = []
  // DescribeStackResources would give a hundred of them and no more.
  for await (const { StackResourceSummaries = [] } of paginateListStackResources({ client }, { StackName })) {
    for (const {
      LogicalResourceId = '',
      ResourceType = '',
      PhysicalResourceId = '',
      ResourceStatus,
    } of StackResourceSummaries) {
      // What is gone may stay in the list, where the deletion of the stack failed after it.
      if (ResourceStatus === 'DELETE_COMPLETE') continue
      resources.push({ type: ResourceType, id: PhysicalResourceId, isRetained: retained.has(LogicalResourceId) })
    }
  }
  return resources
}

/** Takes the protection off and deletes the stacks one after the other, with what lies in their buckets; each is gone before the next one goes. */
export async function deleteStacks(
  client: CloudFormationClient,
  s3: S3Client,
  names: readonly string[],
  report: (line: string) => void,
): Promise<void> {
  for (const StackName of names) {
    await client.send(new UpdateTerminationProtectionCommand({ StackName, EnableTerminationProtection: false }))
  }
  for (const StackName of names) {
    await emptyBuckets(client, s3, StackName)
    await client.send(new DeleteStackCommand({ StackName }))
    await waitUntilStackDeleteComplete({ client, maxWaitTime: 3_600, minDelay: 1, maxDelay: 10 }, { StackName })
    report(`${StackName} is deleted.`)
  }
}

const commands: Readonly<Record<string, (id: string) => string>> = {
  'AWS::DynamoDB::Table': (id) =>
    `aws dynamodb update-table --table-name ${id} --no-deletion-protection-enabled && aws dynamodb delete-table --table-name ${id}`,
  'AWS::Cognito::UserPool': (id) =>
    `aws cognito-idp update-user-pool --user-pool-id ${id} --deletion-protection INACTIVE && aws cognito-idp delete-user-pool --user-pool-id ${id}`,
  'AWS::S3::Bucket': (id) => `aws s3 rb --force s3://${id}`,
  'AWS::Logs::LogGroup': (id) => `aws logs delete-log-group --log-group-name ${id}`,
  'AWS::SecretsManager::Secret': (id) => `aws secretsmanager delete-secret --secret-id ${id}`,
}

/** The command that deletes what was kept, for good. */
export const deletionOf = ({ type, id }: Kept): string =>
  new Map(Object.entries(commands)).get(type)?.(id) ?? `${type} ${id}`
