import { Duration } from 'aws-cdk-lib/core'
import { EventSourceMapping, type EventSourceMappingOptions, StartingPosition } from 'aws-cdk-lib/aws-lambda'
import type { Construct } from 'constructs'
import { stream } from '../delivery.ts'
import { type Alarming, minute } from './alarms.ts'
import { LostRecords } from './lost-records.ts'
import type { ServiceFunction } from './service-function.ts'
import type { ServiceTable } from './service-table.ts'
import type { Setting } from './setting.ts'

export interface StreamFeedProps {
  readonly setting: Setting
  readonly table: ServiceTable
  readonly function: ServiceFunction
  /** False where nothing is fed for now; what has been given up stays in its bucket. */
  readonly enabled?: boolean
  /** Which records the function takes, how many at once, and how long they are gathered. */
  readonly mapping: Pick<EventSourceMappingOptions, 'filters' | 'batchSize' | 'maxBatchingWindow' | 'tumblingWindow'>
  /** From how many milliseconds on, for three minutes, the function is late, what that means, and where its reader goes. */
  readonly late: Pick<Alarming, 'threshold' | 'description' | 'runbook'>
}

/**
 * Feeds a function from the stream of a table. A batch that fails is halved and comes again until its records are 20 hours old; what is
 * given up then lies whole in a bucket.
 */
export function feedFromStream(
  scope: Construct,
  { setting, table, function: fn, enabled = true, mapping, late }: StreamFeedProps,
): void {
  const eventSourceArn = table.bindStreamTo(fn)
  const lost = new LostRecords(scope, 'Lost', setting).bindTo(fn)
  if (!enabled) return
  new EventSourceMapping(scope, 'Stream', {
    target: fn.lambda,
    eventSourceArn,
    startingPosition: StartingPosition.TRIM_HORIZON,
    batchSize: stream.batchSize,
    bisectBatchOnError: true,
    reportBatchItemFailures: true,
    maxRecordAge: Duration.hours(stream.recordAgeHours),
    retryAttempts: stream.retryAttempts,
    onFailure: { bind: () => ({ destination: lost }) },
    ...mapping,
  })
  setting.alarms.raise(scope, 'IteratorAge', {
    metric: fn.lambda.metric('IteratorAge', { period: minute, statistic: 'Maximum' }),
    periods: 3,
    ...late,
  })
}
