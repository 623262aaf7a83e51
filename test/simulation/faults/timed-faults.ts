import { type Simulated, services } from '../engine/services.ts'
import { isPoisonRecord } from '../engine/table-stream.ts'
import type { World } from '../engine/world.ts'
import type { FaultName } from './faults.ts'
import { LyingSources } from './lying-sources.ts'

/** What can fail at each invocation for a while. */
const kinds = ['events', 'relay', 'sweep'] as const

const poisons: readonly string[] = [
  'not json',
  '{"source":"holdfast.orders","detail-type":"nobody.knows.v1","detail":{}}',
  '{"detail-type":"order.placed.v1","detail":1}',
  '{"source":"holdfast.orders","detail-type":"order.placed.v1","detail":{}}',
]

/** Faults that come at a time, not with a call. */
export class TimedFaults {
  readonly lying: LyingSources
  /** Services that had a poison record in their stream. */
  readonly poisonedServices = new Set<Simulated>()
  readonly #world: World
  readonly #poison: string[] = []

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
    const { queue } = deployed[chance.pick(services)]
    soon('poison', () => {
      this.#poison.push(body)
      queue.send({ MessageBody: body })
    })
    const poisoned = chance.pick(services)
    soon('poison record', () => {
      this.poisonedServices.add(poisoned)
      world.streams.poison(poisoned)
    })
    const { consumer } = deployed[chance.pick<Simulated>([...services, 'payments'])]
    soon(
      'outage',
      () => consumer.stop(),
      5 * 3_600_000,
      () => consumer.start(),
    )
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

  /** What must be among the dead letters at the end. */
  hopeless(): readonly string[] {
    return [...this.#poison, ...this.lying.posted()]
  }
}
