import { Duration, Stack, Validations } from 'aws-cdk-lib/core'
import { Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch'
import { BlockPublicAccess, Bucket, BucketEncryption, type CfnBucket } from 'aws-cdk-lib/aws-s3'
import { Construct } from 'constructs'
import { lostRecordDays } from '../delivery.ts'
import type { ServiceFunction } from './service-function.ts'
import { type Setting, removalPolicyOf } from './setting.ts'

/** Where Lambda puts the records of a stream that it gives up, each batch whole in one object: for 30 days, with an alarm while one lies there. */
export class LostRecords extends Construct {
  readonly bucket: Bucket
  /** In a graph or an alarm: CloudWatch counts the objects of a bucket once a day, and nothing is paid for it. */
  readonly objects: Metric

  constructor(scope: Construct, id: string, { stage, service, alarms }: Setting) {
    super(scope, id)
    this.bucket = new Bucket(this, 'Records', {
      encryption: BucketEncryption.S3_MANAGED,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
      lifecycleRules: [{ expiration: Duration.days(lostRecordDays) }],
      removalPolicy: removalPolicyOf(stage),
    })
    Validations.of(this.bucket).acknowledge({
      id: 'AwsSolutions-S1',
      reason:
        'Lambda alone writes here, when it gives a record up, and npm run redrive empties it: an access log would hold nothing else.',
    })
    this.objects = new Metric({
      namespace: 'AWS/S3',
      metricName: 'NumberOfObjects',
      dimensionsMap: { BucketName: this.bucket.bucketName, StorageType: 'AllStorageTypes' },
      period: Duration.days(1),
      statistic: Stats.MAXIMUM,
    })
    alarms.raise(this, 'Objects', {
      metric: this.objects,
      threshold: 1,
      description: `${service} relay: stream records that Lambda gave up lie in the bucket.`,
      runbook: 'a-dead-letter-queue-is-not-empty',
    })
  }

  /** Lets Lambda, in the role of the function, put records here, and returns the bucket's ARN. */
  bindTo(fn: ServiceFunction): string {
    const { bucketArn } = this.bucket
    fn.bind({}, { actions: ['s3:PutObject'], on: [this.bucket.arnForObjects('aws/lambda/*')] })
    fn.bind({}, { actions: ['s3:ListBucket'], on: [bucketArn] })
    const id = Stack.of(this).getLogicalId(this.bucket.node.defaultChild as CfnBucket)
    Validations.of(fn).acknowledge({
      id: `AwsSolutions-IAM5[Resource::<${id}.Arn>/aws/lambda/*]`,
      reason: 'Lambda names each object after the mapping, the shard and the time; the bucket holds nothing else.',
    })
    return bucketArn
  }
}
