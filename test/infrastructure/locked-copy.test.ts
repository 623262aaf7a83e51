import { Validations } from 'aws-cdk-lib/core'
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag'
import { describe, expect, it } from 'vitest'
import { type Stage, stages } from '../../lib/stages.ts'
import { appOf, deploymentOf } from './templates.ts'

const locking: Stage = { ...stages.prod, auditCopy: { mode: 'compliance', days: 3_650 } }
const locked = deploymentOf(locking)
const ofCopy = (type: string) => locked.of(type).filter(({ service, name }) => service === 'audit' && /Copy/.test(name))

describe('a stage that keeps a locked copy of the audit', () => {
  it('has a bucket from which nobody can take anything for so many days, and which stays', () => {
    const bucket = ofCopy('AWS::S3::Bucket').find(({ properties }) => properties.ObjectLockEnabled)
    expect(bucket?.properties).toMatchObject({
      ObjectLockEnabled: true,
      ObjectLockConfiguration: {
        ObjectLockEnabled: 'Enabled',
        Rule: { DefaultRetention: { Mode: 'COMPLIANCE', Days: 3_650 } },
      },
      VersioningConfiguration: { Status: 'Enabled' },
      PublicAccessBlockConfiguration: { BlockPublicAcls: true, RestrictPublicBuckets: true },
    })
    expect(bucket?.deletionPolicy).toBe('Retain')
  })

  it('has the retention that its setting names', () => {
    const soft = deploymentOf({ ...locking, auditCopy: { mode: 'governance', days: 30 } })
    const rules = soft.of('AWS::S3::Bucket').flatMap(({ properties }) => properties.ObjectLockConfiguration ?? [])
    expect(rules).toMatchObject([{ Rule: { DefaultRetention: { Mode: 'GOVERNANCE', Days: 30 } } }])
  })

  it('has a function that reads the stream of the records, once each, and may put objects alone', () => {
    const [mapping] = ofCopy('AWS::Lambda::EventSourceMapping')
    expect(mapping?.properties).toMatchObject({
      MaximumRetryAttempts: -1,
      MaximumRecordAgeInSeconds: 72_000,
      MaximumBatchingWindowInSeconds: 60,
    })
    expect(JSON.stringify(mapping?.properties.FilterCriteria)).toContain('all ')
    const policies = ofCopy('AWS::IAM::Policy').flatMap(({ properties }) => properties.PolicyDocument.Statement)
    const actions = policies.flatMap(({ Action }) => [Action].flat() as string[])
    expect(actions.filter((action) => /^(s3|dynamodb):/.test(action)).toSorted()).toEqual([
      'dynamodb:DescribeStream',
      'dynamodb:GetRecords',
      'dynamodb:GetShardIterator',
      'dynamodb:ListStreams',
      's3:ListBucket',
      's3:PutObject',
    ])
  })

  it('passes the packs of cdk-nag', () => {
    const app = appOf(locking, { builtinCloudFormationValidation: true })
    Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new ServerlessChecks(app))
    expect(() => app.synth()).not.toThrow()
  })
})

it.each(Object.values(stages))('the stage $name keeps none by default', (stage) => {
  const buckets = deploymentOf(stage).of('AWS::S3::Bucket')
  expect(buckets.filter(({ properties }) => properties.ObjectLockEnabled)).toEqual([])
})
