import type { DynamoDBRecord } from 'aws-lambda'
import { detailTypeOf } from '../../../schemas/contract.ts'
import { topology } from '../../../schemas/topology.ts'
import { redelivery } from '../../../functions/runtime/redelivery.ts'
import { type Simulated, consumers, services } from '../engine/services.ts'
import { dependencies } from '../engine/processes.ts'
import { isPoisonRecord } from '../engine/table-stream.ts'
import type { World } from '../engine/world.ts'
import type { FaultName } from './faults.ts'
import { LyingSources } from './lying-sources.ts'
import { olderRelease } from './older-release.ts'

/** What can fail at each invocation for a while. */
const kinds = ['events', 'relay', 'sweep'] as const

const nothing = { amount: 0, currency: 'GBP' }
const paidLater = {
  paymentId: 'pay_nobody',
  orderId: 'ord_nobody',
  customerId: 'nobody',
  method: 'card',
  version: 1,
  status: 'paid in shells',
  amount: nothing,
  captured: nothing,
  refunded: nothing,
  refundedForReturns: 0,
}

/** Whether the service waits for a release that knows the event. */
function isOfNextRelease(service: Simulated, body: string): boolean {
  if (/nobody\.knows|in shells/.test(body)) return true
  const type = /"detail-type":"([^"]+)"/.exec(body)?.[1]
  const isEvent = body.includes('"source"')
  return isEvent && !topology[service].consumes.some((contract) => detailTypeOf(contract) === type)
}

function envelopeOf(data: object): object {
  return { id: 'poison', time: '2026-01-01T00:00:00.000Z', correlationId: 'poison', causationId: 'poison', data }
}

/** What no function can ever handle, whatever queue it comes to. */
const poisons: readonly string[] = [
  'not json',
  '{"detail-type":"order.placed.v1","detail":1}',
  '{"source":"holdfast.orders","detail-type":"nobody.knows.v1","detail":{}}',
  ...[
    { type: 'order.placed.v1', source: 'holdfast.orders', detail: {} },
    // Of an order that does not exist.
    {
      type: 'stock.released.v1',
      source: 'holdfast.inventory',
      detail: envelopeOf({ reservationId: 'ord_nobody', orderId: 'ord_nobody' }),
    },
    // With a value that only another release knows.
    { type: 'payment.completed.v1', source: 'holdfast.payments', detail: envelopeOf(paidLater) },
  ].map(({ type, source, detail }) => JSON.stringify({ source, 'detail-type': type, detail })),
]

const hour = 3_600_000
/** Longer than faults keep a function from a queue. */
const soonMs = 24 * hour

/** Faults that come at a time, not with a call. */
export class TimedFaults {
  readonly lying: LyingSources
  /** Services that had a poison record in their stream. */
  readonly poisonedServices = new Set<Simulated>()
  readonly #world: World
  /** When a body was posted last, and whether it waits for a release that knows it. */
  readonly #posted = new Map<string, { readonly at: number; readonly waits: boolean }>()
  readonly #parked = new Set<string>()

  constructor(world: World) {
    this.#world = world
    this.lying = new LyingSources(world)
  }

  plan(orders: readonly { readonly id: string }[]): void {
    const world = this.#world
    const { chance, faults, clock, bus, deployed } = world
    /** Does it some time from now, if faults are still on then, and undoes it later. */
    const soon = (fault: FaultName, task: () => void, lastMs = 0, undo = (): void => {}): void => {
      if (!faults.strikes(fault)) return
      const at = clock.now() + chance.below(chance.pick([3_000, 30_000, 300_000, 1_200_000]))
      clock.at(at, () => faults.areOn && task())
      clock.at(at + chance.below(lastMs), undo)
    }
    const body = chance.pick(poisons)
    const addressee = chance.pick(consumers)
    const { queue } = deployed[addressee]
    soon('poison', () => {
      this.#posted.set(body, { at: clock.now(), waits: isOfNextRelease(addressee, body) })
      queue.send({ MessageBody: body })
    })
    const poisoned = chance.pick(services)
    soon('poison record', () => {
      this.poisonedServices.add(poisoned)
      world.streams.poison(poisoned)
    })
    const { consumer } = deployed[chance.pick<Simulated>([...consumers, 'payments'])]
    soon(
      'outage',
      () => consumer.stop(),
      5 * 3_600_000,
      () => world.consume(),
    )
    const dependency = chance.pick(dependencies)
    soon(
      'away',
      () => world.leave(dependency),
      chance.pick([1, 1, 4, 20]) * hour,
      () => world.comeBack(),
    )
    // A deploy comes to one service after another.
    for (const service of services) {
      soon(
        'older release',
        () => {
          const release = olderRelease(service, chance)
          world.releases.replace(service, release, `is of an older release that ${release.lacks}`)
        },
        chance.pick([0.5, 2, 6]) * hour,
        () => world.releases.deploy(service),
      )
    }
    const struck = chance.pick(services.flatMap((service) => kinds.map((kind) => `${service}-${kind}`)))
    soon(
      'storm',
      () => (world.storm = struck),
      3_600_000,
      () => (world.storm = undefined),
    )
    for (let count = 0; count < 3; count += 1) soon('lying source', () => this.lying.lie(orders.map(({ id }) => id)))
    soon('early redrive', () => void world.redrive())
    soon('replay', () => void bus.replay(0, Infinity, { name: 'early' }))
  }

  /** Whether a message can never be handled, and stays among dead letters. */
  isHopeless(body: string): boolean {
    return poisons.includes(body) || this.lying.wayOfBody(body) !== undefined
  }

  /** Whether a message is parked because of a fault that is meant to park it. */
  isPoison(body: string): boolean {
    return this.isHopeless(body) || isPoisonRecord(body)
  }

  /** What is parked too early or too late; undefined when the time is right. */
  parked(body: string): string | undefined {
    if (isPoisonRecord(body)) return this.#parkedRecord(body)
    const posted = this.#posted.get(body)
    if (posted === undefined) return undefined
    this.#parked.add(body)
    const age = this.#world.clock.now() - posted.at
    // Clocks are off by half a minute either way.
    if (posted.waits && age < redelivery.outageHours * hour - 60_000)
      return 'parked before the next release can know it'
    return !posted.waits && age > soonMs ? 'parked late' : undefined
  }

  /** A record that no release can publish is parked soon, and again whenever its stream is rewound. */
  #parkedRecord(body: string): string | undefined {
    if (this.#parked.has(body)) return undefined
    this.#parked.add(body)
    const { dynamodb } = JSON.parse(body) as DynamoDBRecord
    const at = (dynamodb?.ApproximateCreationDateTime ?? 0) * 1_000
    return !body.includes('nobody.knows') && at > 0 && this.#world.clock.now() > at + soonMs ? 'parked late' : undefined
  }

  /** Poison that lies among the dead letters without having been parked; a queue that is too quick redrives it by itself. */
  unparked(): readonly string[] {
    if (this.#world.faults.has('visibility')) return []
    return [...this.#posted.keys()].filter((body) => !this.#parked.has(body))
  }

  /** What must be among the dead letters at the end. */
  hopeless(): readonly string[] {
    return [...this.#posted.keys(), ...this.lying.posted()]
  }
}
