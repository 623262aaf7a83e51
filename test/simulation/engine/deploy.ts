import type { DynamoDBStreamEvent, SQSEvent } from 'aws-lambda'
import { eventBridgeBus } from '../../../functions/runtime/bus.eventbridge.ts'
import { sqsDeadLetters } from '../../../functions/runtime/dead-letters.sqs.ts'
import { sqsQueue, sqsSpill } from '../../../functions/runtime/queue.sqs.ts'
import type { DeadLetters } from '../../../functions/runtime/events.ts'
import type { RelayDeps } from '../../../functions/runtime/relay.ts'
import type { Item } from '../../../functions/runtime/store.ts'
import { patternOf } from '../../../functions/runtime/subscription.ts'
import {
  maxConcurrencyOf,
  maxReceiveCount,
  retentionDays,
  spillConcurrency,
  stream,
  visibilityTimeout,
} from '../../../lib/delivery.ts'
import type { Kind } from '../../../lib/entry.ts'
import type { VirtualClock } from '../../../localstack/clock/clock.ts'
import type { BusEvent } from '../../../localstack/eventbridge/bus-event.ts'
import type { Bus } from '../../../localstack/eventbridge/bus.ts'
import type { InvokeResult } from '../../../localstack/lambda/invoke.ts'
import type { Chance } from '../../../bin/fuzz/chance.ts'
import { type Faults, disorderOf } from '../faults/faults.ts'
import { AwsError } from '../../../localstack/endpoint/aws-error.ts'
import { QueueConsumer } from '../../../localstack/lambda/queue-consumer.ts'
import { StreamConsumer } from '../../../localstack/lambda/stream-consumer.ts'
import type { OutgoingMessage } from '../../../localstack/sqs/message.ts'
import { Queue } from '../../../localstack/sqs/queue.ts'
import { eventBridgeOf, sqsOf } from './aws-clients.ts'
import { arn, place } from './place.ts'
import type { Process } from './processes.ts'
import type { Releases } from './releases.ts'
import type { Reach, Simulated } from './services.ts'
import { type Table, tableOf } from './tables.ts'
import type { Watcher } from './watcher.ts'
import type { Sweeps } from './sweeps.ts'
import type { TableStreams } from './table-stream.ts'

/** What a service is deployed on. */
export interface Platform {
  readonly clock: VirtualClock
  readonly chance: Chance
  readonly faults: Faults
  readonly bus: Bus
  readonly streams: TableStreams
  readonly sweeps: Sweeps
  readonly releases: Releases
  watcher: Watcher
  /** Called for each message that a handler parks, with its cause. */
  parked: (body: string, cause: string) => void
  invoke(service: Simulated, kind: Kind, body: (process: Process) => Promise<unknown>): Promise<InvokeResult>
  reach(service: Simulated, process: Process): Reach
  /** Brings a message into the queue of a service. */
  post(service: Simulated, body: string): void
  /** An event as all its targets get it. */
  textOf(event: BusEvent): string
}

export interface Deployed {
  readonly table: Table
  readonly queue: Queue
  readonly visibilityMs: number
  readonly deadLetters: Queue
  /** Events that did not reach the queue. */
  readonly undelivered: Queue
  /** Records that the relay could never publish. */
  readonly unpublished: Queue
  /** Records that wait outside of their stream. */
  readonly spilled: Queue
  readonly spillConsumer: QueueConsumer
  readonly consumer: QueueConsumer
  /** Makes the rule of the release that the service is of. */
  readonly subscribe: () => void
}

