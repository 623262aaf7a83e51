import {
  CloudFormationClient,
  DeleteStackCommand,
  DescribeStackResourcesCommand,
  DescribeStacksCommand,
  GetTemplateCommand,
  UpdateTerminationProtectionCommand,
} from '@aws-sdk/client-cloudformation'
import { DeleteObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3'
import { mockClient } from 'aws-sdk-client-mock'
import { beforeEach, describe, expect, test } from 'vitest'
import { deleteStacks, deletionOf, existing, keptOf, stackNamesOf } from '../../bin/teardown/stacks.ts'

/** Stacks as CloudFormation keeps them: one that is protected, or that another one still reads, is not deleted. */
class Stacks {
  readonly there: Map<string, { isProtected: boolean }>
  readonly client = mockClient(CloudFormationClient)
  /** What lies in the one bucket. */
  readonly objects = new Set(['aws/lambda/1', 'aws/lambda/2'])
  readonly s3 = new S3Client({ region: 'us-east-1' })

  constructor(names: readonly string[]) {
    this.there = new Map(names.map((name) => [name, { isProtected: true }]))
    this.client.on(DescribeStacksCommand).callsFake(async ({ StackName }: { StackName: string }) => {
      if (!this.there.has(StackName)) throw validationError(`Stack with id ${StackName} does not exist`)
      return { Stacks: [{ StackName, StackStatus: 'UPDATE_COMPLETE' }] }
    })
    this.client.on(UpdateTerminationProtectionCommand).callsFake(({ StackName, EnableTerminationProtection }) => {
      this.there.get(StackName)!.isProtected = EnableTerminationProtection
    })
    this.client.on(DeleteStackCommand).callsFake(async ({ StackName }: { StackName: string }) => {
      if (this.there.get(StackName)!.isProtected) throw validationError(`Stack [${StackName}] cannot be deleted`)
      if (StackName === 'Holdfast-prod-orders' && this.objects.size > 0) throw validationError('BucketNotEmpty')
      if (StackName.endsWith('-platform') && this.there.size > 1) throw validationError('Export in use')
      this.there.delete(StackName)
    })
    this.client.on(GetTemplateCommand).resolves({ TemplateBody: JSON.stringify({ Resources: {} }) })
    this.client.on(DescribeStackResourcesCommand).resolves({ StackResources: [] })
    this.client
      .on(DescribeStackResourcesCommand, { StackName: 'Holdfast-prod-orders' })
      .resolves({ StackResources: [resource('Lost', 'AWS::S3::Bucket')] })
    const s3 = mockClient(this.s3)
    s3.on(ListObjectsV2Command, { Bucket: 'the-Lost' }).callsFake(() => ({
      Contents: [...this.objects].map((Key) => ({ Key })),
    }))
    s3.on(DeleteObjectCommand).callsFake(({ Key }) => this.objects.delete(Key))
  }
}

const resource = (LogicalResourceId: string, ResourceType: string) => ({
  LogicalResourceId,
  ResourceType,
  PhysicalResourceId: `the-${LogicalResourceId}`,
  Timestamp: undefined,
  ResourceStatus: 'CREATE_COMPLETE' as const,
})

const validationError = (message: string): Error => Object.assign(new Error(message), { name: 'ValidationError' })

describe('the teardown of a stage', () => {
  const names = stackNamesOf('prod')
  let stacks: Stacks
  const client = () => stacks.client as unknown as CloudFormationClient
  beforeEach(() => {
    stacks = new Stacks(names.slice(1))
  })

  test('finds the stacks that are there', async () => {
    expect(await existing(client(), names)).toEqual(names.slice(1))
  })

  test('takes the protection off, empties the buckets and deletes the platform last', async () => {
    const lines: string[] = []
    await deleteStacks(client(), stacks.s3, names.slice(1), (line) => void lines.push(line))
    expect([...stacks.there.keys()]).toEqual([])
    expect(lines.at(-1)).toBe('Holdfast-prod-platform is deleted.')
  })

  test('lists what stays by its template, with the command that deletes it', async () => {
    const Resources = {
      Data: { Type: 'AWS::DynamoDB::Table', DeletionPolicy: 'Retain' },
      Queue: { Type: 'AWS::SQS::Queue', DeletionPolicy: 'Delete' },
      Rule: { Type: 'AWS::Events::Rule' },
    }
    stacks.client.on(GetTemplateCommand).resolves({ TemplateBody: JSON.stringify({ Resources }) })
    stacks.client.on(DescribeStackResourcesCommand).resolves({
      StackResources: Object.entries(Resources).map(([id, { Type }]) => resource(id, Type)),
    })
    const kept = await keptOf(client(), 'Holdfast-prod-orders')
    expect(kept).toEqual([{ type: 'AWS::DynamoDB::Table', id: 'the-Data' }])
    expect(kept.map(deletionOf)).toEqual([
      'aws dynamodb update-table --table-name the-Data --no-deletion-protection-enabled && aws dynamodb delete-table --table-name the-Data',
    ])
  })
})
