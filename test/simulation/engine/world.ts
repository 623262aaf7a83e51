// oxlint-disable-next-line import/no-unassigned-import -- It silences what the handlers log.
import './silent-log.ts'
import type { PhotoPlace } from '../../../functions/catalog/adapters/photo-bucket.ts'
import type { PhotoChecks } from '../../../functions/catalog/adapters/photo-checks.ts'
import { checkPhoto } from '../../../functions/catalog/on/photo.ts'
import { PhotoStore, shrinkOf } from './photo-store.ts'
import { MemoryImportFiles } from '../../memory-import-files.ts'
import { stockImports } from '../../../functions/inventory/on/upload.ts'
import type { ImportFiles } from '../../../functions/runtime/import-files.ts'
import { readUpload } from '../../../functions/runtime/import-reader.ts'
import { type Mail, MailRefused, type Mailer } from '../../../functions/runtime/mail.ts'
import type { Store } from '../../../functions/runtime/store.ts'
import { archivePatternOf } from '../../../functions/runtime/subscription.ts'
import { schedulerTimers } from '../../../functions/runtime/timers.scheduler.ts'
import { type Chance, chanceOf } from '../../../bin/fuzz/chance.ts'
import { timeouts } from '../../../lib/delivery.ts'
import type { Kind } from '../../../lib/entry.ts'
import { VirtualClock } from '../../../localstack/clock/clock.ts'
import type { BusEvent } from '../../../localstack/eventbridge/bus-event.ts'
import { Bus } from '../../../localstack/eventbridge/bus.ts'
import type { InvokeResult } from '../../../localstack/lambda/invoke.ts'
import { Scheduler } from '../../../localstack/scheduler/scheduler.ts'
import { allEvents } from '../../../schemas/topology.ts'
import { Faults, type Rates, swarm } from '../faults/faults.ts'
import { schedulerOf } from './aws-clients.ts'
import { type Deployed, deploy } from './deploy.ts'
import { Quiet } from './drive.ts'
import { Environments } from './environments.ts'
import { FakeDirectory } from './fake-directory.ts'
import { FakeProvider } from './fake-provider.ts'
import type { Letter } from './provider-webhooks.ts'
import { arn, place } from './place.ts'
import { type Dependency, type Ended, type Process, Processes } from './processes.ts'
import { AwsError } from '../../../localstack/endpoint/aws-error.ts'
import { type Asked, type Reply, gatewayEvent, replyOf } from './request.ts'
import { localRates } from '../../../lib/rates.ts'
import { fewCards } from './rates.ts'
import type { PaymentRates } from '../../../schemas/rates.ts'
import { Releases } from './releases.ts'
import { routeTo } from './route-to.ts'
import { type Reach, type Simulated, apis, services } from './services.ts'
import { Sweeps } from './sweeps.ts'
import { TableStreams } from './table-stream.ts'
import { type Table, storeOf, tableOf } from './tables.ts'
import { Trace } from './trace.ts'
import { type SourcingRule, sourcingRules } from '../../../schemas/sourcing.ts'
import { namesOf } from '../workload/names.ts'
import type { Watcher } from './watcher.ts'

const start = Date.parse('2026-03-01T00:00:00Z')
const dayMs = 86_400_000

export interface WorldOptions {
  /** How often each fault strikes; default: as the seed chooses. */
  readonly rates?: Rates | undefined
  readonly keepsTrace?: boolean
  readonly holdSeconds?: number
  /** Default: in one shop of five few enough that customers meet them. */
  readonly cardRates?: PaymentRates
}

