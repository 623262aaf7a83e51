import type { DynamoDBRecord, DynamoDBStreamEvent, SQSEvent } from 'aws-lambda'
import { daysIn } from '../../../functions/analytics/adapters/days.ts'
import { type WindowedEvent, fold } from '../../../functions/analytics/adapters/fold.ts'
import type { AnalyticsDeps } from '../../../functions/analytics/deps.ts'
import { consumer } from '../../../functions/analytics/events.ts'
import { handlers } from '../../../functions/analytics/http.ts'
import { sqsDeadLetters } from '../../../functions/runtime/dead-letters.sqs.ts'
import { receiver } from '../../../functions/runtime/events.ts'
import { dispatch } from '../../../functions/runtime/http.ts'
import { sqsQueue } from '../../../functions/runtime/queue.sqs.ts'
import type { Item } from '../../../functions/runtime/store.ts'
import { type Chance, chanceOf } from '../../../bin/fuzz/chance.ts'
import { maxConcurrencyOf, retentionDays, stream, timeouts, visibilityTimeout } from '../../../lib/delivery.ts'
import type { Kind } from '../../../lib/entry.ts'
import { VirtualClock } from '../../../localstack/clock/clock.ts'
import type { InvokeResult } from '../../../localstack/lambda/invoke.ts'
import { QueueConsumer } from '../../../localstack/lambda/queue-consumer.ts'
import { StreamConsumer } from '../../../localstack/lambda/stream-consumer.ts'
import type { OutgoingMessage } from '../../../localstack/sqs/message.ts'
import { Queue } from '../../../localstack/sqs/queue.ts'
import { topology } from '../../../schemas/topology.ts'
import { byClaims } from '../../claims.ts'
import { sqsOf } from '../engine/aws-clients.ts'
import { Quiet, drive } from '../engine/drive.ts'
import { arn, place } from '../engine/place.ts'
import { type Process, Processes } from '../engine/processes.ts'
import { type Reply, gatewayEvent, replyOf } from '../engine/request.ts'
import { type Table, storeOf, tableOf } from '../engine/tables.ts'
import { Trace } from '../engine/trace.ts'
import { Faults, disorderOf, swarm } from '../faults/faults.ts'
import { Violation } from '../invariants/violation.ts'
import type { Zone } from './zones.ts'

const { routes, consumes } = topology.analytics
/** Until then faults strike, from the first event on. */
const faultyMs = 30 * 3_600_000
/** More than any of them needs. */
const mostSteps = 2_000_000

/**
 * The reports of a shop, with their own clock, chances and faults: nobody waits for them, so that what the shop does is the same with and
 * without them. Events come out of the archive of the bus, in any order, often and late; the function of the stream dies and is brought
 * back; shards end, and others go on.
 */
export class ShopReports {
  readonly #clock: VirtualClock
  readonly #quiet = new Quiet()
  readonly #chance: Chance
  readonly #faults: Faults
  readonly #processes: Processes
  readonly #queue: Queue
  readonly #table: Table
  readonly #stream: StreamConsumer
  readonly #zone: Zone
  readonly #days: AnalyticsDeps['days']
  readonly #pushed = new Map<string, DynamoDBRecord[]>()
  readonly #shards: number
  readonly #perShard: number
  #violation: Violation | undefined
  #sequence = 0
  #steps = 0

