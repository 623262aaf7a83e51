import { Duration } from 'aws-cdk-lib/core'
import type { EventBus } from 'aws-cdk-lib/aws-events'
import { EventSourceMapping, FilterCriteria, FilterRule, StartingPosition } from 'aws-cdk-lib/aws-lambda'
import { Construct } from 'constructs'
import { env } from '../../functions/runtime/env.ts'
import { stream } from '../delivery.ts'
import { minute } from './alarms.ts'
import { DeadLetterQueue } from './dead-letter-queue.ts'
import { ServiceFunction } from './service-function.ts'
import type { ServiceTable } from './service-table.ts'
import type { Setting } from './setting.ts'

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
    const streamArn = table.bindStreamTo(fn)
    fn.bind(
      { [env.bus]: bus.eventBusName },
      { actions: ['events:PutEvents'], on: [bus.eventBusArn], when: putsAs(source) },
    )
    const failures = new DeadLetterQueue(this, 'Failures', setting, 'events that the relay could not publish')
    // Lambda sends what it gives up, the relay itself what can never be published.
    fn.bind({ [env.deadLetters]: failures.queueUrl }, { actions: ['sqs:SendMessage'], on: [failures.queueArn] })
    new EventSourceMapping(this, 'Stream', {
      target: fn.lambda,
      eventSourceArn: streamArn,
      startingPosition: StartingPosition.TRIM_HORIZON,
      batchSize: stream.batchSize,
      bisectBatchOnError: true,
      reportBatchItemFailures: true,
      maxRecordAge: Duration.hours(stream.recordAgeHours),
      retryAttempts: stream.retryAttempts,
      onFailure: { bind: () => ({ destination: failures.queueArn }) },
      filters: [carriesEvents],
    })
    setting.alarms.raise(
      this,
      'IteratorAge',
      fn.lambda.metric('IteratorAge', { period: minute, statistic: 'Maximum' }),
      60_000,
      `${setting.service} relay: events reach the bus a minute late or more. See docs/runbooks.md.`,
    )
    this.function = fn
  }
}