/** The system with its real handlers on a clock that only the simulation moves. */
export class World {
  readonly startedAt = start
  readonly clock = new VirtualClock(start)
  readonly quiet = new Quiet()
  readonly chance: Chance
  /** Decides what comes on top of a history: the chances of the rest stay as they are without it. */
  readonly side: Chance
  /** For what came later: histories without it stay as they were. */
  readonly waitChance: Chance
  readonly supplyChance: Chance
  /** The same, for what other systems do with their holds. */
  readonly holdChance: Chance
  /** The same, for files that are imported. */
  readonly fileChance: Chance
  /** Of integrators, whom only some histories have. */
  readonly labelChance: Chance
  /** Of systems that label other things than orders, whom only some histories have. */
  readonly markChance: Chance
  /** The same, for products that are deleted as soon as they are listed. */
  readonly endChance: Chance
  /** Of those who cancel orders where shipping is asked. */
  readonly cancelChance: Chance
  /** The same, for photos of products. */
  readonly photoChance: Chance
  readonly faults: Faults
  readonly trace: Trace
  readonly streams: TableStreams
  readonly sweeps: Sweeps
  readonly releases: Releases
  readonly bus: Bus
  readonly scheduler: Scheduler
  readonly provider: FakeProvider
  readonly cardRates: PaymentRates
  readonly directory: FakeDirectory
  /** What holds of users now. */
  readonly principals: Table
  /** Files of imports, and what their readers have kept. */
  readonly files = new MemoryImportFiles()
  readonly photos = new PhotoStore()
  /** What was sent, the newest first. */
  readonly mails: Mail[] = []
  /** Whether an address must be proven first. */
  readonly verifiesFirst: boolean
  readonly deployed: Readonly<Record<Simulated, Deployed>>
  readonly skews = new Map<string, number>()
  /** The hold of orders that name none, in seconds. */
  readonly holdSeconds: number
  /** Whether orders may wait for products of the shop. */
  readonly waits: boolean
  /** How long orders wait for stock that name no length, in seconds. */
  readonly waitSeconds: number
  /** Whether supply is expected, and units are in transit. */
  readonly supplies: boolean
  /** Whether other systems put labels onto orders, which are then listed by everything. */
  readonly integrates: boolean
  /** Whether they label products, payments and adjustments. */
  readonly labelsMore: boolean
  readonly maxWrites: number
  readonly sourcing: SourcingRule
  /** What answers no call for now. */
  #away: Dependency | undefined
  /** Called when nothing is away any more and all services are of one release. */
  returned: () => void = () => {}
  /** The function that fails at each invocation, while a storm lasts. */
  storm: string | undefined
  /** How much longer than usual messages to a service take. */
  transitMs: (service: Simulated) => number = () => 0
  watcher: Watcher = { changed: () => {}, stands: () => {}, settled: () => {} }
  /** Called for each message that a handler parks, with its cause. */
  parked: (body: string, cause: string) => void = () => {}
  readonly #processes: Processes
  readonly #environments: Environments
  readonly #texts = new Map<BusEvent, string>()
  #requests = 0

