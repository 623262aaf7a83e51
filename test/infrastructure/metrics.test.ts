import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { env } from '../../functions/runtime/env.ts'
import { metric, namespace } from '../../functions/runtime/metrics.ts'
import { stages } from '../../lib/stages.ts'
import { detailTypeOf } from '../../schemas/contract.ts'
import { allEvents } from '../../schemas/topology.ts'
import { type Resource, type Value, dev, named, prod } from './templates.ts'

/** A metric of a graph or an alarm. */
interface Metric {
  readonly namespace: string
  readonly name: string
  readonly dimensions: Readonly<Record<string, Value>>
}

/** The metrics of AWS that are used: by namespace and name, the one dimension that finds them, and the type of the resource it names. */
const known: Readonly<Record<string, readonly [string, string]>> = {
  'AWS/ApiGateway Count': ['ApiId', 'AWS::ApiGatewayV2::Api'],
  'AWS/ApiGateway 4xx': ['ApiId', 'AWS::ApiGatewayV2::Api'],
  'AWS/ApiGateway 5xx': ['ApiId', 'AWS::ApiGatewayV2::Api'],
  'AWS/ApiGateway Latency': ['ApiId', 'AWS::ApiGatewayV2::Api'],
  'AWS/Lambda Duration': ['FunctionName', 'AWS::Lambda::Function'],
  'AWS/Lambda Errors': ['FunctionName', 'AWS::Lambda::Function'],
  'AWS/Lambda Invocations': ['FunctionName', 'AWS::Lambda::Function'],
  'AWS/Lambda IteratorAge': ['FunctionName', 'AWS::Lambda::Function'],
  'AWS/Lambda Throttles': ['FunctionName', 'AWS::Lambda::Function'],
  'AWS/SQS ApproximateAgeOfOldestMessage': ['QueueName', 'AWS::SQS::Queue'],
  'AWS/SQS ApproximateNumberOfMessagesVisible': ['QueueName', 'AWS::SQS::Queue'],
  'AWS/S3 NumberOfObjects': ['BucketName', 'AWS::S3::Bucket'],
  'AWS/DynamoDB ReadThrottleEvents': ['TableName', 'AWS::DynamoDB::Table'],
  'AWS/DynamoDB WriteThrottleEvents': ['TableName', 'AWS::DynamoDB::Table'],
}

const ownNames = new Set<string>(Object.values(metric))
const sources = new Map(allEvents.map((contract) => [detailTypeOf(contract), contract.source as string]))

/** What is wrong with a metric, in words; undefined for one that the stage has. */
function faultOf(service: string, { namespace: space, name, dimensions }: Metric): string | undefined {
  if (space === namespace) {
    const counting = dimensions['service'] as string
    if (Object.keys(dimensions).toSorted().join() !== 'service,stage') return `${name} has no service or stage`
    if (dimensions['stage'] !== 'prod') return `${name} is of another stage`
    if (sources.has(name)) return sources.get(name) === counting ? undefined : `${counting} does not publish ${name}`
    if (!ownNames.has(name)) return `nothing counts ${name}`
    const serves = prod.of('AWS::Lambda::Function').some((fn) => fn.service === counting)
    return serves ? undefined : `there is no service ${counting}`
  }
  const [dimension, type] = known[`${space} ${name}`] ?? []
  if (dimension === undefined) return `${space} ${name} is not known`
  const { StorageType, ...found } = dimensions
  if (space === 'AWS/S3' && StorageType !== 'AllStorageTypes') return `${name} counts all types of storage`
  if (Object.keys(found).join() !== dimension) return `${space} ${name} is found by ${dimension} alone`
  const named = prod.at(service, dimensions[dimension]!)
  return named.type === type ? undefined : `${dimension} names a ${named.type}`
}

interface MetricStat {
  readonly Namespace: string
  readonly MetricName: string
  readonly Dimensions: readonly { readonly Name: string; readonly Value: Value }[]
}
const metricOf = ({ Namespace, MetricName, Dimensions }: MetricStat): Metric => ({
  namespace: Namespace,
  name: MetricName,
  dimensions: Object.fromEntries(Dimensions.map(({ Name, Value }) => [Name, Value])),
})

interface Query {
  readonly Id: string
  readonly Expression?: string
  readonly MetricStat?: { readonly Metric: MetricStat; readonly Stat: string; readonly Period: number }
}
const queriesOf = ({ properties }: Resource): readonly Query[] => properties.Metrics ?? []

