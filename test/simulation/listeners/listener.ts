import type { SQSEvent } from 'aws-lambda'
import type { Consumer } from '../../../functions/runtime/events.ts'
import { receiver } from '../../../functions/runtime/events.ts'
import { sqsDeadLetters } from '../../../functions/runtime/dead-letters.sqs.ts'
import { sqsQueue } from '../../../functions/runtime/queue.sqs.ts'
import type { Store } from '../../../functions/runtime/store.ts'
import type { OnChange } from '../../../functions/runtime/store.memory.ts'
import { type Chance, chanceOf } from '../../../bin/fuzz/chance.ts'
import { maxConcurrencyOf, retentionDays, timeouts, visibilityTimeout } from '../../../lib/delivery.ts'
import type { Kind } from '../../../lib/entry.ts'
import { VirtualClock } from '../../../localstack/clock/clock.ts'
import type { InvokeResult } from '../../../localstack/lambda/invoke.ts'
import { QueueConsumer } from '../../../localstack/lambda/queue-consumer.ts'
import type { OutgoingMessage } from '../../../localstack/sqs/message.ts'
import { Queue } from '../../../localstack/sqs/queue.ts'
import type { EventContract, Service } from '../../../schemas/contract.ts'
import { sqsOf } from '../engine/aws-clients.ts'
import { Quiet, drive } from '../engine/drive.ts'
import { arn, place } from '../engine/place.ts'
import { type Ended, type Process, Processes } from '../engine/processes.ts'
import { type Table, storeOf, tableOf } from '../engine/tables.ts'
import { Faults, disorderOf, swarm } from '../faults/faults.ts'
import { Violation } from '../invariants/violation.ts'

/** A service that listens to the events of others, and that nobody waits for. */
export interface Listening {
  readonly service: Service
  readonly consumes: readonly EventContract[]
  readonly consumer: (process: Process, store: Store) => Consumer
  readonly onChange: OnChange
  /** Messages of a delivery at most, and how long they are gathered; by default 10, which are not. */
  readonly batch?: { readonly size: number; readonly seconds: number }
}

/** More than any of them needs. */
const mostSteps = 2_000_000

/**
 * Such a service with its own clock, chances and faults: what the shop does is the same with and without it. Its queue and its functions are
 * those of the rest of the simulation.
 */
export class Listener {
  readonly clock: VirtualClock
  readonly chance: Chance
  readonly faults: Faults
  readonly table: Table
  readonly #quiet = new Quiet()
  readonly #processes: Processes
  readonly #queue: Queue
  readonly #listening: Listening
  #steps = 0
  /** The first promise that was broken. */
  violation: Violation | undefined

  constructor(seed: number, now: number, listening: Listening) {
    this.#listening = listening
    this.chance = chanceOf(seed)
    this.clock = new VirtualClock(now)
    const { clock, chance } = this
    this.faults = new Faults(swarm(chance), chance)
    const { faults } = this
    // Nobody reads what happens here, nor its hash.
    const trace = { write: () => {} }
    this.#processes = new Processes({ clock, chance, faults, trace, quiet: this.#quiet, isAway: () => false })
    const { service } = listening
    this.table = tableOf({ clock, lagMs: chance.pick([40, 3_000]), onChange: listening.onChange })
    const disorder = disorderOf(faults)
    this.#queue = new Queue(
      {
        name: service,
        arn: arn('sqs', service),
        retentionSeconds: retentionDays * 86_400,
        visibilityTimeoutSeconds: visibilityTimeout,
      },
      { clock, random: chance.random, disorder },
    )
    new QueueConsumer(
      this.#queue,
      {
        region: place.region,
        reportBatchItemFailures: true,
        maximumConcurrency: maxConcurrencyOf(service),
        batchSize: listening.batch?.size ?? 10,
        maximumBatchingWindowSeconds: listening.batch?.seconds ?? 0,
      },
      { clock, invoke: (event: SQSEvent) => this.invoke('events', (process) => this.#receive(process, event)) },
    ).start()
  }

  /** Brings a message into the queue then, and now and then once more. */
  deliver(body: string, at: number): void {
    const times = this.chance.maybe(0.1) ? 2 : 1
    for (let time = 0; time < times; time += 1)
      this.later(at + time * 40_000, () => void this.#queue.send({ MessageBody: body }))
  }

  /** Does what calls nobody back at once. */
  later(at: number, task: () => void): void {
    this.clock.at(at, () => {
      task()
      this.#quiet.declare()
    })
  }

  /** The table as a process reaches it. */
  storeOf(process: Process): Store {
    return storeOf(process, this.table, this.faults, () => {})
  }

  /** `skewMs`: how far the clock of the process is off. */
  run<Answer>(kind: Kind, body: (process: Process) => Promise<Answer>, skewMs = 0): Promise<Ended<Answer>> {
    const settings = { name: `${this.#listening.service}-${kind}`, timeoutMs: timeouts[kind] * 1_000, skewMs }
    return this.#processes.run(settings, body)
  }

  /** The same as Lambda answers it. Throws where it takes no invocation. */
  async invoke(kind: Kind, body: (process: Process) => Promise<unknown>, skewMs = 0): Promise<InvokeResult> {
    if (this.faults.strikes('refused invocation')) throw new Error('TooManyRequestsException')
    const ended = await this.run(kind, body, skewMs)
    const requestId = 'simulated'
    if (ended.how === 'answered') return { requestId, payload: ended.answer }
    return { requestId, payload: { errorType: ended.how }, functionError: 'Unhandled' }
  }

  /** Waits until nothing moves any more. Throws `Violation`. */
  async rest(): Promise<void> {
    await drive(this.clock, { quiet: this.#quiet, isOver: () => false, stepped: () => this.#stepped() })
    if (this.#queue.messages().length > 0)
      throw new Violation('queues become empty', `${this.#listening.service} has messages at rest`)
  }

  async #receive(process: Process, event: SQSEvent) {
    const parked = (message: OutgoingMessage): void => {
      this.violation ??= new Violation('no event fails unexpectedly', message.MessageBody.slice(0, 300))
    }
    const { name } = this.#queue.settings
    return receiver(this.#listening.consumes, {
      consumer: this.#listening.consumer(process, this.storeOf(process)),
      deadLetters: sqsDeadLetters(sqsOf(process, this.#queue, parked), name),
      queue: sqsQueue(sqsOf(process, this.#queue), name),
      clock: process.clock,
      random: this.chance.random,
    })(event)
  }

  #stepped(): void {
    this.#steps += 1
    if (this.violation) throw this.violation
    if (this.#steps > mostSteps)
      throw new Violation('everything comes to rest', `${this.#listening.service} never does`)
  }
}
