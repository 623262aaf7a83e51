// oxlint-disable-next-line import/no-unassigned-import -- It silences what the handlers log.
import './silent-log.ts'
import type { DynamoDBRecord, DynamoDBStreamEvent, SQSEvent } from 'aws-lambda'
import { eventBridgeBus } from '../../../functions/runtime/bus.eventbridge.ts'
import { sqsDeadLetters } from '../../../functions/runtime/dead-letters.sqs.ts'
import { type DeadLetters, receiver } from '../../../functions/runtime/events.ts'
import { type GatewayEvent, problemOf } from '../../../functions/runtime/http.ts'
import { relayer } from '../../../functions/runtime/relay.ts'
import { patternOf } from '../../../functions/runtime/subscription.ts'
import type { Item, Store } from '../../../functions/runtime/store.ts'
import { schedulerTimers } from '../../../functions/runtime/timers.scheduler.ts'
import { AwsError } from '../../../localstack/endpoint/aws-error.ts'
import type { BusEvent } from '../../../localstack/eventbridge/bus-event.ts'
import { Bus } from '../../../localstack/eventbridge/bus.ts'
import { VirtualClock } from '../../../localstack/clock/clock.ts'
import type { InvokeResult } from '../../../localstack/lambda/invoke.ts'
import type { OutgoingMessage } from '../../../localstack/sqs/message.ts'
import { Queue } from '../../../localstack/sqs/queue.ts'
import { QueueConsumer } from '../../../localstack/lambda/queue-consumer.ts'
import { Scheduler } from '../../../localstack/scheduler/scheduler.ts'
import { StreamConsumer } from '../../../localstack/lambda/stream-consumer.ts'
import { type ServiceContract, topology } from '../../../schemas/topology.ts'
import { Bank, type Letter } from './fake-provider.ts'
import { type Chance, chanceOf } from '../../../bin/fuzz/chance.ts'
import { eventBridgeOf, schedulerOf, sqsOf } from './aws-clients.ts'
import { Quiet } from './drive.ts'
import { Faults, type Rates, swarm } from '../faults/faults.ts'
import { type Reach, type Simulated, functionsOf, services } from './services.ts'
import { type Ended, type Process, Processes } from './processes.ts'
import { type Table, storeOf, tableOf } from './tables.ts'
import { Trace } from './trace.ts'

type Kind = 'http' | 'events' | 'relay' | 'sweep'

// As in the template.
const timeouts: Readonly<Record<Kind, number>> = { http: 10_000, events: 30_000, relay: 30_000, sweep: 50_000 }
const maxReceiveCount = 5
const streamSettings = {
  batchSize: 100,
  maximumRetryAttempts: 100,
  maximumRecordAgeSeconds: 72_000,
  bisectBatchOnFunctionError: true,
  reportBatchItemFailures: true,
}
const concurrency: Readonly<Partial<Record<Simulated, number>>> = { inventory: 2 }
const visibilitySeconds = 180

const place = { account: '000000000000', region: 'eu-west-1' }
const arn = (kind: string, name: string): string => `arn:aws:${kind}:${place.region}:${place.account}:${name}`

const start = Date.parse('2026-03-01T00:00:00Z')
const dayMs = 86_400_000

export interface Reply {
  readonly status: number
  readonly body: Readonly<Record<string, unknown>>
}

export interface Asked {
  /** The claims of the caller's token; nobody's for open routes. */
  readonly as?: Readonly<Record<string, string>>
  readonly route: string
  readonly params?: Readonly<Record<string, string>>
  readonly query?: Readonly<Record<string, string>>
  readonly body?: unknown
  /** In the place of `body`, as it is. */
  readonly text?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly key?: string | undefined
  readonly waitSeconds?: number
}

/** What the world calls for whoever watches it. */
export interface Watcher {
  changed(service: Simulated, before: Item | undefined, after: Item | undefined): void
  /** All items of one write have changed. */
  settled(): void
}

interface Deployed {
  readonly table: Table
  readonly queue: Queue
  readonly visibilityMs: number
  readonly deadLetters: Queue
  /** Events that did not reach the queue. */
  readonly undelivered: Queue
  /** Records that the relay could not read. */
  readonly untold: Queue
  readonly consumer: QueueConsumer
  readonly stream: StreamConsumer
  readonly records: DynamoDBRecord[]
}

