import { Duration, Stack, Validations } from 'aws-cdk-lib/core'
import { EventSourceMapping } from 'aws-cdk-lib/aws-lambda'
import { BlockPublicAccess, Bucket, BucketEncryption, type CfnBucket } from 'aws-cdk-lib/aws-s3'
import { Queue } from 'aws-cdk-lib/aws-sqs'
import { Construct } from 'constructs'
import { keptDays } from '../../functions/runtime/import-item.ts'
import { env } from '../../functions/runtime/env.ts'
import { maxReceiveCount, retentionDays, timeouts } from '../delivery.ts'
import { minute } from './alarms.ts'
import { notifyOf } from './bucket-notification.ts'
import { DeadLetterQueue } from './dead-letter-queue.ts'
import { ServiceFunction } from './service-function.ts'
import type { ServiceTable } from './service-table.ts'
import { type Setting, removalPolicyOf } from './setting.ts'

/**
 * Files that come by a form of S3: a private bucket, a queue that has a message for each new one, and the function that reads it. What
 * lies in the bucket is deleted with the import that it is of.
 */
export class FileImports extends Construct {
  readonly function: ServiceFunction
  private readonly bucket: Bucket

  constructor(scope: Construct, id: string, setting: Setting, table: ServiceTable) {
    super(scope, id)
    const { stage, service, alarms } = setting
    const deadLetters = new DeadLetterQueue(this, 'DeadLetters', setting, 'imports that could not be read')
    const queue = new Queue(this, 'Queue', {
      visibilityTimeout: Duration.seconds(timeouts.imports + 60),
      retentionPeriod: Duration.days(retentionDays),
      deadLetterQueue: { queue: deadLetters, maxReceiveCount },
      enforceSSL: true,
    })
    this.bucket = new Bucket(this, 'Files', {
      encryption: BucketEncryption.S3_MANAGED,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
      lifecycleRules: [{ expiration: Duration.days(keptDays) }],
      removalPolicy: removalPolicyOf(stage),
    })
    Validations.of(this.bucket).acknowledge({
      id: 'AwsSolutions-S1',
      reason: 'Operators send files by forms that a recorded request made, and one function reads them.',
    })
    notifyOf(this.bucket, 'files/', queue)
    this.function = new ServiceFunction(this, 'Handler', { setting, kind: 'imports', memoryMb: 1_769 })
    table.bindTo(this.function)
    this.function.bind(
      { [env.queue]: queue.queueUrl },
      {
        actions: [
          'sqs:ReceiveMessage',
          'sqs:DeleteMessage',
          'sqs:ChangeMessageVisibility',
          'sqs:GetQueueAttributes',
          'sqs:SendMessage',
        ],
        on: [queue.queueArn],
      },
    )
    this.function.bind(
      { [env.deadLetters]: deadLetters.queueUrl },
      { actions: ['sqs:SendMessage'], on: [deadLetters.queueArn] },
    )
    this.allow(this.function, ['s3:GetObject'], 'files/*')
    this.allow(this.function, ['s3:GetObject', 's3:PutObject'], 'parts/*')
    this.allow(this.function, ['s3:PutObject'], 'results/*')
    this.function.bind({}, { actions: ['s3:ListBucket'], on: [this.bucket.bucketArn] })
    const deliveries = new EventSourceMapping(this, 'Deliveries', {
      target: this.function.lambda,
      eventSourceArn: queue.queueArn,
      batchSize: 1,
      reportBatchItemFailures: true,
      maxConcurrency: 2,
    })
    Validations.of(deliveries).acknowledge({
      id: 'Serverless-LambdaEventSourceMappingDestination',
      reason:
        'Lambda knows no destination for failed messages of a queue: the queue redrives them to its own dead-letter queue.',
    })
    alarms.raise(this, 'Age', {
      metric: queue.metricApproximateAgeOfOldestMessage({ period: minute }),
      // A file that is read stands in the queue until it is handed on, for five minutes.
      threshold: 300,
      periods: 15,
      description: `${service} imports: a file has waited for a quarter of an hour.`,
      runbook: 'messages-wait-for-more-than-five-minutes',
    })
  }

  /** Lets a function make forms that take a file, and URLs that give the results. */
  bindTo(fn: ServiceFunction): void {
    this.allow(fn, ['s3:PutObject'], 'files/*')
    this.allow(fn, ['s3:GetObject'], 'results/*')
  }

  private allow(fn: ServiceFunction, actions: string[], keys: string): void {
    fn.bind({ [env.importFiles]: this.bucket.bucketName }, { actions, on: [this.bucket.arnForObjects(keys)] })
    const id = Stack.of(this).getLogicalId(this.bucket.node.defaultChild as CfnBucket)
    Validations.of(fn).acknowledge({
      id: `AwsSolutions-IAM5[Resource::<${id}.Arn>/${keys}]`,
      reason: 'Each import has a name of its own below this.',
    })
  }
}
