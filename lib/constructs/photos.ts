import { Duration, Stack, Validations } from 'aws-cdk-lib/core'
import { EventSourceMapping } from 'aws-cdk-lib/aws-lambda'
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  type CfnBucket,
  HttpMethods,
  type IBucket,
} from 'aws-cdk-lib/aws-s3'
import { Queue } from 'aws-cdk-lib/aws-sqs'
import { Construct } from 'constructs'
import { env } from '../../functions/runtime/env.ts'
import { maxReceiveCount, retentionDays, visibilityTimeoutOf } from '../delivery.ts'
import { minute } from './alarms.ts'
import { notifyOf } from './bucket-notification.ts'
import { DeadLetterQueue } from './dead-letter-queue.ts'
import { PhotoCache } from './photo-cache.ts'
import { ServiceFunction } from './service-function.ts'
import type { ServiceTable } from './service-table.ts'
import { type Setting, removalPolicyOf } from './setting.ts'

/** What was sent, and what everybody may see. */
const sent = 'uploads/*'
const published = 'photos/*'

/**
 * Photos that come by a form of S3: a private bucket, a queue that has a message for each new file, and the function that checks it. It has
 * memory and a bundle of its own: it alone decodes images. Where the stage wants it, a distribution serves what is published.
 */
export class Photos extends Construct {
  readonly bucket: Bucket
  readonly function: ServiceFunction
  private readonly queue: Queue
  private readonly url: string

  constructor(scope: Construct, id: string, setting: Setting, table: ServiceTable, apiUrl: string) {
    super(scope, id)
    const { stage, service, alarms } = setting
    const deadLetters = new DeadLetterQueue(this, 'DeadLetters', setting, 'photos that could not be checked')
    this.queue = new Queue(this, 'Queue', {
      visibilityTimeout: Duration.seconds(visibilityTimeoutOf('photos')),
      retentionPeriod: Duration.days(retentionDays),
      deadLetterQueue: { queue: deadLetters, maxReceiveCount },
      enforceSSL: true,
    })
    this.bucket = new Bucket(this, 'Files', {
      encryption: BucketEncryption.S3_MANAGED,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
      // A file whose message is lost is swept within the hour; this is for what arrives behind its sweep.
      lifecycleRules: [{ prefix: 'uploads/', expiration: Duration.days(1) }],
      // Pages of those origins post the form.
      ...(stage.origins.length > 0 && {
        cors: [{ allowedMethods: [HttpMethods.POST], allowedOrigins: [...stage.origins], allowedHeaders: ['*'] }],
      }),
      removalPolicy: removalPolicyOf(stage),
    })
    Validations.of(this.bucket).acknowledge({
      id: 'AwsSolutions-S1',
      reason: 'Operators send files by forms that a recorded request made; what is published is for everybody.',
    })
    notifyOf(this.bucket, 'uploads/', this.queue)
    this.url = stage.photoCdn ? new PhotoCache(this, 'Cdn', this.bucket as IBucket).url : apiUrl
    this.function = this.checker(setting, table, deadLetters)
    alarms.raise(this, 'Age', {
      metric: this.queue.metricApproximateAgeOfOldestMessage({ period: minute }),
      threshold: 300,
      periods: 3,
      description: `${service} photos: a photo has waited for its check for 5 minutes or more.`,
      runbook: 'messages-wait-for-more-than-five-minutes',
    })
  }

  /** Lets a function make forms that take a photo, and read what is published. */
  showBy(fn: ServiceFunction): void {
    this.allow(fn, ['s3:PutObject'], sent)
    this.allow(fn, ['s3:GetObject'], published)
    this.allowList(fn)
    fn.bind({ [env.photosUrl]: this.url })
  }

  /** Lets a function find files, delete them, and ask for checks. */
  sweepBy(fn: ServiceFunction): void {
    this.allow(fn, ['s3:DeleteObject'], sent)
    this.allow(fn, ['s3:DeleteObject'], published)
    this.allowList(fn)
    fn.bind({ [env.photoChecks]: this.queue.queueUrl }, { actions: ['sqs:SendMessage'], on: [this.queue.queueArn] })
  }

  private checker(setting: Setting, table: ServiceTable, deadLetters: DeadLetterQueue): ServiceFunction {
    // A whole CPU: an image of 40 million pixels is decoded in a second or two, and takes some 800 MB with its copies.
    const fn = new ServiceFunction(this, 'Handler', { setting, kind: 'photos', memoryMb: 1_769 })
    table.bindTo(fn)
    fn.bind(
      { [env.queue]: this.queue.queueUrl },
      {
        actions: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:ChangeMessageVisibility', 'sqs:GetQueueAttributes'],
        on: [this.queue.queueArn],
      },
    )
    fn.bind({ [env.deadLetters]: deadLetters.queueUrl }, { actions: ['sqs:SendMessage'], on: [deadLetters.queueArn] })
    this.allow(fn, ['s3:GetObject', 's3:DeleteObject'], sent)
    this.allow(fn, ['s3:PutObject'], published)
    this.allowList(fn)
    const deliveries = new EventSourceMapping(this, 'Deliveries', {
      target: fn.lambda,
      eventSourceArn: this.queue.queueArn,
      batchSize: 1,
      reportBatchItemFailures: true,
      maxConcurrency: 5,
    })
    Validations.of(deliveries).acknowledge({
      id: 'Serverless-LambdaEventSourceMappingDestination',
      reason:
        'Lambda knows no destination for failed messages of a queue: the queue redrives them to its own dead-letter queue.',
    })
    return fn
  }

  private allow(fn: ServiceFunction, actions: string[], keys: string): void {
    fn.bind({ [env.photoFiles]: this.bucket.bucketName }, { actions, on: [this.bucket.arnForObjects(keys)] })
    const id = Stack.of(this).getLogicalId(this.bucket.node.defaultChild as CfnBucket)
    Validations.of(fn).acknowledge({
      id: `AwsSolutions-IAM5[Resource::<${id}.Arn>/${keys}]`,
      reason: 'Each photo has a name of its own below this.',
    })
  }

  /** Who may not list is not answered that a file is missing. */
  private allowList(fn: ServiceFunction): void {
    fn.bind({}, { actions: ['s3:ListBucket'], on: [this.bucket.bucketArn] })
  }
}
