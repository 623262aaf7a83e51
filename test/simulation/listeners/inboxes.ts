import { consumer } from '../../../functions/notifications/events.ts'
import { handlers } from '../../../functions/notifications/http.ts'
import { sweepWarnings } from '../../../functions/notifications/on/due.ts'
import type { TicketDeps } from '../../../functions/notifications/deps.ts'
import { dispatch } from '../../../functions/runtime/http.ts'
import type { Item, Store } from '../../../functions/runtime/store.ts'
import type { Notification } from '../../../schemas/notification.ts'
import { topology } from '../../../schemas/topology.ts'
import { byClaims } from '../../claims.ts'
import type { Process } from '../engine/processes.ts'
import { type Reply, gatewayEvent, replyOf } from '../engine/request.ts'
import { Violation } from '../invariants/violation.ts'
import { type Published, ends, nameOf, sweepsOf, wantedOf } from './inbox-events.ts'
import { Listener } from './listener.ts'

const { routes, consumes } = topology.notifications
const hourMs = 3_600_000
/** Longer than a warning may wait for its sweep, in milliseconds. */
const sweepMs = 120_000

/** Of tickets, which nobody asks for here. */
const noSecret = () => new Uint8Array(32)

/** A person who reads, and what was acknowledged of that. */
interface Reader {
  readonly id: string
  readonly roles: string
  /** Messages that were read one by one. */
  readonly read: Set<string>
}

/**
 * The inboxes of a shop. Events come at their time or late, in any order and often; warnings are swept minute by minute; people read with two
 * devices meanwhile.
 */
export class Inboxes {
  readonly #listener: Listener
  readonly #swept = new Set<number>()
  readonly #due = new Map<string, number>()
  /** Orders that are known to be held no longer. */
  readonly #over = new Set<string>()
  readonly #readers: readonly Reader[]
  /** Who reads a message that is there. */
  readonly #messages: Item[] = []
  /** Now and then the sweeper is away for hours. */
  readonly #sweepsEachMs: number
  #requests = 0