/** The system with its real handlers on a clock that only the simulation moves. */
export class World {
  readonly startedAt = start
  readonly clock = new VirtualClock(start)
  readonly quiet = new Quiet()
  readonly chance: Chance
  readonly faults: Faults
  readonly trace: Trace
  readonly bus: Bus
  readonly scheduler: Scheduler
  readonly bank: Bank
  readonly deployed: Readonly<Record<Simulated, Deployed>>
  readonly skews = new Map<string, number>()
  /** The hold of orders that do not say, in seconds. */
  readonly holdSeconds: number
  readonly maxWrites: number
  /** The function that fails at each invocation, while a storm lasts. */
  storm: string | undefined
  watcher: Watcher = { changed: () => {}, settled: () => {} }
  /** Called for each message that a handler parks, with its cause. */
  parked: (body: string, cause: string) => void = () => {}
  readonly #processes: Processes
  readonly #shards: number
  readonly #lagMs: number
  readonly #sweeps = new Map<Simulated, { readonly due: Map<string, number>; armedFor: number | undefined }>()
  /** What is said again may be answered again: more of them would feed on themselves. */
  #rewinds = 5
  /** Shards that the records of the write under way go to. */
  readonly #written = new Set<number>()
  readonly #texts = new Map<BusEvent, string>()
  #requests = 0
  #sequence = 0

