import { feedConsumer } from '../../../functions/notifications/on/feed.ts'
import type { FeedDeps } from '../../../functions/notifications/deps.ts'
import { feedHandlers } from '../../../functions/notifications/http.ts'
import { keepHead } from '../../../functions/notifications/store/feed-head.ts'
import { FeedMemory } from '../../../functions/notifications/store/feed-memory.ts'
import { readPage } from '../../../functions/notifications/store/feed-page-item.ts'
import type { Consumer } from '../../../functions/runtime/events.ts'
import { dispatch } from '../../../functions/runtime/http.ts'
import { type Item, type Store, StoreUnavailable } from '../../../functions/runtime/store.ts'
import { chanceOf } from '../../../bin/fuzz/chance.ts'
import type { FeedEvent } from '../../../schemas/feed.ts'
import { feedRoutes } from '../../../schemas/feed.ts'
import { publicEvents } from '../../../schemas/topology.ts'
import { byClaims } from '../../claims.ts'
import type { Process } from '../engine/processes.ts'
import { gatewayEvent, replyOf } from '../engine/request.ts'
import { Violation } from '../invariants/violation.ts'
import { FeedReader } from './feed-reader.ts'
import { Listener } from './listener.ts'
import type { Published } from './inbox-events.ts'

const hourMs = 3_600_000
const dayMs = 24 * hourMs

/** A function that has taken deliveries before, with what it knows, and how far its clock is off. */
interface Warm {
  readonly memory: FeedMemory
  readonly skewMs: number
}

/**
 * The feed of a shop: many writers at once, which die, are slow, lose answers and have clocks of their own; readers that poll all along, of all
 * of it, of some types and of single orders. In some histories nothing happens for weeks, and all pages go.
 */
export class Feeds {
  readonly #listener: Listener
  readonly #idle: Warm[] = []
  readonly #feedDays: number
  readonly #readers: FeedReader[] = []
  /** Every event in the order of the feed, whether its page is still there or not. */
  readonly #taken: FeedEvent[] = []
  readonly #known = new Set<string>()
  #last: number
  #lastAt = 0
  #requests = 0