  constructor(seed: number, now: number, customers: readonly string[]) {
    this.#listener = new Listener(seed, now, {
      service: 'notifications',
      consumes,
      consumer: (process, store) => consumer(this.#deps(process, store)),
      onChange: (before, after) => this.#changed(before, after),
    })
    this.#sweepsEachMs = this.#listener.chance.pick([60_000, 60_000, 60_000, 3 * hourMs])
    this.#readers = [
      ...customers.map((id) => ({ id, roles: 'customer', read: new Set<string>() })),
      { id: 'boss', roles: 'operator', read: new Set<string>() },
      { id: 'hall', roles: 'warehouse', read: new Set<string>() },
    ]
  }

  /** Lets the events come, reads between them, and holds every inbox against them. Throws `Violation`. */
  async check(events: readonly Published[]): Promise<void> {
    const { clock, chance, faults } = this.#listener
    faults.begin()
    const sweeps = sweepsOf(events)
    const lateRate = chance.pick([0, 0, 0.3])
    for (const event of events) {
      const { body, at } = event
      const late =
        faults.strikes('delay') || chance.maybe(lateRate) ? chance.below(25 * hourMs) : chance.between(30, 2_000)
      const sweepAt = chance.maybe(0.3) ? sweeps.get(event) : undefined
      const due = Math.max(at, clock.now()) + late
      // In the very moment in which the customer is warned.
      this.#listener.deliver(body, sweepAt !== undefined && sweepAt > due ? sweepAt + chance.between(-20, 40) : due)
      if (chance.maybe(0.3)) this.#readSome(Math.max(at, clock.now()) + chance.below(2 * hourMs))
    }
    const last = Math.max(clock.now(), ...events.map(({ at }) => at))
    clock.at(last + 30 * hourMs, () => faults.end())
    await this.#listener.rest()
    await this.#compare(events)
    // All of it once more: nothing may come of it.
    for (const { body } of events) this.#listener.deliver(body, clock.now() + chance.below(60_000))
    await this.#listener.rest()
    await this.#compare(events)
  }

  #deps(process: Process, store: Store): TicketDeps {
    return { store, clock: process.clock, random: this.#listener.chance.random, newSecret: noSecret }
  }

  /** Warnings are swept in each minute in which one is due. */
  #changed(before: Item | undefined, after: Item | undefined): void {
    if (after === undefined) return
    if (after['kind'] !== undefined) this.#enterMessage(after)
    if (after.sk !== 'hold') return
    if (after.version > 2) this.#over.add(after.pk)
    const due = after['dueSk']
    if (typeof due === 'string') {
      this.#due.set(after.pk, Number(due))
      this.#arm(Number(due))
    } else this.#due.delete(after.pk)
    if (before?.['warning'] !== undefined && after.version === 2) this.#checkWarned(before)
  }

  #enterMessage(after: Item): void {
    const { orderId, kind } = after
    if (kind === 'hold_ends') {
      const { expiresAt } = after['values'] as { readonly expiresAt: string }
      const isOver =
        this.#over.has(String(orderId)) ||
        this.#messages.some((each) => each['orderId'] === orderId && ends.has(String(each['kind'])))
      if (isOver || this.#listener.clock.now() >= Date.parse(expiresAt))
        this.#listener.violation ??= new Violation('nobody is warned of what is over', String(orderId))
    }
    this.#messages.push(after)
  }

  #arm(due: number): void {
    const { clock } = this.#listener
    const minute = Math.ceil(Math.max(due, clock.now() + 1) / this.#sweepsEachMs) * this.#sweepsEachMs
    if (this.#swept.has(minute)) return
    this.#swept.add(minute)
    clock.at(minute, () => {
      this.#listener
        .invoke('sweep', (process) => sweepWarnings(this.#deps(process, this.#listener.storeOf(process))))
        .catch(() => {})
      if (this.#due.size > 0) this.#arm(Math.max(Math.min(...this.#due.values()), clock.now() + 1))
    })
  }

  /** A warning that was swept has its message, unless the hold is over. */
  #checkWarned(before: Item): void {
    const { expiresAt } = before['warning'] as { readonly expiresAt: string }
    // The message is written in the same moment, behind the warning or before it.
    const [order, now] = [before.pk, this.#listener.clock.now()]
    this.#listener.later(now + 1, () => {
      const isWarned = this.#messages.some(({ kind, orderId }) => kind === 'hold_ends' && orderId === order)
      if (!isWarned && now < Date.parse(expiresAt))
        this.#listener.violation ??= new Violation('who has not paid is warned', order)
    })
  }

  /** Somebody looks, and reads one message or all; another device does so in the same moment. */
  #readSome(at: number): void {
    const { clock, chance } = this.#listener
    const reader = chance.pick(this.#readers)
    const devices = chance.pick([1, 1, 2])
    for (let device = 0; device < devices; device += 1)
      clock.at(at, () => {
        this.#readOne(reader).catch((error: unknown) => {
          this.#listener.violation ??= new Violation('no handler fails in a way that nobody expects', String(error))
        })
      })
  }

  async #readOne(reader: Reader): Promise<void> {
    const { chance } = this.#listener
    const query = { limit: String(chance.between(1, 10)), ...(chance.maybe(0.5) && { unread: 'true' }) }
    const page = await this.#request(reader, 'GET /notifications', { query })
    const { items } = page.body as unknown as { readonly items: readonly Notification[] }
    if (page.status !== 200 || items.length === 0) return
    const { id } = chance.pick(items)
    const reply = chance.maybe(0.7)
      ? await this.#request(reader, 'POST /notifications/{id}/read', { params: { id } })
      : await this.#request(reader, 'POST /notifications/read-all', { body: { upTo: id } })
    if (reply.status === 200 || reply.status === 204) reader.read.add(id)
  }

  async #request(
    { id: sub, roles }: Reader,
    route: string,
    asked: { query?: Record<string, string>; params?: Record<string, string>; body?: unknown },
  ): Promise<Reply> {
    const requestId = `read-${(this.#requests += 1)}`
    const event = gatewayEvent({ as: { sub, roles }, route, ...asked }, requestId)
    const ended = await this.#listener.run('http', (process) =>
      dispatch(routes, handlers(this.#deps(process, this.#listener.storeOf(process))), byClaims)(event),
    )
    return replyOf(ended, requestId)
  }

  /** What each person sees, page by page; nothing is in the way. */
  async #seenBy({ id: sub, roles }: Reader, unread: boolean) {
    const { clock, chance, table } = this.#listener
    const deps = {
      store: table.primary,
      clock: { now: () => clock.now(), sleep: async () => {} },
      random: chance.random,
      newSecret: noSecret,
    }
    const serve = dispatch(routes, handlers(deps), byClaims)
    const items: Notification[] = []
    let count: number | undefined
    let cursor: string | undefined
    do {
      const query = { limit: '7', ...(unread && { unread: 'true' }), ...(cursor !== undefined && { cursor }) }
      const event = gatewayEvent({ as: { sub, roles }, route: 'GET /notifications', query }, 'look')
      const page = JSON.parse((await serve(event)).body ?? '{}') as {
        readonly items: readonly Notification[]
        readonly unread: number
        readonly cursor?: string
      }
      count ??= page.unread
      items.push(...page.items)
      cursor = page.cursor
    } while (cursor !== undefined)
    return { items, count }
  }

  /** Each person has each message once, and what was read is read. */
  async #compare(events: readonly Published[]): Promise<void> {
    const wanted = wantedOf(events)
    for (const reader of this.#readers) {
      const { items, count } = await this.#seenBy(reader, false)
      const steps = items.filter(({ kind }) => kind !== 'hold_ends').map(nameOf)
      const due = [...(wanted.get(reader.roles === 'customer' ? reader.id : `as ${reader.roles}`)?.values() ?? [])]
      if (steps.toSorted().join('\n') !== due.toSorted().join('\n'))
        throw new Violation(
          'an inbox has each step once',
          `${reader.id} has ${JSON.stringify(steps.toSorted())}, not ${JSON.stringify(due.toSorted())}`,
        )
      const places = items.map(({ at }) => at)
      if (places.join() !== places.toSorted().toReversed().join())
        throw new Violation('an inbox has the newest first', places.join())
      const unread = items.filter(({ readAt }) => readAt === undefined)
      const again = await this.#seenBy(reader, true)
      if (count !== Math.min(unread.length, 100) || again.items.map(nameOf).join() !== unread.map(nameOf).join())
        throw new Violation('what is unread is listed and counted', `${count} of ${unread.length}`)
      const lost = unread.find(({ id }) => reader.read.has(id))
      if (lost) throw new Violation('what was read stays read', `${reader.id}: ${lost.id}`)
    }
    const warned = this.#messages.filter(({ kind }) => kind === 'hold_ends').map(({ orderId }) => String(orderId))
    if (new Set(warned).size !== warned.length) throw new Violation('who has not paid is warned once', warned.join())
    if ([...this.#due.values()].some((due) => due + sweepMs < this.#listener.clock.now()))
      throw new Violation('no warning is left', [...this.#due.keys()].join())
  }
}
