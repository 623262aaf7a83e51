import { Duration, Validations } from 'aws-cdk-lib/core'
import type { EventBus } from 'aws-cdk-lib/aws-events'
import { EventSourceMapping, FilterCriteria, FilterRule } from 'aws-cdk-lib/aws-lambda'
import { Queue } from 'aws-cdk-lib/aws-sqs'
import { Construct } from 'constructs'
import { env } from '../../functions/runtime/env.ts'
import { retentionDays, spillConcurrency, visibilityTimeout } from '../delivery.ts'
import { minute } from './alarms.ts'
import { DeadLetterQueue } from './dead-letter-queue.ts'
import { ServiceFunction } from './service-function.ts'
import type { ServiceTable } from './service-table.ts'
import type { Setting } from './setting.ts'
import { feedFromStream } from './stream-feed.ts'

const carriesEvents = FilterCriteria.filter({ dynamodb: { NewImage: { outbox: { S: FilterRule.exists() } } } })

/**
 * All entries of a call have this source. `ForAllValues` alone is also true of a call without any source, `StringEquals` alone is made
 * for keys that have one value.
 */
const putsAs = (source: string) => ({
  'ForAllValues:StringEquals': { 'events:source': source },
  Null: { 'events:source': 'false' },
})

export interface OutboxRelayProps {
  readonly setting: Setting
  readonly table: ServiceTable
  readonly bus: EventBus
  /** What all events of the table have as their source: no others can be put. */
  readonly source: string
  readonly memoryMb?: number | undefined
}

/** Carries the events that ride in the items of a table to the bus. */
export class OutboxRelay extends Construct {
  readonly function: ServiceFunction

  constructor(scope: Construct, id: string, { setting, table, bus, source, memoryMb }: OutboxRelayProps) {
    super(scope, id)
    const fn = new ServiceFunction(this, 'Handler', { setting, kind: 'relay', memoryMb })
    fn.bind(
      { [env.bus]: bus.eventBusName },
      { actions: ['events:PutEvents'], on: [bus.eventBusArn], when: putsAs(source) },
    )
    const failures = new DeadLetterQueue(this, 'Failures', setting, 'events that the relay could not publish')
    fn.bind({ [env.deadLetters]: failures.queueUrl }, { actions: ['sqs:SendMessage'], on: [failures.queueArn] })
    this.spillTo(fn, setting)
    feedFromStream(this, {
      setting,
      table,
      function: fn,
      mapping: { filters: [carriesEvents] },
      late: {
        threshold: 60_000,
        description: `${setting.service} relay: events reach the bus a minute late or more.`,
        runbook: 'events-reach-the-bus-late',
      },
    })
    this.function = fn
  }

  /** The queue of records that wait outside of the stream, which the same function publishes. */
  private spillTo(fn: ServiceFunction, setting: Setting): void {
    const spill = new Queue(this, 'Spill', {
      visibilityTimeout: Duration.seconds(visibilityTimeout),
      retentionPeriod: Duration.days(retentionDays),
      enforceSSL: true,
    })
    const reason = 'The relay parks what it gives up by itself: SQS counts fewer deliveries than 13 days have.'
    Validations.of(spill).acknowledge(
      { id: 'AwsSolutions-SQS3', reason },
      { id: 'Serverless-SQSRedrivePolicy', reason },
    )
    fn.bind(
      { [env.spill]: spill.queueUrl },
      {
        actions: [
          'sqs:SendMessage',
          'sqs:ReceiveMessage',
          'sqs:DeleteMessage',
          'sqs:ChangeMessageVisibility',
          'sqs:GetQueueAttributes',
        ],
        on: [spill.queueArn],
      },
    )
    const deliveries = new EventSourceMapping(this, 'Spilled', {
      target: fn.lambda,
      eventSourceArn: spill.queueArn,
      batchSize: 10,
      reportBatchItemFailures: true,
      maxConcurrency: spillConcurrency,
    })
    Validations.of(deliveries).acknowledge({
      id: 'Serverless-LambdaEventSourceMappingDestination',
      reason: 'Lambda knows no destination for failed messages of a queue: the relay parks them by itself.',
    })
    setting.alarms.raise(this, 'SpillAge', {
      metric: spill.metricApproximateAgeOfOldestMessage({ period: minute }),
      threshold: 300,
      periods: 3,
      description: `${setting.service} relay: a record has waited in the spill queue for 5 minutes or more.`,
      runbook: 'events-reach-the-bus-late',
    })
  }
}
