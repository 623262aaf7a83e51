import { Duration } from 'aws-cdk-lib/core'
import { FilterCriteria, FilterRule } from 'aws-cdk-lib/aws-lambda'
import { Construct } from 'constructs'
import { orderSort } from '../../functions/analytics/store/order-item.ts'
import { ServiceFunction } from './service-function.ts'
import type { ServiceTable } from './service-table.ts'
import type { Setting } from './setting.ts'
import { feedFromStream } from './stream-feed.ts'

/** Records of one batch: six megabytes would be ten times as many. */
const batchSize = 1_000

/**
 * Adds what the items of orders carry to the rollups of their table. The tumbling window is there for the name of the shard, which Lambda
 * hands over with windows alone; nothing is kept from one batch of a window to the next.
 */
export class RollupFold extends Construct {
  constructor(scope: Construct, id: string, setting: Setting, table: ServiceTable) {
    super(scope, id)
    const fn = new ServiceFunction(this, 'Handler', { setting, kind: 'fold' })
    table.bindTo(fn)
    feedFromStream(this, {
      setting,
      table,
      function: fn,
      mapping: {
        batchSize,
        maxBatchingWindow: Duration.seconds(setting.stage.reportsGather),
        tumblingWindow: Duration.minutes(15),
        filters: [FilterCriteria.filter({ dynamodb: { Keys: { sk: { S: FilterRule.isEqual(orderSort) } } } })],
      },
      late: {
        threshold: 60_000,
        description: `${setting.service}: the reports are a minute late or more.`,
        runbook: 'reports-are-late',
      },
    })
  }
}
