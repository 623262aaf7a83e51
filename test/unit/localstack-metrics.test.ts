import { describe, expect, test } from 'vitest'
import { stateOf } from '../../localstack/cloudwatch/alarm.ts'
import { cloudWatchOperations } from '../../localstack/cloudwatch/api.ts'
import { graphsOf } from '../../localstack/cloudwatch/dashboard.ts'
import { embeddedMetrics } from '../../localstack/cloudwatch/embedded-metrics.ts'
import { evaluate } from '../../localstack/cloudwatch/expression.ts'
import { type MetricId, MetricStore } from '../../localstack/cloudwatch/metric-store.ts'
import { cloudWatchTypes } from '../../localstack/cloudwatch/resource-types.ts'

const minute = 60_000
const start = 1_700_000_040_000
const id = (name: string, dimensions: Record<string, string> = { stage: 'prod' }): MetricId => ({
  namespace: 'Holdfast',
  name,
  dimensions,
})

/** A store with these values of each metric, a minute apart, of which the last is in the minute that begins at `start`. */
function storeOf(values: Readonly<Record<string, readonly (number | undefined)[]>>): MetricStore {
  const store = new MetricStore()
  for (const [name, series] of Object.entries(values)) {
    series.forEach((value, index) => {
      if (value !== undefined) store.add(id(name), value, start - (series.length - 1 - index) * minute)
    })
  }
  return store
}

describe('the metrics of CloudWatch', () => {
  test('are summed up, averaged and compared over a span', () => {
    const store = storeOf({ a: [5, 1, 3] })
    const span = { from: start - 2 * minute, to: start + minute }
    const values = (['Sum', 'Average', 'Minimum', 'Maximum', 'SampleCount'] as const).map((statistic) =>
      store.value(id('a'), statistic, span, start),
    )
    expect(values).toEqual([9, 3, 1, 5, 3])
    expect(store.value(id('a'), 'Sum', { from: start, to: start + minute }, start)).toBe(3)
  })

  test('are others with other dimensions, in whatever order those stand', () => {
    const store = new MetricStore()
    store.add(id('a', { stage: 'prod', service: 'orders' }), 1, start)
    const at = { from: start, to: start + minute }
    expect(store.value(id('a', { service: 'orders', stage: 'prod' }), 'Sum', at, start)).toBe(1)
    expect(store.value(id('a', { service: 'orders', stage: 'dev' }), 'Sum', at, start)).toBeUndefined()
    expect(store.has(id('a'))).toBe(false)
  })

  test('are read from log lines in the embedded format, and from no other', () => {
    const line = {
      _aws: {
        Timestamp: start,
        CloudWatchMetrics: [
          { Namespace: 'Holdfast', Dimensions: [['stage', 'service']], Metrics: [{ Name: 'a', Unit: 'Count' }] },
        ],
      },
      service: 'orders',
      stage: 'prod',
      a: [1, 2],
    }
    const dimensions = { stage: 'prod', service: 'orders' }
    expect(embeddedMetrics(JSON.stringify(line))).toEqual([
      { id: id('a', dimensions), value: 1, time: start },
      { id: id('a', dimensions), value: 2, time: start },
    ])
    expect(embeddedMetrics('{"message":"\\"CloudWatchMetrics\\""}')).toEqual([])
    expect(embeddedMetrics('no "CloudWatchMetrics" here')).toEqual([])
  })
})

describe('metric math', () => {
  const lines = new Map<string, number | undefined>([
    ['a', 6],
    ['b', 3],
    ['none', undefined],
  ])
  test.each([
    ['a + b * 2', 12],
    ['(a + b) * 2', 18],
    ['a - b - 1', 2],
    ['100 * FILL(none, 0) / a', 0],
    ['a / none', undefined],
    ['a / (b - b)', undefined],
    ['IF(a >= 5 AND FILL(none, 0) < 1, 1, 0)', 1],
    ['IF(a < 5 OR b > 5, 1, 0)', 0],
    ['IF(none > 1, 1, 0)', undefined],
  ])('%s is computed', (expression, value) => {
    expect(evaluate(expression, lines)).toBe(value)
  })

  test.each(['a + c', 'SEARCH(a)', 'a a', 'a +', '(a'])('%s is refused', (expression) => {
    expect(() => evaluate(expression, lines)).toThrow('is not supported here')
  })
})