  constructor(seed: number, options: WorldOptions = {}) {
    this.chance = chanceOf(seed)
    this.side = chanceOf(~seed)
    this.waitChance = chanceOf(seed + 500_000_003)
    this.supplyChance = chanceOf(seed + 700_000_001)
    this.holdChance = chanceOf(seed + 900_000_001)
    this.fileChance = chanceOf(seed + 1_100_000_001)
    this.labelChance = chanceOf(seed + 1_300_000_007)
    this.endChance = chanceOf(seed + 1_700_000_009)
    this.photoChance = chanceOf(seed + 1_300_000_003)
    this.markChance = chanceOf(seed + 1_500_032_503)
    this.cancelChance = chanceOf(seed + 1_900_000_043)
    this.files.pieceLength = 4_096
    const rates = swarm(this.chance)
    this.faults = new Faults(options.rates ?? rates, this.chance)
    this.trace = new Trace(() => this.clock.now(), options.keepsTrace ?? false)
    const { clock, chance, faults, trace } = this
    const holdSeconds = chance.pick([120, 900, 86_400])
    this.holdSeconds = options.holdSeconds ?? holdSeconds
    this.waits = this.waitChance.maybe(0.4)
    this.waitSeconds = this.waitChance.pick([1_200, 7_200, 43_200])
    this.supplies = this.supplyChance.maybe(0.25)
    this.integrates = this.labelChance.maybe(0.15)
    this.labelsMore = this.markChance.maybe(0.1)
    const few = chance.maybe(0.2)
    this.cardRates = options.cardRates ?? (few ? fewCards : localRates.payments)
    const maxWrites = chance.pick(faults.has('half-way') ? [2, 3] : [100, 2, 3, 5])
    // An order waits where one transaction holds it and its places.
    this.maxWrites = this.waits && !faults.has('half-way') ? this.waitChance.pick([100, 100, 7, 5]) : maxWrites
    this.sourcing = chance.pick(sourcingRules)
    const lagMs = chance.pick([40, 400, 3_000, 20_000])
    this.streams = new TableStreams({ clock, chance, faults, later: (delayMs, task) => this.#later(delayMs, task) })
    this.releases = new Releases({
      clock,
      trace,
      bus: () => this.bus,
      subscribe: (service) => this.deployed[service].subscribe(),
      same: () => this.#whole(),
    })
    this.sweeps = new Sweeps({
      clock,
      skewOf: (name) => this.skewOf(name),
      sweep: (service) => void this.#sweep(service),
    })
    this.#processes = new Processes({
      clock,
      chance,
      faults,
      trace,
      quiet: this.quiet,
      isAway: (each) => this.#away === each,
    })
    const { random } = chance
    this.bus = new Bus(
      {
        name: 'holdfast',
        arn: arn('events', 'event-bus/holdfast'),
        ...place,
        archive: { capacity: 100_000, pattern: archivePatternOf(allEvents) },
      },
      { clock, random },
    )
    this.provider = new FakeProvider({ clock, chance, deliver: (letter) => this.#deliver(letter) })
    const sessionName = namesOf('session', chance)
    let sessions = 0
    this.directory = new FakeDirectory(
      () => clock.now(),
      () => sessionName((sessions += 1)),
    )
    this.verifiesFirst = chance.maybe(0.2)
    this.principals = tableOf({ clock, lagMs, onChange: () => this.watcher.stands() })
    this.#environments = new Environments((service) => ({
      now: () => clock.now() + this.skewOf(`${service}-http`),
      sleep: (milliseconds) => this.sleep(milliseconds),
    }))
    this.deployed = Object.fromEntries(services.map((service) => [service, deploy(this, service, lagMs)])) as Record<
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
  async request(service: Simulated, asked: Asked): Promise<Reply | undefined> {
    const requestId = `request-${(this.#requests += 1)}`
    const event = gatewayEvent(asked, requestId)
    await this.sleep(this.chance.between(1, 20))
    const environment = this.#environments.take(service)
    const ended = await this.#run(service, 'http', (process) => {
      environment.records = this.#principals(process)
      return apis[service](this.reach(service, process), environment.identify)(event)
    })
    if (ended.how !== 'died') this.#environments.giveBack(service, environment)
    await this.sleep(this.chance.between(1, 20))
    return this.faults.strikes('lost answer') ? undefined : replyOf(ended, requestId)
  }

  /** Brings a message into the queue of a service. Throws while queues are away. */
  post(service: Simulated, body: string): void {
    if (this.#away === 'queue') throw new AwsError('ThrottlingException', 'simulated')
    const { queue, deadLetters } = this.deployed[service]
    // As if each of its deliveries had failed.
    if (this.faults.strikes('dead letter')) return void deadLetters.send({ MessageBody: body })
    const delayMs = this.faults.strikes('delay') ? this.#longTime() : this.chance.between(1, 30)
    this.#later(delayMs + this.transitMs(service), () => void queue.send({ MessageBody: body }))
  }

  /** Lets a dependency answer no call, until it returns. No function gets messages from queues that are away. */
  leave(dependency: Dependency): void {
    this.trace.write(`${dependency} is away`)
    this.#away = dependency
    if (dependency === 'queue') for (const consumer of this.#consumers()) consumer.stop()
  }

  comeBack(): void {
    if (this.#away === undefined) return
    this.trace.write(`${this.#away} is back`)
    this.#away = undefined
    this.consume()
    this.#whole()
  }

  #whole(): void {
    if (this.#away === undefined && !this.releases.areMixed) this.returned()
  }

  /** Lets every function have the messages of its queue, unless queues are away. */
  consume(): void {
    if (this.#away !== 'queue') for (const consumer of this.#consumers()) consumer.start()
  }

  #consumers() {
    return services.flatMap((service) => [this.deployed[service].consumer, this.deployed[service].spillConsumer])
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

  #run<Answer>(service: Simulated, kind: Kind, body: (process: Process) => Promise<Answer>): Promise<Ended<Answer>> {
    const name = `${service}-${kind}`
    const skewMs = this.skewOf(name)
    if (skewMs !== 0) this.faults.count('skew')
    return this.#processes.run({ name, timeoutMs: timeouts[kind] * 1_000, skewMs }, body)
  }

  async invoke(service: Simulated, kind: Kind, body: (process: Process) => Promise<unknown>): Promise<InvokeResult> {
    if (this.storm === `${service}-${kind}` || this.faults.strikes('refused invocation')) throw throttled
    const begun = this.clock.now()
    const ended = await this.#run(service, kind, body)
    if (kind === 'events' && this.clock.now() > begun + this.deployed[service].visibilityMs)
      this.faults.count('visibility')
    const requestId = 'simulated'
    if (ended.how === 'answered') return { requestId, payload: ended.answer }
    return { requestId, payload: { errorType: ended.how }, functionError: 'Unhandled' }
  }

  /** Lets a reader have the file of an import of stock, as a message of its bucket does. */
  async readFile(id: string): Promise<void> {
    await this.invoke('inventory', 'imports', (process) => {
      const deps = { ...this.reach('inventory', process), rowsAtOnce: 2 }
      return readUpload(deps, stockImports(deps), id, Infinity)
    }).catch(() => {})
  }

  /** A file has come for a photo: its bucket sends a message, or two, or none, at once or hours later. */
  noticePhoto(place: PhotoPlace): void {
    const { photoChance: chance } = this
    for (let left = chance.pick([0, 1, 1, 1, 1, 2]); left > 0; left -= 1)
      this.#checkLater(place, chance.maybe(0.2) ? chance.below(7_200_000) : chance.between(1, 50))
  }

  /** What fails is delivered again, as a queue does. */
  #checkLater(place: PhotoPlace, delayMs: number): void {
    this.clock.at(this.clock.now() + delayMs, () => {
      const again = (): void => this.#checkLater(place, this.photoChance.between(5_000, 300_000))
      this.invoke('catalog', 'photos', (process) => checkPhoto(this.reach('catalog', process), place)).then(
        ({ functionError }) => functionError !== undefined && again(),
        again,
      )
    })
  }

  #store(service: Simulated, process: Process): Store {
    return storeOf(process, this.deployed[service].table, this.faults, () => {
      this.streams.settle()
      this.watcher.settled()
    })
  }

  #mailer(process: Process): Mailer {
    const call = { what: 'send a mail', kind: 'write', unavailable: () => new MailRefused('simulated') } as const
    return { send: (mail) => process.call(call, async () => void this.mails.unshift(mail)) }
  }

  #filesOf(process: Process): ImportFiles {
    const call = <Answer>(what: string, kind: 'read' | 'write', apply: () => Promise<Answer>): Promise<Answer> =>
      process.call({ what, kind, unavailable: () => new Error('simulated') }, apply)
    const { files } = this
    return {
      // A signature of the function's own.
      upload: (id) => files.upload(id),
      resultsUrl: (id) => files.resultsUrl(id),
      open: (id) => call(`open the file of ${id}`, 'read', () => files.open(id)),
      keep: (id, row, results) => call(`keep ${id} from row ${row}`, 'write', () => files.keep(id, row, results)),
      kept: (id, row) => call(`read what is kept of ${id} from row ${row}`, 'read', () => files.kept(id, row)),
      join: (id) => call(`join the results of ${id}`, 'write', () => files.join(id)),
    }
  }

  #photoChecks(process: Process): PhotoChecks {
    const unavailable = (): Error => new Error('simulated')
    return {
      ask: (place) =>
        process.call({ what: `ask for a check of ${place.id}`, to: 'queue', kind: 'write', unavailable }, async () =>
          this.#checkLater(place, 5),
        ),
    }
  }

  #principals(process: Process): Store {
    return storeOf(process, this.principals, this.faults, () => this.watcher.settled())
  }

  reach(service: Simulated, process: Process): Reach {
    return {
      store: this.#store(service, process),
      clock: process.clock,
      random: this.chance.random,
      newId: () => `cat_${(this.#requests += 1)}`,
      newImportId: () => `imp_${(this.#requests += 1)}`,
      files: this.#filesOf(process),
      newPhotoId: () => `pho_${(this.#requests += 1)}`,
      bucket: this.photos.as(process),
      photosUrl: 'https://photos.test',
      checks: this.#photoChecks(process),
      shrink: shrinkOf,
      timers: this.#timers(process),
      provider: this.provider.as(process),
      directory: this.directory.as(process),
      principals: this.#principals(process),
      wallets: this.#store('payments', process),
      mailer: this.#mailer(process),
      newCode: () => String(this.chance.between(10_000_000, 99_999_999)),
      newSalt: () => String(this.chance.between(1_000, 9_999)),
      newKeyId: () => `key_${(this.#requests += 1)}`,
      newSecret: () => Uint8Array.from({ length: 32 }, () => this.chance.below(256)),
      verifiesFirst: this.verifiesFirst,
      eraseAfterMs: 3_600_000,
      keepInvoiceMs: 7_200_000,
      askOrders: (id, authorization) =>
        this.#ask(process, 'orders', { ...asked(authorization), route: 'GET /orders/{id}', params: { id } }),
      shipments: {
        cancelLine: (id, body, key, authorization) => {
          const route = 'POST /orders/{id}/shipments/cancellations'
          return this.#answerOf(process, 'shipping', { ...asked(authorization), route, params: { id }, body, key })
        },
        readdress: (id, body, authorization) => {
          const route = 'PUT /orders/{id}/shipments/address'
          return this.#answerOf(process, 'shipping', { ...asked(authorization), route, params: { id }, body })
        },
        cancel: (id, authorization) =>
          this.#answerOf(process, 'shipping', {
            ...asked(authorization),
            route: 'DELETE /orders/{id}/shipments',
            params: { id },
          }),
      },
      parts: {
        payments: (id, authorization) =>
          this.#answerOf(process, 'payments', {
            ...asked(authorization),
            route: 'GET /orders/{id}/payments',
            params: { id },
          }),
        shipments: (id, authorization) =>
          this.#answerOf(process, 'shipping', {
            ...asked(authorization),
            route: 'GET /orders/{id}/shipments',
            params: { id },
          }),
      },
      readReservation: (id, authorization) =>
        this.#answerOf(process, 'inventory', {
          ...asked(authorization),
          route: 'GET /reservations/{id}',
          params: { id },
        }),
      readPath: (path, authorization) => {
        const { service, ...found } = routeTo(path)
        return this.#answerOf(process, service, { ...asked(authorization), ...found })
      },
      askStock: (sku, authorization, timeoutMs = 3_000) =>
        Promise.race([
          this.#ask(process, 'inventory', {
            ...asked(authorization),
            route: 'GET /inventory/{sku}/levels',
            params: { sku },
          }),
          process.clock.sleep(timeoutMs).then(() => 504),
        ]),
      readPrice: (sku, authorization, timeoutMs = 3_000) =>
        within(
          process,
          timeoutMs,
          this.#answerOf(process, 'orders', { ...asked(authorization), route: 'GET /prices/{sku}', params: { sku } }),
        ),
      readProduct: (sku, authorization, timeoutMs = 3_000) =>
        within(
          process,
          timeoutMs,
          this.#answerOf(process, 'catalog', {
            ...asked(authorization),
            route: 'GET /products/{sku}',
            params: { sku },
          }),
        ),
      holdSeconds: this.holdSeconds,
      waitSeconds: this.waitSeconds,
      limits: { openHolds: 1_000, unitsPerSku: 'unlimited' },
      customersChooseManual: true,
      lists: this.integrates ? 'all' : 'off',
      guests: { mailer: this.#mailer(process), apiUrl: 'https://api.test', newToken: () => '' },
      rates: this.cardRates,
      maxWrites: this.maxWrites,
      sourcing: this.sourcing,
    }
  }

  /** Through the API. */
  async #ask(process: Process, service: Simulated, asked: Asked): Promise<number> {
    return (await this.#answerOf(process, service, asked)).status
  }

  #answerOf(process: Process, service: Simulated, asked: Asked): Promise<Reply> {
    const unavailable = (): Error => new Error(`no answer of ${service}`)
    const [id] = Object.values(asked.params ?? {})
    return process.call({ what: `ask ${service} for ${id}`, kind: 'read', unavailable }, async () => {
      const reply = await this.request(service, asked)
      if (reply === undefined) throw unavailable()
      return reply
    })
  }

  async #sweep(service: Simulated): Promise<void> {
    const { sweep } = this.releases.of(service)
    if (sweep === undefined) return
    await this.invoke(service, 'sweep', (process) => sweep(this.reach(service, process))).catch(() => {})
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

  #fire(input: string): void {
    if (this.#away === 'queue') throw new AwsError('ThrottlingException', 'simulated')
    const send = (delayMs: number): void =>
      this.#later(delayMs, () => void this.deployed.orders.queue.send({ MessageBody: input }))
    if (this.faults.strikes('lost timer')) return
    if (this.faults.strikes('doubled timer')) send(this.chance.between(0, 90_000))
    send(this.faults.strikes('late timer') ? this.chance.between(1_000, 7_200_000) : 0)
  }

  /** A webhook of the provider, as it comes through the API; false when it was not taken. */
  async #deliver({ text, signature }: Letter): Promise<boolean> {
    const route = 'POST /payments/webhooks/{provider}'
    const params = { provider: 'sandbox' }
    const reply = await this.request('payments', { route, params, text, headers: { 'holdfast-signature': signature } })
    this.trace.write(`bank: ${text} -> ${reply?.status ?? 'no answer'}`)
    return reply?.status === 200
  }

  /** An event as all its targets get it. */
  textOf(event: BusEvent): string {
    const known = this.#texts.get(event) ?? JSON.stringify(event)
    this.#texts.set(event, known)
    return known
  }

  /** Does what only the models take note of: they call nobody back at once. */
  #later(delayMs: number, task: () => void): void {
    this.clock.at(this.clock.now() + delayMs, () => {
      task()
      this.quiet.declare()
    })
  }

  #longTime(): number {
    return this.chance.maybe(0.2) ? this.chance.below(25 * 3_600_000) : this.chance.below(600_000)
  }
}

/** In the name of the same caller; the claims stand for the token. */
/** An answer, unless it takes longer than that. */
const within = <T>({ clock }: Process, timeoutMs: number, answer: Promise<T>): Promise<T> =>
  Promise.race([answer, clock.sleep(timeoutMs).then(() => Promise.reject(new Error('no answer in time')))])

const asked = (authorization: string) => ({ as: JSON.parse(authorization) as Record<string, string> })

const throttled = new Error('TooManyRequestsException')

export const daysMs = (count: number): number => count * dayMs
