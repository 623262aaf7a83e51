import { Duration, Validations } from 'aws-cdk-lib/core'
import type { EventBus } from 'aws-cdk-lib/aws-events'
import { EventSourceMapping } from 'aws-cdk-lib/aws-lambda'
import { Secret } from 'aws-cdk-lib/aws-secretsmanager'
import { Queue } from 'aws-cdk-lib/aws-sqs'
import { Construct } from 'constructs'
import { env } from '../../functions/runtime/env.ts'
import { publicEvents } from '../../schemas/topology.ts'
import { mostWebhooks } from '../../schemas/webhook.ts'
import { maxReceiveCount, retentionDays, visibilityTimeoutOf } from '../delivery.ts'
import { minute } from './alarms.ts'
import { DeadLetterQueue } from './dead-letter-queue.ts'
import { EventSubscription } from './event-subscription.ts'
import { ServiceFunction } from './service-function.ts'
import type { ServiceTable } from './service-table.ts'
import { type Setting, removalPolicyOf } from './setting.ts'

/** More than there are endpoints: one that is slow holds one place, and none waits for another's. */
const maxConcurrency = mostWebhooks + 5

/**
 * Sends events to endpoints: a function that makes deliveries of all public events, and one that sends them, which a queue of wake-ups calls.
 * The secrets of endpoints are sealed with a key that Secrets Manager makes.
 */
export class Webhooks extends Construct {
  readonly makes: ServiceFunction
  readonly sends: ServiceFunction
  private readonly queue: Queue
  private readonly key: Secret
  private readonly setting: Setting

  constructor(scope: Construct, id: string, setting: Setting, table: ServiceTable, bus: EventBus) {
    super(scope, id)
    const { stage, service, alarms } = setting
    this.setting = setting
    const deadLetters = new DeadLetterQueue(this, 'DeadLetters', setting, 'wake-ups of webhooks that failed')
    this.queue = new Queue(this, 'Queue', {
      visibilityTimeout: Duration.seconds(visibilityTimeoutOf('deliver')),
      retentionPeriod: Duration.days(retentionDays),
      deadLetterQueue: { queue: deadLetters, maxReceiveCount },
      enforceSSL: true,
    })
    this.key = new Secret(this, 'Key', {
      description: `What Holdfast ${stage.name} seals the secrets of webhooks with`,
      generateSecretString: { excludePunctuation: true, passwordLength: 64 },
      removalPolicy: removalPolicyOf(stage),
    })
    Validations.of(this.key).acknowledge({
      id: 'AwsSolutions-SMG4',
      reason: 'What is sealed with it opens with it alone: the secrets of endpoints are what is rotated.',
    })
    this.makes = new EventSubscription(this, 'Events', {
      setting,
      bus,
      consumes: publicEvents,
      kind: 'webhooks',
    }).function
    table.bindTo(this.makes)
    this.wakeBy(this.makes)
    this.sends = new ServiceFunction(this, 'Handler', { setting, kind: 'deliver' })
    table.bindTo(this.sends)
    this.sealBy(this.sends)
    this.wakeBy(this.sends)
    this.reachBy(this.sends)
    this.sends.bind(
      { [env.queue]: this.queue.queueUrl, [env.webhooksInFlight]: String(stage.webhooksInFlight) },
      {
        actions: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:ChangeMessageVisibility', 'sqs:GetQueueAttributes'],
        on: [this.queue.queueArn],
      },
    )
    this.sends.bind(
      { [env.deadLetters]: deadLetters.queueUrl },
      { actions: ['sqs:SendMessage'], on: [deadLetters.queueArn] },
    )
    const deliveries = new EventSourceMapping(this, 'Deliveries', {
      target: this.sends.lambda,
      eventSourceArn: this.queue.queueArn,
      batchSize: 1,
      reportBatchItemFailures: true,
      maxConcurrency,
    })
    Validations.of(deliveries).acknowledge({
      id: 'Serverless-LambdaEventSourceMappingDestination',
      reason:
        'Lambda knows no destination for failed messages of a queue: the queue redrives them to its own dead-letter queue.',
    })
    alarms.raise(this, 'Age', {
      metric: this.queue.metricApproximateAgeOfOldestMessage({ period: minute }),
      threshold: 300,
      periods: 3,
      description: `${service} deliver: a wake-up has waited for 5 minutes or more.`,
      runbook: 'messages-wait-for-more-than-five-minutes',
    })
  }

  /** Lets a function wake the one that sends. */
  wakeBy(fn: ServiceFunction): void {
    fn.bind({ [env.wakeUps]: this.queue.queueUrl }, { actions: ['sqs:SendMessage'], on: [this.queue.queueArn] })
  }

  /** Lets a function seal secrets, and open them. */
  sealBy(fn: ServiceFunction): void {
    const { secretArn } = this.key
    fn.bind({ [env.webhookKey]: secretArn }, { actions: ['secretsmanager:GetSecretValue'], on: [secretArn] })
  }

  /** Lets a function know where webhooks may go: on the laptop to the laptop too. */
  reachBy(fn: ServiceFunction): void {
    const isLaptop = this.setting.stage.name === 'local'
    fn.bind({ [env.webhookReach]: isLaptop ? 'public-and-loopback' : 'public' })
  }
}