/** Deploys a service as the template does; `lagMs` is how far the copies of its table are behind. */
export function deploy(platform: Platform, service: Simulated, lagMs: number): Deployed {
  const { clock, chance, faults, streams, sweeps, releases } = platform
  const { random } = chance
  const queueOf = queuesOf(platform)
  const deadLetters = queueOf(`${service}-dead`)
  const undelivered = queueOf(`${service}-undelivered`)
  const unpublished = queueOf(`${service}-unpublished`)
  const spilled = queueOf(`${service}-spilled`, { visibilityTimeoutSeconds: visibilityTimeout })
  const visibilityTimeoutSeconds = faults.has('visibility') ? chance.pick([1, 3, 10]) : visibilityTimeout
  const queue = queueOf(service, { visibilityTimeoutSeconds, redrive: { queue: deadLetters, maxReceiveCount } })
  const consumer = new QueueConsumer(
    queue,
    { region: place.region, reportBatchItemFailures: true, maximumConcurrency: maxConcurrencyOf(service) },
    {
      clock,
      invoke: (event: SQSEvent) =>
        platform.invoke(service, 'events', (process) => {
          const { receiver, known, events } = releases.of(service)
          return receiver(known, {
            consumer: events(platform.reach(service, process)),
            deadLetters: deadLettersOf(platform, process, deadLetters),
            queue: sqsQueue(sqsOf(process, queue), queue.settings.name),
            clock: process.clock,
            random,
          })(event)
        }),
    },
  )
  consumer.start()
  const deliver = async (event: BusEvent): Promise<void> => {
    if (faults.strikes('undelivered')) throw new AwsError('ThrottlingException', 'simulated')
    platform.post(service, platform.textOf(event))
  }
  const target = {
    id: 'queue',
    arn: queue.settings.arn,
    deliver,
    deadLetter: async (message: OutgoingMessage) => void undelivered.send(message),
  }
  const subscribe = (): void => {
    const { subscribed } = releases.of(service)
    if (subscribed.length === 0) return platform.bus.deleteRule(service)
    const rule = { name: service, arn: arn('events', `rule/${service}`), pattern: patternOf(subscribed) }
    platform.bus.putRule({ ...rule, targets: [target] })
  }
  subscribe()
  const publishing = (process: Process): RelayDeps => ({
    toEvent: releases.of(service).toEvent(platform.reach(service, process)),
    bus: eventBridgeBus(eventBridgeOf(process, platform.bus, faults), 'holdfast'),
    unmarshall: (image) => image as unknown as Item,
    spill: sqsSpill(sqsOf(process, spilled), spilled.settings.name),
    deadLetters: deadLettersOf(platform, process, unpublished),
    clock: process.clock,
    random,
  })
  const spillConsumer = new QueueConsumer(
    spilled,
    { region: place.region, reportBatchItemFailures: true, maximumConcurrency: spillConcurrency },
    {
      clock,
      invoke: (event: SQSEvent) =>
        platform.invoke(service, 'relay', (process) => releases.of(service).respill(publishing(process))(event)),
    },
  )
  spillConsumer.start()
  const relay = new StreamConsumer(
    {
      streamArn: arn('dynamodb', `table/${service}`),
      functionArn: arn('lambda', service),
      batchSize: stream.batchSize,
      maximumRetryAttempts: stream.retryAttempts,
      maximumRecordAgeSeconds: stream.recordAgeHours * 3_600,
      bisectBatchOnFunctionError: true,
      reportBatchItemFailures: true,
    },
    {
      clock,
      random,
      invoke: (event: DynamoDBStreamEvent) =>
        platform.invoke(service, 'relay', (process) => releases.of(service).relayer(publishing(process))(event)),
      // What the relay gave up lies whole in a bucket: an operator sends it to the spill queue.
      onFailure: async ({ records }) =>
        void clock.at(clock.now() + 3_600_000, () => {
          for (const record of records) spilled.send({ MessageBody: JSON.stringify(record) })
        }),
    },
  )
  streams.add(service, (records, shard) => relay.push(records, shard))
  const table = tableOf({
    clock,
    lagMs,
    onChange: (before, after) => {
      platform.watcher.changed(service, before, after)
      const item = after ?? before
      if (item) sweeps.follow(service, item)
      if (after?.outbox) streams.write(service, before, after)
    },
  })
  return {
    table,
    queue,
    visibilityMs: visibilityTimeoutSeconds * 1_000,
    deadLetters,
    undelivered,
    unpublished,
    spilled,
    consumer,
    spillConsumer,
    subscribe,
  }
}

function queuesOf({ clock, chance: { random }, faults }: Platform) {
  const disorder = disorderOf(faults)
  const retentionSeconds = retentionDays * 86_400
  return (name: string, more: object = {}): Queue =>
    new Queue({ name, arn: arn('sqs', name), retentionSeconds, ...more }, { clock, random, disorder })
}

function deadLettersOf(platform: Platform, process: Process, queue: Queue): DeadLetters {
  const sent = ({ MessageBody, MessageAttributes }: OutgoingMessage): void =>
    platform.parked(MessageBody, MessageAttributes?.['cause']?.StringValue ?? '')
  return sqsDeadLetters(sqsOf(process, queue, sent), queue.settings.name)
}