  constructor(seed: number, zone: Zone, now: number) {
    this.#zone = zone
    this.#days = daysIn(zone.name)
    this.#chance = chanceOf(seed)
    this.#clock = new VirtualClock(now)
    const [clock, chance] = [this.#clock, this.#chance]
    this.#faults = new Faults(swarm(chance), chance)
    const faults = this.#faults
    const trace = new Trace(() => clock.now(), false)
    this.#processes = new Processes({ clock, chance, faults, trace, quiet: this.#quiet, isAway: () => false })
    this.#shards = chance.pick([1, 3])
    this.#perShard = chance.pick([7, 40, 1_000_000])
    this.#queue = new Queue(
      {
        name: 'analytics',
        arn: arn('sqs', 'analytics'),
        retentionSeconds: retentionDays * 86_400,
        visibilityTimeoutSeconds: visibilityTimeout,
      },
      { clock, random: chance.random, disorder: disorderOf(faults) },
    )
    new QueueConsumer(
      this.#queue,
      { region: place.region, reportBatchItemFailures: true, maximumConcurrency: maxConcurrencyOf('analytics') },
      { clock, invoke: (event: SQSEvent) => this.#invoke('events', (process) => this.#receive(process, event)) },
    ).start()
    this.#stream = new StreamConsumer(
      {
        streamArn: arn('dynamodb', 'table/analytics'),
        functionArn: arn('lambda', 'analytics'),
        batchSize: chance.pick([1, 3, 1_000]),
        maximumBatchingWindowSeconds: chance.pick([0, 5]),
        tumblingWindowSeconds: 900,
        maximumRetryAttempts: stream.retryAttempts,
        maximumRecordAgeSeconds: stream.recordAgeHours * 3_600,
        bisectBatchOnFunctionError: true,
        reportBatchItemFailures: true,
      },
      {
        clock,
        random: chance.random,
        invoke: (event: DynamoDBStreamEvent & Partial<WindowedEvent>) =>
          this.#invoke('fold', async (process) => {
            await fold({ ...this.#deps(process), unmarshall: (image) => image as unknown as Item }, event)
            return { batchItemFailures: [], state: {} }
          }),
        onFailure: async () => {
          this.#violation ??= new Violation('no record is given up', 'the stream has lost some')
        },
      },
    )
    this.#table = tableOf({
      clock,
      lagMs: chance.pick([40, 3_000]),
      onChange: (_, after) => {
        if (after?.sk === 'order') this.#carry(after)
      },
    })
  }

  /** Lets the events come, each once or more, and waits until nothing moves any more. Throws `Violation`. */
  async take(bodies: readonly string[]): Promise<void> {
    const [clock, chance, faults] = [this.#clock, this.#chance, this.#faults]
    faults.begin()
    const isOrderly = chance.maybe(0.3)
    for (const [index, body] of bodies.entries()) {
      const late = faults.strikes('delay') ? chance.below(25 * 3_600_000) : 0
      const at = clock.now() + late + (isOrderly ? index * 20 : chance.below(60_000))
      const times = chance.maybe(0.1) ? 2 : 1
      for (let time = 0; time < times; time += 1)
        this.#later(at + time * 40_000, () => void this.#queue.send({ MessageBody: body }))
    }
    clock.at(clock.now() + faultyMs, () => faults.end())
    await drive(clock, { quiet: this.#quiet, isOver: () => false, stepped: () => this.#stepped() })
    if (this.#queue.messages().length > 0) throw new Violation('queues become empty', 'reports have messages at rest')
  }

  /** Asks a route; nothing is in its way. */
  async ask(route: string, query: Readonly<Record<string, string>>): Promise<Reply['body']> {
    const clock = { now: () => this.#clock.now(), sleep: async () => {} }
    const deps = { store: this.#table.primary, clock, random: this.#chance.random, days: this.#days }
    const answer = dispatch(routes, handlers(deps), byClaims)
    const event = gatewayEvent({ as: { sub: 'boss', roles: 'operator' }, route, query }, 'reports')
    return replyOf({ how: 'answered', answer: await answer(event) }, 'reports').body
  }

  get zone(): Zone {
    return this.#zone
  }

  async #receive(process: Process, event: SQSEvent) {
    const parked = (message: OutgoingMessage): void => {
      this.#violation ??= new Violation('no event fails unexpectedly', message.MessageBody.slice(0, 300))
    }
    const deadLetters = sqsDeadLetters(sqsOf(process, this.#queue, parked), this.#queue.settings.name)
    const queue = sqsQueue(sqsOf(process, this.#queue), this.#queue.settings.name)
    const { clock } = process
    const receive = receiver(consumes, {
      consumer: consumer(this.#deps(process)),
      deadLetters,
      queue,
      clock,
      random: this.#chance.random,
    })
    return receive(event)
  }

  #deps(process: Process): AnalyticsDeps {
    const store = storeOf(process, this.#table, this.#faults, () => {})
    return { store, clock: process.clock, random: this.#chance.random, days: this.#days }
  }

  async #invoke(kind: Kind, body: (process: Process) => Promise<unknown>): Promise<InvokeResult> {
    if (this.#faults.strikes('refused invocation')) throw new Error('TooManyRequestsException')
    const settings = { name: `analytics-${kind}`, timeoutMs: timeouts[kind] * 1_000, skewMs: 0 }
    const ended = await this.#processes.run(settings, body)
    const requestId = 'simulated'
    if (ended.how === 'answered') return { requestId, payload: ended.answer }
    return { requestId, payload: { errorType: ended.how }, functionError: 'Unhandled' }
  }

  /** Brings a version into its shard; shards end after some records, and now and then some come again. */
  #carry(after: Item): void {
    const number = (this.#sequence += 1)
    const record = {
      eventName: after.version === 1 ? 'INSERT' : 'MODIFY',
      dynamodb: { SequenceNumber: String(number * 7), Keys: { pk: after.pk, sk: after.sk }, NewImage: after },
    } as unknown as DynamoDBRecord
    const partition = after.pk.charCodeAt(after.pk.length - 1) % this.#shards
    const shard = `shard-${partition}-${Math.floor(number / this.#perShard)}`
    const records = this.#pushed.get(shard) ?? []
    records.push(record)
    this.#pushed.set(shard, records)
    this.#later(this.#clock.now() + 5 + partition * 700, () => {
      this.#stream.push([record], shard)
      if (this.#faults.strikes('rewound stream'))
        this.#stream.push(
          records.slice(this.#chance.below(records.indexOf(record) + 1), records.indexOf(record) + 1),
          shard,
        )
    })
  }

  #later(at: number, task: () => void): void {
    this.#clock.at(at, () => {
      task()
      this.#quiet.declare()
    })
  }

  #stepped(): void {
    this.#steps += 1
    if (this.#violation) throw this.#violation
    if (this.#steps > mostSteps) throw new Violation('everything comes to rest', 'reports never do')
  }
}
