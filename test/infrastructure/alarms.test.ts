import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Code } from 'aws-cdk-lib/aws-lambda'
import { afterAll, describe, expect, it } from 'vitest'
import { metric } from '../../functions/runtime/metrics.ts'
import { type AlarmProperties, idOf, stateOf } from '../../localstack/cloudwatch/alarm.ts'
import { type MetricId, MetricStore } from '../../localstack/cloudwatch/metric-store.ts'
import { loadAssembly } from '../../localstack/deploy/assembly.ts'
import { stages } from '../../lib/stages.ts'
import { appOf } from './templates.ts'

const code = mkdtempSync(join(tmpdir(), 'holdfast-'))
afterAll(() => rmSync(code, { recursive: true }))
// The local stack knows no distribution, which has no alarm.
const app = appOf({ ...stages.prod, photoCdn: false }, { code: () => Code.fromAsset(code) })
const place = { region: 'us-east-1', account: '000000000000', endpoint: 'http://127.0.0.1:1' }
const alarms = loadAssembly(app.synth().directory, place)
  .of('AWS::CloudWatch::Alarm')
  .map(({ stack, logicalId, properties }) => [`${stack.split('-').at(-1)} ${logicalId}`, properties] as const)

/** What is counted in each minute. */
type Counts = Readonly<Record<string, number>>
const busy: Counts = {
  Invocations: 100,
  Count: 500,
  [metric.sweeps]: 1,
  [metric.reconciliations]: 1,
  [metric.providerAsked]: 20,
}

/** For each alarm, by its name: what happens in a minute that must not set it off, and what must, for as long as its periods are. */
const planted: readonly (readonly [RegExp, Counts, Counts])[] = [
  [/ GatewayFaults/, { ...busy, '5xx': 100, [metric.contended]: 17 }, { ...busy, '5xx': 30 }],
  [/Throttles/, { ...busy, Throttles: 1 }, { ...busy, Throttles: 50 }],
  [/Errors/, { ...busy, Errors: 1 }, { ...busy, Errors: 10 }],
  [/ HttpFaults/, { ...busy, [metric.faults]: 1 }, { ...busy, [metric.faults]: 10 }],
  [/Silence/, busy, {}],
  [/NotSwept/, { [metric.notSwept]: 0 }, { [metric.notSwept]: 1 }],
  [/IteratorAge/, { IteratorAge: 900 }, { IteratorAge: 61_000 }],
  [/LostObjects/, { NumberOfObjects: 0 }, { NumberOfObjects: 1 }],
  [/Depth/, { ApproximateNumberOfMessagesVisible: 0 }, { ApproximateNumberOfMessagesVisible: 1 }],
  [/Age/, { ApproximateAgeOfOldestMessage: 20 }, { ApproximateAgeOfOldestMessage: 301 }],
  [/Unfinished/, { [metric.oldestUnfinished]: 200 }, { [metric.oldestUnfinished]: 301 }],
  [/OnHold/, { [metric.paymentsOnHold]: 0 }, { [metric.paymentsOnHold]: 1 }],
  [/Unanswered/, { ...busy, [metric.providerUnanswered]: 0 }, { ...busy, [metric.providerUnanswered]: 5 }],
  [/Differences/, { [metric.differences]: 0 }, { [metric.differences]: 1 }],
  [/NoneConfirmed/, { 'order.placed.v1': 1, 'order.confirmed.v1': 1 }, { 'order.placed.v1': 1 }],
]

const minute = 60_000
const now = 1_700_000_099_000

const idsOf = ({ Namespace = '', MetricName, Dimensions, Metrics }: AlarmProperties): MetricId[] => [
  ...(MetricName === undefined ? [] : [idOf(Namespace, MetricName, Dimensions)]),
  ...Metrics.flatMap(({ MetricStat }) =>
    MetricStat ? [idOf(MetricStat.Metric.Namespace, MetricStat.Metric.MetricName, MetricStat.Metric.Dimensions)] : [],
  ),
]

/** Counts that in every one of the last minutes, under every metric that the alarm looks at. */
function after(alarm: AlarmProperties, counts: Counts, minutes: number): 'OK' | 'ALARM' {
  const store = new MetricStore()
  for (const id of idsOf(alarm)) {
    const value = counts[id.name]
    if (value === undefined) continue
    for (let back = 0; back < minutes; back += 1) store.add(id, value, now - back * minute)
  }
  return stateOf(alarm, store, now)
}

const minutesOf = ({ EvaluationPeriods, Period, Metrics }: AlarmProperties): number =>
  (EvaluationPeriods * (Period ?? Metrics.find(({ MetricStat }) => MetricStat)!.MetricStat!.Period)) / 60

describe('an alarm', () => {
  const named = alarms.map(([name, alarm]) => {
    const fault = planted.find(([pattern]) => pattern.test(name))
    return [name, alarm, fault?.[1], fault?.[2]] as const
  })

  it.each(named)('%s has a fault that sets it off', (_, _alarm, quiet, fault) => {
    expect([quiet, fault]).not.toContain(undefined)
  })

  it.each(named)('%s is silent when all is well, and when little goes wrong', (name, alarm, quiet) => {
    expect(after(alarm, quiet!, 240)).toBe('OK')
    if (!name.includes('Silence')) expect(after(alarm, {}, 240)).toBe('OK')
  })

  it.each(named)('%s goes off at its fault', (_, alarm, __, fault) => {
    expect(after(alarm, fault!, minutesOf(alarm))).toBe('ALARM')
  })

  const lasting = named.filter(
    ([, { EvaluationPeriods, TreatMissingData }]) => EvaluationPeriods > 1 && TreatMissingData !== 'breaching',
  )
  it.each(lasting)('%s waits until the fault has lasted', (_, alarm, __, fault) => {
    expect(after(alarm, fault!, minutesOf(alarm) / alarm.EvaluationPeriods)).toBe('OK')
  })
})
