import { Duration, Stack } from 'aws-cdk-lib/core'
import type { Table } from 'aws-cdk-lib/aws-dynamodb'
import { Rule, Schedule } from 'aws-cdk-lib/aws-events'
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets'
import { Construct } from 'constructs'
import type { reconciled } from '../../functions/operations/adapters/tables.dynamodb.ts'
import { env } from '../../functions/runtime/env.ts'
import { metric } from '../../functions/runtime/metrics.ts'
import type { CardProvider } from './card-provider.ts'
import { counted } from './own-metrics.ts'
import { DeadLetterQueue } from './dead-letter-queue.ts'
import { fullRetries } from './event-subscription.ts'
import { ServiceFunction } from './service-function.ts'
import type { Setting } from './setting.ts'

/** Holds the tables of all services against each other, and payments against the card provider, every night where the stage wants that. It may read them, and change nothing. */
export class DailyReconciliation extends Construct {
  constructor(
    scope: Construct,
    id: string,
    setting: Setting,
    tables: Readonly<Record<(typeof reconciled)[number], Table>>,
    provider: CardProvider,
  ) {
    super(scope, id)
    const missed = new DeadLetterQueue(this, 'Missed', setting, 'reconciliations that failed')
    const fn = new ServiceFunction(this, 'Handler', {
      setting,
      kind: 'reconcile',
      memoryMb: 3_008,
      deadLetters: missed,
    })
    const names = Object.entries(tables).map(([service, { tableName }]) => [service, tableName] as const)
    fn.bind(
      { [env.tables]: Stack.of(this).toJsonString(Object.fromEntries(names)) },
      { actions: ['dynamodb:Scan'], on: Object.values(tables).map(({ tableArn }) => tableArn) },
      { actions: ['dynamodb:GetItem'], on: [tables.inventory.tableArn] },
    )
    provider.bindTo(fn)
    // Without its rule it stays: what it has logged outlives a change of mind, and it can be invoked by hand.
    if (!setting.stage.reconciles) return
    new Rule(this, 'Rule', {
      description: 'When the tables are reconciled',
      schedule: Schedule.cron({ hour: '3', minute: '0' }),
      targets: [new LambdaFunction(fn.lambda, { deadLetterQueue: missed, ...fullRetries })],
    })
    const runbook = 'reconciliation-finds-a-difference'
    setting.alarms.raise(this, 'Differences', {
      metric: counted(setting, metric.differences, { period: Duration.days(1) }),
      threshold: 1,
      description: 'Stock, orders and payments do not fit together.',
      runbook,
    })
    setting.alarms.raise(this, 'Silence', {
      metric: counted(setting, metric.reconciliations, { period: Duration.hours(12) }),
      threshold: 1,
      periods: 3,
      onSilence: true,
      description: 'No reconciliation has come to its end for 36 hours.',
      runbook,
    })
  }
}
