import type { DynamoDBStreamEvent, SQSEvent } from 'aws-lambda'
import { eventBridgeBus } from '../../../functions/runtime/bus.eventbridge.ts'
import { sqsDeadLetters } from '../../../functions/runtime/dead-letters.sqs.ts'
import { type DeadLetters, receiver } from '../../../functions/runtime/events.ts'
import { relayer } from '../../../functions/runtime/relay.ts'
import type { Item } from '../../../functions/runtime/store.ts'
import { patternOf } from '../../../functions/runtime/subscription.ts'
import { maxConcurrencyOf, maxReceiveCount, retentionDays, stream, visibilityTimeout } from '../../../lib/delivery.ts'
import { AwsError } from '../../../localstack/endpoint/aws-error.ts'
import { QueueConsumer } from '../../../localstack/lambda/queue-consumer.ts'
import { StreamConsumer } from '../../../localstack/lambda/stream-consumer.ts'
import type { OutgoingMessage } from '../../../localstack/sqs/message.ts'
import { Queue } from '../../../localstack/sqs/queue.ts'
import { type ServiceContract, topology } from '../../../schemas/topology.ts'
import { eventBridgeOf, sqsOf } from './aws-clients.ts'
import { arn, place } from './place.ts'
import type { Process } from './processes.ts'
import { type Simulated, functionsOf } from './services.ts'
import { type Table, tableOf } from './tables.ts'
import type { World } from './world.ts'

export interface Deployed {
  readonly table: Table
  readonly queue: Queue
  readonly visibilityMs: number
  readonly deadLetters: Queue
  /** Events that did not reach the queue. */
  readonly undelivered: Queue
  /** Records that the relay could not publish. */
  readonly unpublished: Queue
  readonly consumer: QueueConsumer
}

/** Deploys a service as the template does; `lagMs` is how far the copies of its table are behind. */
export function deploy(world: World, service: Simulated, lagMs: number): Deployed {
  const { clock, chance, faults, streams, sweeps } = world
  const { random } = chance
  const queueOf = queuesOf(world)
  const deadLetters = queueOf(`${service}-dead`)
  const undelivered = queueOf(`${service}-undelivered`)
  const unpublished = queueOf(`${service}-untold`)
  const visibilityTimeoutSeconds = faults.has('visibility') ? chance.pick([1, 3, 10]) : visibilityTimeout
  const queue = queueOf(service, { visibilityTimeoutSeconds, redrive: { queue: deadLetters, maxReceiveCount } })
  const { consumes, timers }: ServiceContract = topology[service]
  const consumer = new QueueConsumer(
    queue,
    { region: place.region, reportBatchItemFailures: true, maximumConcurrency: maxConcurrencyOf(service) },
    {
      clock,
      invoke: (event: SQSEvent) =>
        world.invoke(service, 'events', (process) =>
          receiver([...consumes, ...timers], {
            consumer: functionsOf(service).events(world.reach(service, process)),
            deadLetters: deadLettersOf(world, process, deadLetters),
            maxReceiveCount,
          })(event),
        ),
    },
  )
  consumer.start()
  world.bus.putRule({
    name: service,
    arn: arn('events', `rule/${service}`),
    pattern: patternOf(consumes),
    targets: [
      {
        id: 'queue',
        arn: queue.settings.arn,
        deliver: async (event) => {
          if (faults.strikes('undelivered')) throw new AwsError('ThrottlingException', 'simulated')
          world.post(service, world.textOf(event))
        },
        deadLetter: async (message) => void undelivered.send(message),
      },
    ],
  })
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
        world.invoke(service, 'relay', (process) =>
          relayer({
            toEvent: functionsOf(service).toEvent(world.reach(service, process)),
            bus: eventBridgeBus(eventBridgeOf(process, world.bus, faults), 'holdfast'),
            unmarshall: (image) => image as unknown as Item,
            deadLetters: deadLettersOf(world, process, unpublished),
          })(event),
        ),
      // What the relay gave up is in the stream for some hours yet: somebody reads it again from the beginning.
      onFailure: async () => void clock.at(clock.now() + 3_600_000, () => streams.rewind(service)),
    },
  )
  streams.add(service, (records, shard) => relay.push(records, shard))
  const table = tableOf({
    clock,
    lagMs,
    onChange: (before, after) => {
      world.watcher.changed(service, before, after)
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
    consumer,
  }
}

function queuesOf({ clock, chance: { random }, faults }: World) {
  const disorder = {
    get reorder() {
      return faults.rate('reorder')
    },
    get duplicate() {
      return faults.rate('duplicate')
    },
    onDisorder: (what: 'reorder' | 'duplicate') => faults.count(what),
  }
  const retentionSeconds = retentionDays * 86_400
  return (name: string, more: object = {}): Queue =>
    new Queue({ name, arn: arn('sqs', name), retentionSeconds, ...more }, { clock, random, disorder })
}

function deadLettersOf(world: World, process: Process, queue: Queue): DeadLetters {
  const sent = ({ MessageBody, MessageAttributes }: OutgoingMessage): void =>
    world.parked(MessageBody, MessageAttributes?.['cause']?.StringValue ?? '')
  return sqsDeadLetters(sqsOf(process, queue, sent), queue.settings.name)
}
