import { Metric, type MetricOptions, Stats } from 'aws-cdk-lib/aws-cloudwatch'
import { type MetricName, metric, namespace } from '../../functions/runtime/metrics.ts'
import type { EventContract } from '../../schemas/contract.ts'
import { detailTypeOf } from '../../schemas/contract.ts'
import { fiveMinutes } from './alarms.ts'
import type { Setting } from './setting.ts'

type Counted = Pick<Setting, 'service' | 'stage'>

/** What the functions of a service count in a stage, summed up over five minutes. */
export const counted = (of: Counted, name: MetricName, options: MetricOptions = {}): Metric => sum(of, name, options)

/** The age, in seconds, of the oldest message that a service received and did not finish; none where each is finished at its first delivery. */
export const oldestUnfinished = (of: Counted, options: MetricOptions = {}): Metric =>
  counted(of, metric.oldestUnfinished, { statistic: Stats.MAXIMUM, ...options })

/** How many events of that contract the relay of its service has published. */
export const published = ({ stage }: Pick<Setting, 'stage'>, contract: EventContract, options: MetricOptions = {}) =>
  sum({ service: contract.source, stage }, detailTypeOf(contract), options)

const sum = ({ service, stage }: Counted, metricName: string, options: MetricOptions): Metric =>
  new Metric({
    namespace,
    metricName,
    dimensionsMap: { service, stage: stage.name },
    statistic: Stats.SUM,
    period: fiveMinutes,
    ...options,
  })
