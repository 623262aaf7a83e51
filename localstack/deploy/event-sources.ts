import { availableParallelism } from 'node:os'
import type { DynamoDBStreamEvent, SQSEvent } from 'aws-lambda'
import type { DynamoEmulator } from '../dynamodb/emulator.ts'
import type { Assembly, Resource } from './assembly.ts'
import type { StackClock } from '../clock/clock.ts'
import type { TimeLapse } from '../clock/time-lapse.ts'
import { uuid } from '../clock/uuid.ts'
import type { Deliveries } from './deliveries.ts'
import type { DeployedTable } from './tables.ts'
import type { Iam } from '../iam/iam.ts'
import type { LocalFunction, LogLine } from '../lambda/local-function.ts'
import { QueueConsumer } from '../lambda/queue-consumer.ts'
import { type StreamFailure, failureObject } from '../lambda/stream-failure.ts'
import { StreamReader } from '../lambda/stream-reader.ts'
import { StreamConsumer } from '../lambda/stream-consumer.ts'

export interface SourcesDeps {
  readonly clock: StackClock
  readonly random: () => number
  readonly iam: Iam
  readonly emulator: DynamoEmulator
  readonly tables: readonly DeployedTable[]
  readonly functions: ReadonlyMap<string, LocalFunction>
  readonly deliveries: Deliveries
  readonly timeLapse: TimeLapse
  readonly log: (line: LogLine) => void
}

export interface Sources {
  /** By the ARN of their queue. */
  readonly queueConsumers: ReadonlyMap<string, QueueConsumer>
  /** By the name of their table. */
  readonly streamReaders: ReadonlyMap<string, StreamReader>
  readonly streamConsumers: readonly StreamConsumer[]
}

type Mapping = Resource<'AWS::Lambda::EventSourceMapping'>

/** Batches of one queue at once, at least the 2 that race: with more than there are processors each is smaller, and none is done earlier. */
const laptopConcurrency = Math.max(2, availableParallelism())

/** What the role of a function needs before AWS lets an event source feed it. */
const needed = {
  sqs: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'],
  dynamodb: ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator', 'dynamodb:ListStreams'],
} as const

/** The event source mappings of the templates. Throws where a role may not read its source, as CloudFormation would fail. */
export function deploySources(assembly: Assembly, deps: SourcesDeps): Sources {
  const queueConsumers = new Map<string, QueueConsumer>()
  const byStream = new Map<string, StreamConsumer[]>()
  for (const mapping of assembly.of('AWS::Lambda::EventSourceMapping')) {
    if (!mapping.properties.Enabled) continue
    const arn = mapping.properties.EventSourceArn
    const source = sourceOf(assembly, mapping, deps)
    if (arn.includes(':sqs:')) {
      if (queueConsumers.has(arn)) throw new Error(`${source.where}: two functions cannot share the queue ${arn} here.`)
      queueConsumers.set(arn, queueConsumer(mapping, source, deps))
    } else byStream.set(arn, [...(byStream.get(arn) ?? []), streamConsumer(mapping, source, deps)])
  }
  const streamReaders = new Map<string, StreamReader>()
  for (const [arn, consumers] of byStream) {
    const table = deps.tables.find(({ streamArn }) => streamArn === arn)
    if (table?.emulatorStreamArn === undefined) throw new Error(`There is no stream ${arn}.`)
    const settings = { arn, emulatorArn: table.emulatorStreamArn, region: assembly.place.region }
    const log = (text: string): void => deps.log({ function: `stream of ${table.name}`, text })
    const putsOff = (read: () => void): boolean => deps.timeLapse.putsOff(read)
    streamReaders.set(table.name, new StreamReader(settings, { ...deps, consumers, log, putsOff }))
  }
  return { queueConsumers, streamReaders, streamConsumers: [...byStream.values()].flat() }
}

interface Source {
  readonly where: string
  readonly region: string
  readonly role: string
  readonly fn: LocalFunction
}

function sourceOf(assembly: Assembly, mapping: Mapping, { functions, iam }: SourcesDeps): Source {
  const where = `${mapping.stack}/${mapping.logicalId}`
  const { FunctionName, EventSourceArn } = mapping.properties
  const name = FunctionName.slice(FunctionName.lastIndexOf(':') + 1)
  const fn = functions.get(name)
  const role = assembly.of('AWS::Lambda::Function').find((each) => each.name === name)?.properties.Role
  if (fn === undefined || role === undefined) throw new Error(`${where}: there is no function ${FunctionName}.`)
  for (const action of needed[EventSourceArn.includes(':sqs:') ? 'sqs' : 'dynamodb'])
    iam.check(role, action, EventSourceArn)
  return { where, region: assembly.place.region, role, fn }
}

const filtersOf = ({ properties }: Mapping) =>
  properties.FilterCriteria && { filters: properties.FilterCriteria.Filters.map(({ Pattern }) => Pattern) }

function queueConsumer(mapping: Mapping, { region, fn }: Source, { clock, deliveries }: SourcesDeps): QueueConsumer {
  const { BatchSize, MaximumBatchingWindowInSeconds, ScalingConfig, FunctionResponseTypes } = mapping.properties
  return new QueueConsumer(
    deliveries.queue(mapping.properties.EventSourceArn),
    {
      region,
      batchSize: BatchSize ?? 10,
      maximumBatchingWindowSeconds: MaximumBatchingWindowInSeconds,
      reportBatchItemFailures: FunctionResponseTypes.includes('ReportBatchItemFailures'),
      maximumConcurrency: Math.min(ScalingConfig?.MaximumConcurrency ?? laptopConcurrency, laptopConcurrency),
      ...filtersOf(mapping),
    },
    { clock, invoke: (event: SQSEvent) => fn.invoke(event) },
  )
}

function streamConsumer(mapping: Mapping, { role, fn }: Source, deps: SourcesDeps): StreamConsumer {
  const { properties } = mapping
  const destination = properties.DestinationConfig?.OnFailure?.Destination
  const mappingId = uuid(deps.random)
  const report = (failure: StreamFailure, to: string): void => {
    if (!to.includes(':s3:')) return deps.deliveries.byRole(role, to, { MessageBody: JSON.stringify(failure.report) })
    const { key, body } = failureObject(failure, mappingId, uuid(deps.random))
    return deps.deliveries.objectByRole(role, to, key, body)
  }
  return new StreamConsumer(
    {
      streamArn: properties.EventSourceArn,
      functionArn: fn.settings.arn,
      batchSize: properties.BatchSize ?? 100,
      maximumBatchingWindowSeconds: properties.MaximumBatchingWindowInSeconds,
      tumblingWindowSeconds: properties.TumblingWindowInSeconds,
      maximumRetryAttempts: properties.MaximumRetryAttempts,
      maximumRecordAgeSeconds: properties.MaximumRecordAgeInSeconds,
      bisectBatchOnFunctionError: properties.BisectBatchOnFunctionError,
      reportBatchItemFailures: properties.FunctionResponseTypes.includes('ReportBatchItemFailures'),
      ...filtersOf(mapping),
    },
    {
      clock: deps.clock,
      random: deps.random,
      invoke: (event: DynamoDBStreamEvent) => fn.invoke(event),
      ...(destination !== undefined && {
        onFailure: async (failure) => report(failure, destination),
      }),
    },
  )
}