const metricsOf = (alarm: Resource): readonly Metric[] =>
  alarm.properties.Namespace === undefined
    ? queriesOf(alarm).flatMap(({ MetricStat }) => (MetricStat ? [metricOf(MetricStat.Metric)] : []))
    : [metricOf(alarm.properties)]

/** The names of other lines that an expression uses; the functions of metric math are in capitals. */
const namesIn = (expression: string): string[] => expression.match(/\b[a-z]\w*/g) ?? []

const alarms = prod.of('AWS::CloudWatch::Alarm')

interface Looked {
  readonly queues: Readonly<Record<string, string>>
  readonly services: readonly string[]
  readonly sweeps: readonly string[]
}

/** What readiness looks at. */
function watched(): Looked {
  const http = prod.of('AWS::Lambda::Function').find(({ name }) => name === 'operations HttpFunction')
  const { queues, services, sweeps } = JSON.parse(
    prod.rendered('operations', http!.properties.Environment.Variables[env.watched]),
  ) as Looked
  return { queues, services, sweeps }
}
const runbooks = readFileSync('docs/runbooks.md', 'utf8')
const headings = new Set(
  Array.from(runbooks.matchAll(/^## (.*)$/gm), ([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^a-z0-9 -]/g, '')
      .replaceAll(' ', '-'),
  ),
)

describe('every alarm', () => {
  it.each(named(alarms))('%s is on metrics that the stage has', (_, alarm) => {
    const metrics = metricsOf(alarm)
    expect(metrics).not.toEqual([])
    expect(metrics.flatMap((each) => faultOf(alarm.service, each) ?? [])).toEqual([])
  })

  it.each(named(alarms.filter((alarm) => queriesOf(alarm).length > 0)))(
    '%s computes with its own lines',
    (_, alarm) => {
      const queries = queriesOf(alarm)
      const ids = queries.map(({ Id }) => Id)
      for (const { Expression = '' } of queries) expect(ids).toEqual(expect.arrayContaining(namesIn(Expression)))
      const used = queries.flatMap(({ Expression = '' }) => namesIn(Expression))
      expect(queries.filter(({ MetricStat }) => MetricStat).map(({ Id }) => Id)).toEqual(
        expect.arrayContaining([...new Set(used)]),
      )
      const periods = new Set(queries.flatMap(({ MetricStat }) => MetricStat?.Period ?? []))
      expect(periods.size).toBe(1)
    },
  )

  it.each(named(alarms))('%s names its runbook', (_, { properties }) => {
    const [, heading] = /See docs\/runbooks\.md#([\w-]+)\.$/.exec(properties.AlarmDescription) ?? []
    expect(headings).toContain(heading)
  })

  it('reaches the topic of the platform, which CloudWatch may publish to', () => {
    for (const { service, properties, name } of alarms) {
      expect(
        properties.AlarmActions.map((action: Value) => prod.rendered(service, action)),
        name,
      ).toEqual(['platform AlarmsTopic'])
    }
    const policy = prod.of('AWS::SNS::TopicPolicy').find(({ name }) => name.startsWith('platform Alarms'))
    expect(JSON.stringify(policy!.properties)).toContain('cloudwatch.amazonaws.com')
  })

  it('is off where the stage has none', () => {
    expect(dev.of('AWS::CloudWatch::Alarm')).toEqual([])
  })
})

describe('alarms', () => {
  const on = (resource: Resource, name: string): Resource[] =>
    alarms.filter((alarm) =>
      metricsOf(alarm).some(
        (each) =>
          each.name === name &&
          Object.values(each.dimensions).some((value) => prod.rendered(alarm.service, value) === resource.name),
      ),
    )
  const queues = prod.of('AWS::SQS::Queue')
  const mappings = prod.of('AWS::Lambda::EventSourceMapping')
  const consumed = mappings
    .filter(({ properties }) => properties.ScalingConfig !== undefined)
    .map(({ service, properties }) => prod.at(service, properties.EventSourceArn))
  const relays = mappings
    .filter(({ properties }) => properties.StartingPosition !== undefined)
    .map(({ service, properties }) => prod.at(service, properties.FunctionName))
  const functions = prod.of('AWS::Lambda::Function')

  // Single bounces are no fault: their rate has an alarm.
  const failed = queues.filter((queue) => !consumed.includes(queue) && queue.name !== 'platform MailFeedback')
  it.each(named(failed))('go off at the first message in %s', (_, queue) => {
    const [alarm] = on(queue, 'ApproximateNumberOfMessagesVisible')
    expect(alarm?.properties).toMatchObject({
      Threshold: 1,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      EvaluationPeriods: 1,
    })
  })

  it('on the age of messages are about the queues that readiness watches, each under a label of its own', () => {
    const { queues: found } = watched()
    const late = queues.filter((queue) => on(queue, 'ApproximateAgeOfOldestMessage').length > 0)
    expect(Object.values(found).toSorted()).toEqual(late.map(({ name }) => name).toSorted())
    expect(found).toMatchObject({
      notifications: 'notifications EventsQueue',
      'notifications webhooks events': 'notifications WebhooksEventsQueue',
    })
  })

  const lost = prod.of('AWS::S3::Bucket').filter(({ properties }) => !properties.NotificationConfiguration)
  it.each(named(lost))('go off while an object lies in %s', (_, bucket) => {
    const [alarm] = on(bucket, 'NumberOfObjects')
    expect(alarm?.properties).toMatchObject({ Threshold: 1, Period: 86_400, TreatMissingData: 'notBreaching' })
  })

  it.each(named(functions))('go off when one call in twenty of %s fails or is throttled, not at the first', (_, fn) => {
    for (const name of ['Errors', 'Throttles']) {
      const [alarm] = on(fn, name)
      expect(metricsOf(alarm!).map((each) => each.name)).toContain('Invocations')
      expect(alarm!.properties).toMatchObject({ Threshold: 5, EvaluationPeriods: 3 })
    }
  })

  it.each(named(relays))('go off when %s falls behind', (_, relay) => {
    expect(on(relay, 'IteratorAge')[0]?.properties).toMatchObject({ Threshold: 60_000, EvaluationPeriods: 3 })
  })

  it.each(named(consumed))('go off when a message grows old in %s', (_, queue) => {
    expect(on(queue, 'ApproximateAgeOfOldestMessage')[0]?.properties).toMatchObject({ Threshold: 300 })
  })

  const retrying = [...new Set(consumed.map(({ service }) => service))]
  it.each(retrying)(
    'go off when %s retries a message for long, which SQS leaves out of the age of its queue',
    (service) => {
      const found = alarms.filter(
        (each) => each.service === service && metricsOf(each).some(({ name }) => name === metric.oldestUnfinished),
      )
      expect(found).toHaveLength(1)
      // Messages that are retried come up to five minutes apart: each period of ten has one.
      expect(found[0]?.properties).toMatchObject({
        Threshold: 300,
        ComparisonOperator: 'GreaterThanOrEqualToThreshold',
        Statistic: 'Maximum',
        Period: 600,
        EvaluationPeriods: 1,
        TreatMissingData: 'notBreaching',
        Dimensions: [
          { Name: 'service', Value: service },
          { Name: 'stage', Value: 'prod' },
        ],
      })
      expect(watched().services).toContain(service)
    },
  )

  const sweeping = functions.filter(({ properties }) => properties.Description.endsWith(' sweep'))
  it.each(named(sweeping))('go off at the silence of %s', (_, { service }) => {
    const alarm = alarms.find(
      (each) => each.service === service && metricsOf(each).some(({ name }) => name === metric.sweeps),
    )
    expect(alarm?.properties).toMatchObject({
      Threshold: 1,
      ComparisonOperator: 'LessThanThreshold',
      TreatMissingData: 'breaching',
      Period: 300,
    })
  })

  it('go off when no reconciliation has come to its end for 36 hours, and for a day after one that found a difference', () => {
    const on = (name: string) => alarms.find((alarm) => metricsOf(alarm).some((each) => each.name === name))?.properties
    expect(on(metric.reconciliations)).toMatchObject({
      Threshold: 1,
      ComparisonOperator: 'LessThanThreshold',
      TreatMissingData: 'breaching',
      Period: 43_200,
      EvaluationPeriods: 3,
    })
    expect(on(metric.differences)).toMatchObject({
      Threshold: 1,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      TreatMissingData: 'notBreaching',
      Period: 86_400,
      EvaluationPeriods: 1,
    })
  })

  it('go off when orders are placed and none is confirmed', () => {
    const names = alarms.map((alarm) => metricsOf(alarm).map(({ name }) => name))
    expect(names).toContainEqual(['order.placed.v1', 'order.confirmed.v1'])
  })

  it('leave out the 503 that are designed', () => {
    const gateway = alarms.filter((alarm) => metricsOf(alarm).some(({ name }) => name === '5xx'))
    for (const alarm of gateway) expect(metricsOf(alarm).map(({ name }) => name)).toContain(metric.contended)
    const functionFaults = alarms.filter((alarm) => metricsOf(alarm).some(({ name }) => name === metric.faults))
    expect(functionFaults).not.toEqual([])
  })
})

describe('the dashboard', () => {
  const [dashboard] = prod.of('AWS::CloudWatch::Dashboard')

  /** The body as JSON, with every value that deployment puts into it as a text of its own. */
  function body(): { readonly widgets: readonly Widget[] } {
    const value: Value = dashboard!.properties.DashboardBody
    const parts = (value as { 'Fn::Join': readonly [string, readonly Value[]] })['Fn::Join'][1]
    return JSON.parse(
      parts
        .map((part) => (typeof part === 'string' ? part : JSON.stringify(JSON.stringify(part)).slice(1, -1)))
        .join(''),
    )
  }
  interface Line {
    readonly expression?: string
    readonly id?: string
  }
  interface Widget {
    readonly type: string
    readonly properties: { readonly title: string; readonly metrics: readonly (readonly (string | Line)[])[] }
  }
  const valueOf = (text: string): Value => (text.startsWith('{') ? JSON.parse(text) : text)

  const graphs = body().widgets.map(({ properties }) => [properties.title, properties.metrics] as const)

  it('is one for the stage', () => {
    expect(prod.of('AWS::CloudWatch::Dashboard')).toHaveLength(1)
    expect(graphs.length).toBeGreaterThan(10)
  })

  it.each(graphs)('shows %s by metrics that the stage has', (_, lines) => {
    const metrics = lines.flatMap((line): Metric[] => {
      const texts = line.filter((part) => typeof part === 'string')
      if (texts.length === 0) return []
      const [space = '', name = '', ...dimensions] = texts
      const pairs = dimensions.flatMap((text, index) =>
        index % 2 === 0 ? [[text, valueOf(dimensions[index + 1]!)]] : [],
      )
      return [{ namespace: space, name, dimensions: Object.fromEntries(pairs) as Metric['dimensions'] }]
    })
    expect(metrics).not.toEqual([])
    expect(metrics.flatMap((each) => faultOf('operations', each) ?? [])).toEqual([])
  })

  it.each(graphs)('computes %s with its own lines, and searches nothing', (_, lines) => {
    const options = lines.map((line) => line.at(-1)).filter((last): last is Line => typeof last === 'object')
    const ids = options.flatMap(({ id }) => id ?? [])
    for (const { expression = '' } of options) {
      expect(expression).not.toContain('SEARCH')
      expect(ids).toEqual(expect.arrayContaining(namesIn(expression)))
    }
  })

  it('has a line for every function, every queue that is consumed, every dead-letter queue, every bucket of lost records and every table', () => {
    const text = JSON.stringify(prod.rendered('operations', dashboard!.properties.DashboardBody))
    const resources = prod.all
      .filter(({ type }) => /^AWS::(Lambda::Function|SQS::Queue|S3::Bucket|DynamoDB::Table)$/.test(type))
      .filter(({ properties }) => !properties.NotificationConfiguration)
    expect(resources.filter(({ name }) => !text.includes(name)).map(({ name }) => name)).toEqual([])
  })
})

describe('detailed metrics of routes', () => {
  it.each([dev, prod].flatMap((each) => named(each.of('AWS::ApiGatewayV2::Stage'))))('are off: %s', (_, stage) => {
    expect(stage.properties.DefaultRouteSettings.DetailedMetricsEnabled).toBe(false)
  })
})

it('the cost page counts the alarms and their metrics', () => {
  const metrics = alarms.flatMap(metricsOf).length
  expect(readFileSync('docs/costs.md', 'utf8')).toContain(
    `${alarms.length} alarms on ${metrics} metrics (10 cents a metric and month, $${(metrics / 10).toFixed(2)})`,
  )
})

it('the cost page counts the metrics that readiness reads', () => {
  const read = Object.values(watched()).reduce((sum, each) => sum + Object.keys(each).length, 0)
  expect(readFileSync('docs/costs.md', 'utf8')).toContain(`reads ${read} metrics each time`)
})

it('every function knows its stage, which is a dimension of what it counts', () => {
  for (const { properties } of prod.of('AWS::Lambda::Function'))
    expect(properties.Environment.Variables.STAGE).toBe(stages.prod.name)
})