  constructor(seed: number, now: number) {
    const chance = chanceOf(seed + 1)
    this.#listener = new Listener(seed, now, {
      service: 'notifications',
      consumes: publicEvents,
      consumer: (process, store) => this.#consumer(process, store),
      onChange: (before, after) => this.#changed(before, after),
      batch: chance.pick([
        { size: 3, seconds: 0 },
        { size: 10, seconds: 0 },
        { size: 50, seconds: 2 },
      ]),
    })
    // What is slow may keep a reader from all answers for more than a day.
    this.#feedDays = chance.pick([3, 30])
    // Most histories see a partition end.
    this.#last = chance.pick([0, 900, 980, 995, 1_000])
  }

  /** Lets the events come while readers follow the feed, and holds all of it against them. Throws `Violation`. */
  async check(published: readonly Published[], orders: readonly string[]): Promise<void> {
    const events = [...new Map(published.map((event) => [event.detail.id, event])).values()]
    const { clock, chance, faults, table } = this.#listener
    if (this.#last > 0) {
      const hint = { number: this.#last, takenAt: 0, seenAt: 0 }
      await table.primary.write({ put: { pk: 'feed', sk: 'newest', version: 1, ...hint }, if: 'absent' })
    }
    this.#open(orders)
    await this.#pollNow()
    // Some come weeks later.
    const later = chance.maybe(0.4) ? Math.floor(events.length * chance.random()) : events.length
    await this.#take(events.slice(0, later), 0)
    if (later < events.length) {
      const shift = await this.#idleFor(chance.between(35, 70) * dayMs)
      await this.#take(events.slice(later), shift)
    }
    const before = this.#taken.length
    // All of it once more: nothing may come of it.
    faults.begin()
    for (const { body } of events.slice(0, later)) this.#listener.deliver(body, clock.now() + chance.below(60_000))
    clock.at(clock.now() + hourMs, () => faults.end())
    await this.#listener.rest()
    if (this.#taken.length !== before)
      throw new Violation('the feed has each public event once', 'an archive that is replayed adds some')
    for (const reader of this.#readers) reader.check(this.#taken)
  }

  /** Lets events come, at their times or late, while readers poll. */
  async #take(events: readonly Published[], shift: number): Promise<void> {
    const { clock, chance, faults } = this.#listener
    faults.begin()
    const lateRate = chance.pick([0, 0, 0.3])
    const isDense = chance.maybe(0.5)
    const began = clock.now()
    let last = began
    const wanted = new Set<string>()
    for (const [index, { body, at, detail }] of events.entries()) {
      wanted.add(detail.id)
      const late =
        faults.strikes('delay') || chance.maybe(lateRate) ? chance.below(25 * hourMs) : chance.between(30, 2_000)
      const time = isDense ? began + index * chance.between(1, 40) : Math.max(at + shift, began)
      const due = time + late
      this.#listener.deliver(shift === 0 ? body : moved(body, shift), due)
      last = Math.max(last, due)
    }
    const busyMs = isDense ? 2_000 + events.length * 40 : last - began + hourMs
    this.#pollUntil(last + 30 * hourMs, busyMs)
    // A delivery of fifty events may die whenever it comes while faults are on: within three days it must not.
    clock.at(Math.min(last + 30 * hourMs, began + 60 * hourMs), () => faults.end())
    await this.#listener.rest()
    await this.#pollNow()
    const lost = [...wanted].find((id) => !this.#known.has(id))
    if (lost !== undefined) throw new Violation('the feed has each public event', lost)
    for (const reader of this.#readers) reader.check(this.#taken)
  }

  #open(orders: readonly string[]): void {
    const { chance } = this.#listener
    this.#readers.push(new FeedReader({}), new FeedReader({ types: 'order.*,stock.low' }))
    for (let count = 0; count < Math.min(2, orders.length); count += 1)
      this.#readers.push(new FeedReader({ orderId: chance.pick(orders) }))
  }

  #consumer(process: Process, store: Store): Consumer {
    const { chance, faults } = this.#listener
    return async (batch) => {
      const skewMs = faults.has('skew') ? chance.between(-600_000, 600_000) : 0
      const warm = this.#idle.pop() ?? { memory: new FeedMemory(), skewMs }
      const failures = await feedConsumer(this.#deps(process, oneByOne(store), warm.skewMs), warm.memory)(batch)
      this.#idle.push(warm)
      return failures
    }
  }

  #deps({ clock }: Pick<Process, 'clock'>, store: Store, skewMs = 0): FeedDeps {
    return {
      store,
      clock: { now: () => clock.now() + skewMs, sleep: (milliseconds) => clock.sleep(milliseconds) },
      random: this.#listener.chance.random,
      feedDays: this.#feedDays,
    }
  }

  /** A page follows the one before it, stays as it is, and has no event that was taken before. */
  #changed(before: Item | undefined, after: Item | undefined): void {
    if (after === undefined || !after.pk.startsWith('feed#')) return
    const { number, at, events } = readPage(after)
    const fail = (broken: string, what: string): void => {
      this.#listener.violation ??= new Violation(broken, what)
    }
    if (before) fail('a page of the feed stays as it is', String(number))
    if (number !== this.#last + 1) fail('pages of the feed have no gaps', `${number} after ${this.#last}`)
    if (at < this.#lastAt) fail('pages of the feed are in the order of time', String(number))
    for (const event of events) {
      if (this.#known.has(event.id)) fail('the feed has each public event once', event.id)
      this.#known.add(event.id)
      this.#taken.push(event)
    }
    this.#last = Math.max(this.#last, number)
    this.#lastAt = at
  }

  /** Readers look often while much happens, each by itself, and every few hours whatever happens: none is away for a day. */
  #pollUntil(end: number, busyMs: number): void {
    const { clock, chance } = this.#listener
    const began = clock.now()
    for (const reader of this.#readers) {
      for (let time = 0; time < chance.pick([5, 20, 60]); time += 1) this.#poll(reader, began + chance.below(busyMs))
      for (let at = began; at < end; at += 2 * hourMs) this.#poll(reader, at + chance.below(hourMs), 100)
    }
  }

  #poll(reader: FeedReader, at: number, most?: number): void {
    const { clock } = this.#listener
    clock.at(at, () => {
      if (reader.isReading) return
      const isPatient = this.#listener.chance.maybe(0.1)
      const limit = most ?? this.#listener.chance.pick([1, 2, 7, 100])
      reader
        .poll((query) => this.#request({ ...query, limit: String(limit) }, isPatient))
        .catch((error: unknown) => {
          this.#listener.violation ??=
            error instanceof Violation
              ? error
              : new Violation('no handler fails in a way that nobody expects', String(error))
        })
    })
  }

  async #request(query: Readonly<Record<string, string>>, isPatient: boolean) {
    const requestId = `feed-${(this.#requests += 1)}`
    const asked = { as: { sub: 'boss', roles: 'operator' }, route: 'GET /events', query }
    const event = gatewayEvent({ ...asked, ...(isPatient && { waitSeconds: 2 }) }, requestId)
    const ended = await this.#listener.run('http', (process) =>
      dispatch(
        feedRoutes,
        feedHandlers(this.#deps(process, oneByOne(this.#listener.storeOf(process)))),
        byClaims,
      )(event),
    )
    return replyOf(ended, requestId)
  }

  /** Every reader comes to the end, as nothing is in its way. */
  async #pollNow(): Promise<void> {
    const { clock } = this.#listener
    for (const reader of this.#readers) reader.isAtEnd = false
    for (let round = 0; round < 500; round += 1) {
      const open = this.#readers.filter((reader) => !reader.isAtEnd)
      if (open.length === 0) return
      for (const reader of open) this.#poll(reader, clock.now() + 1)
      await this.#listener.rest()
    }
  }

  /** Nothing happens: the sweeper looks each day, readers poll, and what has outlived its time goes, in any order and not at once. */
  async #idleFor(milliseconds: number): Promise<number> {
    const { clock, chance } = this.#listener
    const end = clock.now() + milliseconds
    for (let at = clock.now(); at < end; at += 20 * hourMs) {
      this.#listener.later(at, () => {})
      clock.at(at, () => {
        this.#listener
          .invoke('sweep', async (process) => {
            const store = this.#listener.storeOf(process)
            await keepHead(this.#deps(process, store))
          })
          .catch(() => {})
      })
      for (const reader of this.#readers) this.#poll(reader, at + 1, 100)
      clock.at(at + 2, () => this.#expire(chance.pick([0.3, 1])))
    }
    clock.at(end, () => this.#expire(1))
    await this.#listener.rest()
    return milliseconds
  }

  #expire(share: number): void {
    const { clock, chance, table } = this.#listener
    for (const { pk, sk, version, ttl } of table.primary.items())
      if (ttl !== undefined && ttl * 1_000 < clock.now() && chance.maybe(share))
        void table.primary.write({ delete: { pk, sk }, if: { version } })
  }
}

/** The event as if it had happened that much later. */
function moved(body: string, milliseconds: number): string {
  const event = JSON.parse(body) as { detail: { time: string } }
  const time = new Date(Date.parse(event.detail.time) + milliseconds).toISOString()
  return JSON.stringify({ ...event, detail: { ...event.detail, time } })
}

/**
 * Items that are read together are not read in one moment. The call is refused as often as any other: what it leaves open is asked for again,
 * or fifty items would hardly ever be read while one read of ten is refused.
 */
const oneByOne = (store: Store): Store => ({
  ...store,
  getMany: async (keys, options) => {
    const [first, ...others] = keys.map((key) => () => store.get(key, options))
    const found = await Promise.all([first?.(), ...others.map((read) => answered(read))])
    return found.filter((item) => item !== undefined)
  },
})

async function answered(read: () => Promise<Item | undefined>, tries = 5): Promise<Item | undefined> {
  try {
    return await read()
  } catch (error) {
    if (tries === 1 || !(error instanceof StoreUnavailable)) throw error
    return answered(read, tries - 1)
  }
}
