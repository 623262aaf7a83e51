import { Duration, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib/core'
import { FilterCriteria, FilterRule } from 'aws-cdk-lib/aws-lambda'
import { BlockPublicAccess, Bucket, BucketEncryption, type CfnBucket, ObjectLockRetention } from 'aws-cdk-lib/aws-s3'
import { Construct } from 'constructs'
import { env } from '../../functions/runtime/env.ts'
import type { Lock } from '../stages.ts'
import { ServiceFunction } from './service-function.ts'
import type { ServiceTable } from './service-table.ts'
import type { Setting } from './setting.ts'
import { feedFromStream } from './stream-feed.ts'

/** How long records are gathered for one object, in seconds. */
const gatheredFor = 60

const retentionOf = ({ mode, days }: Lock): ObjectLockRetention =>
  mode === 'compliance'
    ? ObjectLockRetention.compliance(Duration.days(days))
    : ObjectLockRetention.governance(Duration.days(days))

/**
 * A copy of what is put into a table, which nobody can change or delete before its time: objects of a bucket with Object Lock, one for each
 * minute or hundred records. The bucket stays when its stack goes.
 */
export class LockedCopy extends Construct {
  constructor(scope: Construct, id: string, setting: Setting, table: ServiceTable, lock: Lock) {
    super(scope, id)
    const bucket = new Bucket(this, 'Bucket', {
      versioned: true,
      objectLockEnabled: true,
      objectLockDefaultRetention: retentionOf(lock),
      encryption: BucketEncryption.S3_MANAGED,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
      removalPolicy: RemovalPolicy.RETAIN,
    })
    Validations.of(bucket).acknowledge({
      id: 'AwsSolutions-S1',
      reason: 'One function writes here, and nobody can change what it wrote; reads of an auditor are in CloudTrail.',
    })
    const fn = new ServiceFunction(this, 'Handler', { setting, kind: 'relay' })
    fn.bind({ [env.copies]: bucket.bucketName }, { actions: ['s3:PutObject'], on: [bucket.arnForObjects('*')] })
    const bucketId = Stack.of(this).getLogicalId(bucket.node.defaultChild as CfnBucket)
    Validations.of(fn).acknowledge({
      id: `AwsSolutions-IAM5[Resource::<${bucketId}.Arn>/*]`,
      reason: 'Each object has a name of its own, by day; the bucket holds nothing else.',
    })
    feedFromStream(this, {
      setting,
      table,
      function: fn,
      mapping: {
        maxBatchingWindow: Duration.seconds(gatheredFor),
        // Each record stands in three lists, of which this one has all.
        filters: [FilterCriteria.filter({ dynamodb: { Keys: { pk: { S: FilterRule.beginsWith('all ') } } } })],
      },
      late: {
        threshold: 600_000,
        description: `${setting.service}: the locked copy is ten minutes late or more.`,
        runbook: 'events-reach-the-bus-late',
      },
    })
  }
}