  constructor(seed: number, options: { readonly rates?: Rates | undefined; readonly keepsTrace?: boolean } = {}) {
    this.chance = chanceOf(seed)
    const rates = swarm(this.chance)
    this.faults = new Faults(options.rates ?? rates, this.chance)
    this.trace = new Trace(() => this.clock.now(), options.keepsTrace ?? false)
    const { clock, chance, faults, trace } = this
    this.holdSeconds = chance.pick([120, 900, 86_400])
    this.maxWrites = chance.pick(faults.has('half-way') ? [2, 3] : [100, 2, 3, 5])
    this.#shards = faults.has('split stream') ? 3 : 1
    this.#lagMs = chance.pick([40, 400, 3_000, 20_000])
    this.#processes = new Processes({ clock, chance, faults, trace, quiet: this.quiet })
    const { random } = chance
    this.bus = new Bus(
      { name: 'holdfast', arn: arn('events', 'event-bus/holdfast'), ...place, archive: { capacity: 100_000 } },
      { clock, random },
    )
    this.bank = new Bank({ clock, chance, deliver: (letter) => this.#deliver(letter) })
    this.deployed = Object.fromEntries(services.map((service) => [service, this.#deploy(service)])) as Record<
      Simulated,
      Deployed
    >
    this.scheduler = new Scheduler(place, {
      clock,
      random,
      deliver: async (_, input) => this.#fire(input),
      deadLetter: async (_, message) => void this.deployed.orders.undelivered.send(message),
    })
    this.scheduler.createGroup('holds')
  }

  /** Calls that have left a handler. */
  get calls(): number {
    return this.#processes.calls
  }

  /** Every function's clock may be off by up to 30 s either way. */
  skewOf(name: string): number {
    const known = this.skews.get(name)
    if (known !== undefined) return known
    const skew = this.faults.has('skew') ? this.chance.between(-30_000, 30_000) : 0
    this.skews.set(name, skew)
    return skew
  }

  sleep(milliseconds: number): Promise<void> {
    return new Promise((resolve) => void this.clock.at(this.clock.now() + milliseconds, resolve))
  }

  /** One request as API Gateway hands it over; undefined when no answer came back. */
  async request(
    service: Simulated,
    { as, route, params, query, body, text, headers, key, waitSeconds }: Asked,
  ): Promise<Reply | undefined> {
    const sent = text ?? (body === undefined ? undefined : JSON.stringify(body))
    const requestId = `request-${(this.#requests += 1)}`
    const event = {
      routeKey: route,
      headers: {
        ...headers,
        ...(sent !== undefined && { 'content-type': 'application/json' }),
        ...(key !== undefined && { 'idempotency-key': key }),
        ...(as && { authorization: JSON.stringify(as) }),
        ...(waitSeconds !== undefined && { prefer: `wait=${waitSeconds}` }),
      },
      pathParameters: params,
      queryStringParameters: query,
      ...(sent !== undefined && { body: sent }),
      requestContext: { requestId, ...(as && { authorizer: { jwt: { claims: { token_use: 'access', ...as } } } }) },
    } as unknown as GatewayEvent
    await this.sleep(this.chance.between(1, 20))
    const ended = await this.#run(service, 'http', (process) =>
      functionsOf(service).http(this.#reach(service, process))(event),
    )
    await this.sleep(this.chance.between(1, 20))
    if (this.faults.strikes('lost answer')) return undefined
    if (ended.how === 'answered')
      return { status: ended.answer.statusCode ?? 0, body: JSON.parse(ended.answer.body ?? '{}') as Reply['body'] }
    if (ended.how === 'died') return { status: 503, body: { code: 'died' } }
    const problem = problemOf(ended.error)
    return {
      status: problem.status,
      body: { ...problem.body(requestId), ...(problem.status === 500 && { error: String(ended.error) }) },
    }
  }

  /** Brings a message into the queue of a service. */
  post(service: Simulated, body: string): void {
    const { queue, deadLetters } = this.deployed[service]
    // As if each of its deliveries had failed.
    if (this.faults.strikes('dead letter')) return void deadLetters.send({ MessageBody: body })
    const delayMs = this.faults.strikes('delay') ? this.#longTime() : this.chance.between(1, 30)
    this.#later(delayMs, () => void queue.send({ MessageBody: body }))
  }

  /** Sends all dead letters that `wanted` picks back to the queue that they came from. */
  redrive(wanted: (body: string) => boolean = () => true): number {
    let count = 0
    for (const service of services) {
      const { queue, deadLetters, undelivered } = this.deployed[service]
      for (const letters of [deadLetters, undelivered]) {
        for (let left = letters.visible(); left > 0; left -= 1) {
          const [message] = letters.receive({ visibilityTimeoutSeconds: 43_200 })
          if (message === undefined) break
          if (!wanted(message.Body)) continue
          letters.delete(message.ReceiptHandle)
          queue.send({ MessageBody: message.Body })
          count += 1
        }
      }
    }
    return count
  }

  /** Brings a record into the stream of a service that no event can be made of, or one that no bus takes. */
  poisonStream(service: Simulated): void {
    const item = {
      pk: poisonKey,
      sk: 'record',
      version: 1,
      at: new Date(this.clock.now()).toISOString(),
      cause: 'test',
    }
    const tooLarge = {
      outbox: ['stock.adjusted'],
      sku: 'sku-1',
      delta: 1,
      by: 'x',
      level: noLevel,
      reason: 'x'.repeat(270_000),
    }
    const isLarge = service === 'inventory' && this.chance.maybe(0.5)
    this.#stream(service, undefined, { ...item, ...(isLarge ? tooLarge : { outbox: ['nobody.knows'] }) })
  }

  /** Sends records of a table's stream to its relay once more. */
  rewind(service: Simulated, from = 0): void {
    const { records, stream } = this.deployed[service]
    const again = records.slice(from)
    if (again.length > 0) stream.push(again, `${service}-replayed-${(this.#sequence += 1)}`)
  }

  #run<Answer>(service: Simulated, kind: Kind, body: (process: Process) => Promise<Answer>): Promise<Ended<Answer>> {
    const name = `${service}-${kind}`
    const skewMs = this.skewOf(name)
    if (skewMs !== 0) this.faults.count('skew')
    return this.#processes.run({ name, timeoutMs: timeouts[kind], skewMs }, body)
  }

  async #invoke(service: Simulated, kind: Kind, body: (process: Process) => Promise<unknown>): Promise<InvokeResult> {
    if (this.storm === `${service}-${kind}` || this.faults.strikes('refused invocation')) throw throttled
    const begun = this.clock.now()
    const ended = await this.#run(service, kind, body)
    if (kind === 'events' && this.clock.now() > begun + this.deployed[service].visibilityMs)
      this.faults.count('visibility')
    const requestId = 'simulated'
    if (ended.how === 'answered') return { requestId, payload: ended.answer }
    return { requestId, payload: { errorType: ended.how }, functionError: 'Unhandled' }
  }

  #store(service: Simulated, process: Process): Store {
    return storeOf(process, this.deployed[service].table, this.faults, () => {
      if (this.#written.size > 1) this.faults.count('split stream')
      this.#written.clear()
      this.watcher.settled()
    })
  }

  #reach(service: Simulated, process: Process): Reach {
    return {
      store: this.#store(service, process),
      clock: process.clock,
      random: this.chance.random,
      newId: () => `cat_${(this.#requests += 1)}`,
      timers: this.#timers(process),
      provider: this.bank.as(process),
      askOrders: (id, authorization) => this.#askOrders(process, id, authorization),
      holdSeconds: this.holdSeconds,
      maxWrites: this.maxWrites,
    }
  }

  /** Through the API, in the name of the same caller; his claims stand for his token. */
  #askOrders(process: Process, id: string, authorization: string): Promise<number> {
    const as = JSON.parse(authorization) as Record<string, string>
    const unavailable = (): Error => new Error('no answer of orders')
    return process.call({ what: `ask orders for ${id}`, kind: 'read', unavailable }, async () => {
      const reply = await this.request('orders', { as, route: 'GET /orders/{id}', params: { id } })
      if (reply === undefined) throw unavailable()
      return reply.status
    })
  }

  #timers(process: Process) {
    const settings = {
      group: 'holds',
      roleArn: `arn:aws:iam::${place.account}:role/timers`,
      targetArn: arn('sqs', 'orders'),
      deadLetterArn: arn('sqs', 'orders-undelivered'),
    }
    const created = (input: string): void => {
      if (this.faults.strikes('early timer')) this.post('orders', input)
    }
    return schedulerTimers(schedulerOf(process, this.scheduler, created), settings, process.clock)
  }

