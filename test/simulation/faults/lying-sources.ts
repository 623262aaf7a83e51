import { type EventContract, detailTypeOf, sourceOf } from '../../../schemas/contract.ts'
import { topology } from '../../../schemas/topology.ts'
import { services } from '../engine/services.ts'
import type { World } from '../engine/world.ts'

/** An event under a source that may not publish it, and the way that it took. */
interface Lie {
  readonly body: string
  readonly by: 'bus' | 'queue'
}

/** Those who put events under sources that are not theirs: services that were taken over, and strangers. */
export class LyingSources {
  readonly #world: World
  /** By the ids of the events. */
  readonly #lies = new Map<string, Lie>()

  constructor(world: World) {
    this.#world = world
  }

  /**
   * Publishes of another order what was published of one, under a source that may not: on the bus, whose rules let it pass to nobody, or
   * straight into a queue, as if a rule had been made too wide.
   */
  lie(orders: readonly string[]): void {
    const { bus, chance, deployed, trace } = this.#world
    const service = chance.pick(services)
    const consumed = new Map<string, EventContract>(
      topology[service].consumes.map((each) => [detailTypeOf(each), each]),
    )
    const events = bus.recent().filter((event) => consumed.has(event['detail-type']))
    const event = events.length > 0 ? chance.pick(events) : undefined
    const contract = event && consumed.get(event['detail-type'])
    if (event === undefined || contract === undefined) return
    const id = `lie-${this.#lies.size + 1}`
    const detail = { ...(event.detail as { readonly data: { readonly orderId?: string } }), id }
    const { orderId } = detail.data
    const other = orders.filter((each) => each !== orderId)
    const text = JSON.stringify(detail)
    const acknowledged = orderId !== undefined && other.length > 0 ? text.replaceAll(orderId, chance.pick(other)) : text
    const sources = [...services.map((each) => sourceOf({ source: each })), 'holdfast', 'shop.example']
    const source = chance.pick(sources.filter((each) => each !== sourceOf(contract)))
    const by = chance.pick(['bus', 'queue'] as const)
    const body = JSON.stringify({ ...event, source, detail: JSON.parse(acknowledged) as unknown })
    this.#lies.set(id, { body, by })
    trace.write(`${source} lies by the ${by} of ${service}: ${detailTypeOf(contract)} ${acknowledged.slice(0, 120)}`)
    if (by === 'queue') deployed[service].queue.send({ MessageBody: body })
    else bus.putEvents([{ Source: source, DetailType: detailTypeOf(contract), Detail: acknowledged }])
  }

  /** Whether the id is that of a lie, and which way it took. */
  wayOf(id: unknown): Lie['by'] | undefined {
    return this.#lies.get(String(id))?.by
  }

  /** The way of a message that is a lie. */
  wayOfBody(body: string): Lie['by'] | undefined {
    return this.wayOf(/"id":"(lie-\d+)"/.exec(body)?.[1])
  }

  /** What must be kept for people to look at. */
  posted(): readonly string[] {
    return [...this.#lies.values()].filter(({ by }) => by === 'queue').map(({ body }) => body)
  }
}
