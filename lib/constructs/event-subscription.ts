import { Duration, Validations } from 'aws-cdk-lib/core'
import { type EventBus, type EventPattern, Rule } from 'aws-cdk-lib/aws-events'
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets'
import { EventSourceMapping } from 'aws-cdk-lib/aws-lambda'
import type { CfnScheduleGroup } from 'aws-cdk-lib/aws-scheduler'
import { Queue } from 'aws-cdk-lib/aws-sqs'
import { Construct } from 'constructs'
import { env } from '../../functions/runtime/env.ts'
import { patternOf } from '../../functions/runtime/subscription.ts'
import type { EventContract } from '../../schemas/contract.ts'
import { maxConcurrencyOf, maxReceiveCount, retentionDays, visibilityTimeoutOf } from '../delivery.ts'
import type { Kind } from '../entry.ts'
import { minute } from './alarms.ts'
import { DeadLetterQueue } from './dead-letter-queue.ts'
import { OneTimeSchedules } from './one-time-schedules.ts'
import { ServiceFunction } from './service-function.ts'
import type { Setting } from './setting.ts'

/** What EventBridge does at most before a target's dead-letter queue gets the event. */
export const fullRetries = { retryAttempts: 185, maxEventAge: Duration.hours(24) }

export interface EventSubscriptionProps {
  readonly setting: Setting
  readonly bus: EventBus
  readonly consumes: readonly EventContract[]
  readonly memoryMb?: number | undefined
  /** The function that consumes them; `events` by default. A service may have further subscriptions, each with a function of its own. */
  readonly kind?: Kind
  /** How many messages a delivery has at most, and how many seconds it waits for them; by default 10, at once. */
  readonly batch?: { readonly size: number; readonly seconds: number }
}

/** Brings events of the bus to a service: a rule, a queue, the function that empties it, and a dead-letter queue for each step. */
export class EventSubscription extends Construct {
  readonly function: ServiceFunction
  readonly queue: Queue
  readonly deadLetters: DeadLetterQueue

  constructor(scope: Construct, id: string, props: EventSubscriptionProps) {
    super(scope, id)
    const { setting, bus, consumes, kind = 'events' } = props
    this.deadLetters = new DeadLetterQueue(this, 'DeadLetters', setting, 'events that could not be handled')
    this.queue = new Queue(this, 'Queue', {
      visibilityTimeout: Duration.seconds(visibilityTimeoutOf(kind)),
      retentionPeriod: Duration.days(retentionDays),
      deadLetterQueue: { queue: this.deadLetters, maxReceiveCount },
      enforceSSL: true,
    })
    this.function = this.consumer(kind, props)
    if (consumes.length > 0) this.subscribe(kind, setting, bus, consumes)
    setting.alarms.raise(this, 'Age', {
      metric: this.queue.metricApproximateAgeOfOldestMessage({ period: minute }),
      threshold: 300,
      periods: 3,
      description: `${setting.service} ${kind}: a message has waited for 5 minutes or more.`,
      runbook: 'messages-wait-for-more-than-five-minutes',
    })
  }

  /** Lets the function set timers that send a message to its own queue. */
  allowTimers(setting: Setting, group: CfnScheduleGroup): void {
    new OneTimeSchedules(this, 'Timers', { setting, group, queue: this.queue }).bindTo(this.function)
  }

  private consumer(kind: Kind, { setting, memoryMb, batch }: EventSubscriptionProps): ServiceFunction {
    const fn = new ServiceFunction(this, 'Handler', { setting, kind, memoryMb })
    fn.bind(
      { [env.queue]: this.queue.queueUrl },
      {
        actions: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:ChangeMessageVisibility', 'sqs:GetQueueAttributes'],
        on: [this.queue.queueArn],
      },
    )
    fn.bind(
      { [env.deadLetters]: this.deadLetters.queueUrl },
      { actions: ['sqs:SendMessage'], on: [this.deadLetters.queueArn] },
    )
    const deliveries = new EventSourceMapping(this, 'Deliveries', {
      target: fn.lambda,
      eventSourceArn: this.queue.queueArn,
      batchSize: batch?.size ?? 10,
      ...(batch && { maxBatchingWindow: Duration.seconds(batch.seconds) }),
      reportBatchItemFailures: true,
      maxConcurrency: maxConcurrencyOf(setting.service, kind),
    })
    Validations.of(deliveries).acknowledge({
      id: 'Serverless-LambdaEventSourceMappingDestination',
      reason:
        'Lambda knows no destination for failed messages of a queue: the queue redrives them to its own dead-letter queue.',
    })
    return fn
  }

  private subscribe(kind: Kind, setting: Setting, bus: EventBus, consumes: readonly EventContract[]): void {
    new Rule(this, 'Rule', {
      description: `The events that ${setting.service} consumes${kind === 'events' ? '' : `, for ${kind}`}`,
      eventBus: bus,
      // The type of the CDK has no $or; what it does not know it hands on as it is.
      eventPattern: patternOf(consumes) as EventPattern,
      targets: [
        new SqsQueue(this.queue, {
          deadLetterQueue: new DeadLetterQueue(this, 'Undelivered', setting, 'events that did not reach the queue'),
          ...fullRetries,
        }),
      ],
    })
  }
}