  #deadLetters(process: Process, queue: Queue): DeadLetters {
    const sent = ({ MessageBody, MessageAttributes }: OutgoingMessage): void =>
      this.parked(MessageBody, MessageAttributes?.['cause']?.StringValue ?? '')
    return sqsDeadLetters(sqsOf(process, queue, sent), queue.settings.name)
  }

  #deploy(service: Simulated): Deployed {
    const { clock, chance, faults } = this
    const { random } = chance
    const disorder = {
      get reorder() {
        return faults.rate('reorder')
      },
      get duplicate() {
        return faults.rate('duplicate')
      },
      onDisorder: (what: 'reorder' | 'duplicate') => faults.count(what),
    }
    const days14 = 14 * 86_400
    const queueOf = (name: string, more: object = {}): Queue =>
      new Queue({ name, arn: arn('sqs', name), retentionSeconds: days14, ...more }, { clock, random, disorder })
    const deadLetters = queueOf(`${service}-dead`)
    const undelivered = queueOf(`${service}-undelivered`)
    const untold = queueOf(`${service}-untold`)
    const visibilityTimeoutSeconds = faults.has('visibility') ? chance.pick([1, 3, 10]) : visibilitySeconds
    const queue = queueOf(service, {
      visibilityTimeoutSeconds,
      redrive: { queue: deadLetters, maxReceiveCount },
    })
    const { consumes, timers }: ServiceContract = topology[service]
    const consumer = new QueueConsumer(
      queue,
      { region: place.region, reportBatchItemFailures: true, maximumConcurrency: concurrency[service] ?? 10 },
      {
        clock,
        invoke: (event: SQSEvent) =>
          this.#invoke(service, 'events', (process) =>
            receiver([...consumes, ...timers], {
              consumer: functionsOf(service).events(this.#reach(service, process)),
              deadLetters: this.#deadLetters(process, deadLetters),
              maxReceiveCount,
            })(event),
          ),
      },
    )
    consumer.start()
    this.bus.putRule({
      name: service,
      arn: arn('events', `rule/${service}`),
      pattern: patternOf(consumes),
      targets: [
        {
          id: 'queue',
          arn: queue.settings.arn,
          deliver: async (event) => {
            if (faults.strikes('undelivered')) throw new AwsError('ThrottlingException', 'simulated')
            this.post(service, this.#textOf(event))
          },
          deadLetter: async (message) => void undelivered.send(message),
        },
      ],
    })
    const records: DynamoDBRecord[] = []
    const stream = new StreamConsumer(
      { streamArn: arn('dynamodb', `table/${service}`), functionArn: arn('lambda', service), ...streamSettings },
      {
        clock,
        random,
        invoke: (event: DynamoDBStreamEvent) =>
          this.#invoke(service, 'relay', (process) =>
            relayer({
              toEvent: functionsOf(service).toEvent(this.#reach(service, process)),
              bus: eventBridgeBus(eventBridgeOf(process, this.bus, faults), 'holdfast'),
              unmarshall: (image) => image as unknown as Item,
              deadLetters: this.#deadLetters(process, untold),
            })(event),
          ),
        // What the relay gave up is in the stream for some hours yet: somebody reads it again from the beginning.
        onFailure: async () => void clock.at(clock.now() + 3_600_000, () => this.rewind(service)),
      },
    )
    const table = tableOf({
      clock,
      lagMs: this.#lagMs,
      onChange: (before, after) => {
        this.watcher.changed(service, before, after)
        this.#awaitSweep(service, after ?? before)
        if (after?.outbox) this.#stream(service, before, after)
      },
    })
    const visibilityMs = visibilityTimeoutSeconds * 1_000
    return { table, queue, visibilityMs, deadLetters, undelivered, untold, consumer, stream, records }
  }

  #stream(service: Simulated, before: Item | undefined, after: Item): void {
    const { records, stream } = this.deployed[service]
    const record = {
      eventName: before ? 'MODIFY' : 'INSERT',
      dynamodb: {
        SequenceNumber: String((this.#sequence += 1)).padStart(8, '0'),
        Keys: { pk: after.pk, sk: after.sk },
        NewImage: after,
        ApproximateCreationDateTime: this.clock.now() / 1_000,
      },
    } as unknown as DynamoDBRecord
    records.push(record)
    const shard = after.pk.charCodeAt(after.pk.length - 1) % this.#shards
    this.#written.add(shard)
    // Each shard is behind by its own time, so that the records of one transaction come apart.
    const lag = this.#shards === 1 ? 5 : [5, 700, 4_000][shard]!
    this.#later(lag, () => {
      stream.push([record], `${service}-${shard}`)
      if (this.#rewinds > 0 && this.faults.strikes('rewound stream')) {
        this.#rewinds -= 1
        this.rewind(service, this.chance.below(records.length))
      }
    })
  }

  #fire(input: string): void {
    const send = (delayMs: number): void =>
      this.#later(delayMs, () => void this.deployed.orders.queue.send({ MessageBody: input }))
    if (this.faults.strikes('lost timer')) return
    if (this.faults.strikes('doubled timer')) send(this.chance.between(0, 90_000))
    send(this.faults.strikes('late timer') ? this.chance.between(1_000, 7_200_000) : 0)
  }

  /** The sweeper runs each minute; here, only in those minutes in which there is something for it in the table. */
  #awaitSweep(service: Simulated, item: Item | undefined): void {
    if (item === undefined) return
    const sweep = this.#sweepOf(service)
    const name = `${item.pk}/${item.sk}`
    const due = dueOf(item)
    if (due === undefined) sweep.due.delete(name)
    else sweep.due.set(name, due)
    this.#armSweep(service)
  }

  #sweepOf(service: Simulated) {
    const known = this.#sweeps.get(service)
    if (known) return known
    const made = { due: new Map<string, number>(), armedFor: undefined as number | undefined }
    this.#sweeps.set(service, made)
    return made
  }

  #armSweep(service: Simulated): void {
    const sweep = this.#sweepOf(service)
    if (sweep.due.size === 0) return
    const earliest = Math.min(...sweep.due.values()) - this.skewOf(`${service}-sweep`)
    const next = Math.max(earliest, this.clock.now() + 1)
    const minute = Math.ceil(next / 60_000) * 60_000
    if (sweep.armedFor !== undefined && sweep.armedFor <= minute) return
    sweep.armedFor = minute
    this.clock.at(minute, () => {
      if (sweep.armedFor !== minute) return
      sweep.armedFor = undefined
      void this.#sweep(service)
      this.#armSweep(service)
    })
  }

  async #sweep(service: Simulated): Promise<void> {
    const { sweep } = functionsOf(service)
    if (sweep === undefined) return
    await this.#invoke(service, 'sweep', (process) => sweep(this.#reach(service, process))).catch(() => {})
  }

  /** A webhook of the bank, as it comes through the API; false when it was not taken. */
  async #deliver({ text, signature }: Letter): Promise<boolean> {
    const route = 'POST /payments/webhooks/{provider}'
    const params = { provider: 'sandbox' }
    const reply = await this.request('payments', { route, params, text, headers: { 'holdfast-signature': signature } })
    this.trace.say(`bank: ${text} -> ${reply?.status ?? 'no answer'}`)
    return reply?.status === 200
  }

  /** An event as all its targets get it. */
  #textOf(event: BusEvent): string {
    const known = this.#texts.get(event) ?? JSON.stringify(event)
    this.#texts.set(event, known)
    return known
  }

  /** Does what only the models take note of: they call nobody back at once. */
  #later(delayMs: number, task: () => void): void {
    this.clock.at(this.clock.now() + delayMs, () => {
      task()
      this.quiet.say()
    })
  }

  #longTime(): number {
    return this.chance.maybe(0.2) ? this.chance.below(25 * 3_600_000) : this.chance.below(600_000)
  }
}

/** When a sweeper is to look at the item, in milliseconds since 1970. */
function dueOf({ dueSk }: Item): number | undefined {
  if (typeof dueSk !== 'string') return undefined
  const [time = ''] = dueSk.split('#')
  return /^\d+$/.test(time) ? Number(time) : Date.parse(time)
}

/** The key of records that no event can be made of. */
export const poisonKey = 'poison'
const noLevel = { warehouseId: 'main', onHand: 0, available: 0, reserved: 0, allocated: 0, unavailable: 0 }

const throttled = new Error('TooManyRequestsException')

export const daysMs = (count: number): number => count * dayMs