describe('an alarm', () => {
  const { properties } = cloudWatchTypes['AWS::CloudWatch::Alarm']
  const ofMetric = {
    MetricName: 'a',
    Namespace: 'Holdfast',
    Dimensions: [{ Name: 'stage', Value: 'prod' }],
    Statistic: 'Sum',
    Period: 60,
    EvaluationPeriods: 3,
    Threshold: 5,
    ComparisonOperator: 'GreaterThanOrEqualToThreshold',
    TreatMissingData: 'notBreaching',
  }
  const line = (name: string) => ({
    Id: name,
    ReturnData: false,
    MetricStat: {
      Metric: { Namespace: 'Holdfast', MetricName: name, Dimensions: [{ Name: 'stage', Value: 'prod' }] },
      Period: 300,
      Stat: 'Sum',
    },
  })
  const { MetricName: _, Namespace: __, Dimensions: ___, Statistic: ____, Period: _____, ...terms } = ofMetric
  const rate = {
    ...terms,
    EvaluationPeriods: 1,
    Metrics: [{ Id: 'r', Expression: '100 * FILL(part, 0) / whole' }, line('part'), line('whole')],
  }
  const silence = {
    ...ofMetric,
    EvaluationPeriods: 1,
    Period: 300,
    Threshold: 1,
    ComparisonOperator: 'LessThanThreshold',
  }

  test.each([
    ['is on when every period breaches', ofMetric, { a: [5, 6, 7] }, 'ALARM'],
    ['is off when one period does not', ofMetric, { a: [5, 4, 7] }, 'OK'],
    ['is off where nothing was counted', ofMetric, { a: [5, undefined, 7] }, 'OK'],
    ['is on at a rate', rate, { part: [1], whole: [20] }, 'ALARM'],
    ['is off below the rate', rate, { part: [1], whole: [10, 11] }, 'OK'],
    ['is off where there is no rate', rate, {}, 'OK'],
    ['is off while something is counted', { ...silence, TreatMissingData: 'breaching' }, { a: [1, 0, 0, 0, 0] }, 'OK'],
    ['is on at silence', { ...silence, TreatMissingData: 'breaching' }, { a: [1, 0, 0, 0, 0, 0] }, 'ALARM'],
    ['is on where nothing was ever counted', { ...silence, TreatMissingData: 'breaching' }, {}, 'ALARM'],
  ])('%s', (_name, alarm, values, state) => {
    expect(stateOf(properties.parse(alarm), storeOf(values), start + 1_000)).toBe(state)
  })

  test('needs one metric or several lines', () => {
    expect(properties.safeParse({ ...ofMetric, Metrics: rate.Metrics }).success).toBe(false)
  })
})

test('the graphs of a dashboard show the metrics of their lines, and those of their expressions', () => {
  const metrics = [
    [{ expression: '100 * a / b', label: '%' }],
    ['Holdfast', 'A', 'service', 'orders', 'stage', 'prod', { id: 'a', visible: false }],
    ['AWS/Lambda', 'Invocations', 'FunctionName', 'f', { id: 'b' }],
  ]
  const body = { widgets: [{ type: 'metric', properties: { title: 'T', metrics } }] }
  expect(graphsOf(JSON.stringify(body))).toEqual([
    {
      title: 'T',
      metrics: [
        { namespace: 'Holdfast', name: 'A', dimensions: { service: 'orders', stage: 'prod' } },
        { namespace: 'AWS/Lambda', name: 'Invocations', dimensions: { FunctionName: 'f' } },
      ],
    },
  ])
})

test('GetMetricData gives the values of each period, the newest first, to callers who may read them', () => {
  const store = storeOf({ a: [5, undefined, 7] })
  const asked: string[] = []
  const call = {
    operation: 'GetMetricData',
    caller: { name: 'f', role: 'r' },
    authorize: (action: string, resource: string) => void asked.push(`${action} ${resource}`),
    input: {
      StartTime: (start - 2 * minute) / 1_000,
      EndTime: (start + minute) / 1_000,
      MetricDataQueries: [
        {
          Id: 'a',
          MetricStat: {
            Metric: { Namespace: 'Holdfast', MetricName: 'a', Dimensions: [{ Name: 'stage', Value: 'prod' }] },
            Period: 60,
            Stat: 'Sum',
          },
        },
      ],
    },
  }
  const { GetMetricData } = cloudWatchOperations(store, () => start)
  expect(GetMetricData?.(call)).toMatchObject({
    MetricDataResults: [{ Id: 'a', Timestamps: [start / 1_000, (start - 2 * minute) / 1_000], Values: [7, 5] }],
  })
  expect(asked).toEqual(['cloudwatch:GetMetricData *'])
  expect(() => GetMetricData?.({ ...call, input: {} })).toThrow('MetricDataQueries')
})
