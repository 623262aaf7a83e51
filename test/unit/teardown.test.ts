import {
  CloudFormationClient,
  DeleteStackCommand,
  DescribeStacksCommand,
  GetTemplateCommand,
  ListStackResourcesCommand,
  type StackResourceSummary,
  UpdateTerminationProtectionCommand,
} from '@aws-sdk/client-cloudformation'
import { DeleteObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3'
import { mockClient } from 'aws-sdk-client-mock'
import { beforeEach, describe, expect, test } from 'vitest'
import { deleteStacks, deletionOf, existing, keptOf, stackNamesOf } from '../../bin/teardown/stacks.ts'

/** Stacks as CloudFormation keeps them: one that is protected, or that another one still reads, is not deleted. */
class Stacks {
  readonly there: Map<string, { isProtected: boolean }>
  readonly client = new CloudFormationClient({ region: 'us-east-1' })
  private readonly mocked = mockClient(this.client)
  /** What lies in the one bucket. */
  readonly objects = new Set(['aws/lambda/1', 'aws/lambda/2'])
  readonly s3 = new S3Client({ region: 'us-east-1' })

  constructor(names: readonly string[]) {
    this.there = new Map(names.map((name) => [name, { isProtected: true }]))
    this.mocked.on(DescribeStacksCommand).callsFake(async ({ StackName }: { StackName: string }) => {
      if (!this.there.has(StackName)) throw validationError(`Stack with id ${StackName} does not exist`)
      return { Stacks: [{ StackName, StackStatus: 'UPDATE_COMPLETE' }] }
    })
    this.mocked.on(UpdateTerminationProtectionCommand).callsFake(({ StackName, EnableTerminationProtection }) => {
      this.there.get(StackName)!.isProtected = EnableTerminationProtection
    })
    this.mocked.on(DeleteStackCommand).callsFake(async ({ StackName }: { StackName: string }) => {
      if (this.there.get(StackName)!.isProtected) throw validationError(`Stack [${StackName}] cannot be deleted`)
      if (StackName === 'Holdfast-prod-orders' && this.objects.size > 0) throw validationError('BucketNotEmpty')
      if (StackName.endsWith('-platform') && this.there.size > 1) throw validationError('Export in use')
      this.there.delete(StackName)
    })
    const gone = { ...resource('Gone', 'AWS::S3::Bucket'), ResourceStatus: 'DELETE_COMPLETE' } as const
    this.has('Holdfast-prod-orders', [gone, ...rules, resource('Lost', 'AWS::S3::Bucket')])
    const s3 = mockClient(this.s3)
    s3.on(ListObjectsV2Command, { Bucket: 'the-Gone' }).rejects(new Error('NoSuchBucket'))
    s3.on(ListObjectsV2Command, { Bucket: 'the-Lost' }).callsFake(() => ({
      Contents: [...this.objects].map((Key) => ({ Key })),
    }))
    s3.on(DeleteObjectCommand).callsFake(({ Key }) => this.objects.delete(Key))
  }

  /** The resources of that stack, a hundred at a time as CloudFormation lists them, and its template; other stacks have none. */
  has(stackName: string, resources: readonly StackResourceSummary[], Resources = {}): void {
    this.mocked.on(GetTemplateCommand).resolves({ TemplateBody: JSON.stringify({ Resources }) })
    this.mocked.on(ListStackResourcesCommand).callsFake(({ StackName, NextToken = '0' }) => {
      const all = StackName === stackName ? resources : []
      const end = Number(NextToken) + 100
      return {
        StackResourceSummaries: all.slice(Number(NextToken), end),
        ...(end < all.length && { NextToken: String(end) }),
      }
    })
  }
}

function resource(LogicalResourceId: string, ResourceType: string): StackResourceSummary {
  return {
    LogicalResourceId,
    ResourceType,
    PhysicalResourceId: `the-${LogicalResourceId}`,
    LastUpdatedTimestamp: undefined,
    ResourceStatus: 'CREATE_COMPLETE',
  }
}

/** More resources than a page has. */
const rules = Array.from({ length: 120 }, (_, index) => resource(`Rule${index}`, 'AWS::Events::Rule'))

const validationError = (message: string): Error => Object.assign(new Error(message), { name: 'ValidationError' })

describe('the teardown of a stage', () => {
  const names = stackNamesOf('prod')
  let stacks: Stacks
  const client = () => stacks.client
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
    const listed = Object.entries(Resources).map(([id, { Type }]) => resource(id, Type))
    stacks.has('Holdfast-prod-orders', [...rules, ...listed], Resources)
    const kept = await keptOf(client(), 'Holdfast-prod-orders')
    expect(kept).toEqual([{ type: 'AWS::DynamoDB::Table', id: 'the-Data' }])
    expect(kept.map(deletionOf)).toEqual([
      'aws dynamodb update-table --table-name the-Data --no-deletion-protection-enabled && aws dynamodb delete-table --table-name the-Data',
    ])
  })
})
