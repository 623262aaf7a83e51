import { connectionsBehind } from '../../../functions/notifications/adapters/connections.ts'
import type { ConnectionDeps, LiveDeps } from '../../../functions/notifications/deps.ts'
import { door } from '../../../functions/notifications/live.ts'
import { spread } from '../../../functions/notifications/on/followed.ts'
import { Principals, type PrincipalItem, principalKey } from '../../../functions/runtime/principals.ts'
import { rightsNow } from '../../../functions/runtime/standing.ts'
import { memoryStore } from '../../../functions/runtime/store.memory.ts'
import { type Store, StoreUnavailable } from '../../../functions/runtime/store.ts'
import { dispatchMessage } from '../../../functions/runtime/websocket.ts'
import { type LiveFrame, followedEvents } from '../../../schemas/live.ts'
import type { Process } from '../engine/processes.ts'
import { Violation } from '../invariants/violation.ts'
import type { Published } from './inbox-events.ts'
import { Listener } from './listener.ts'
import { LiveSocket, type Person } from './live-socket.ts'
import { OrderTruth } from './order-truth.ts'

const hourMs = 3_600_000

/**
 * Those who follow orders live. They connect while events come, in any order and often; go without a word, come again, are signed out or lose
 * their role.
 */
export class Followers {
  readonly #listener: Listener
  readonly #people: readonly Person[]
  readonly #principals = memoryStore()
  readonly #sockets: LiveSocket[] = []
  #truth = new OrderTruth([])
  #requests = 0
  #count = 0

  constructor(seed: number, now: number, customers: readonly string[]) {
    this.#listener = new Listener(seed, now, {
      service: 'notifications',
      consumes: followedEvents,
      consumer: (process, store) => spread(this.#deps(process, store)),
      onChange: () => {},
    })
    const person = (id: string, staff: boolean): Person => ({
      id,
      staff,
      session: `session-${id}`,
      endedAt: Infinity,
      demotedAt: Infinity,
    })
    this.#people = [
      ...customers.map((id) => person(id, false)),
      person('boss', true),
      person('clerk', true),
      person('spy', false),
    ]
  }

  /** Lets the events come, and connections with them, and looks at what each has seen. Throws `Violation`. */
  async check(events: readonly Published[]): Promise<void> {
    const { clock, chance, faults } = this.#listener
    this.#truth = new OrderTruth(events)
    faults.begin()
    const lateRate = chance.pick([0, 0, 0.3])
    for (const event of events) {
      const isLate = faults.strikes('delay') || chance.maybe(lateRate)
      const late = isLate
        ? chance.below(chance.pick([60_000, 25 * hourMs]))
        : chance.between(5, chance.pick([60, 2_000]))
      this.#listener.deliver(event.body, Math.max(event.at, clock.now()) + late)
    }
    for (const person of this.#people)
      for (let count = chance.pick([0, 1, 1, 2]); count > 0; count -= 1) this.#come(person, events)
    const last = Math.max(clock.now(), ...events.map(({ at }) => at))
    clock.at(last + 30 * hourMs, () => faults.end())
    await this.#listener.rest()
    this.#compareStates()
    // One more of each order: who is still there gets it, and who is not is found to be gone.
    for (const orderId of this.#truth.orders()) {
      const event = this.#truth.last(orderId, clock.now() + 1)
      if (event === undefined) continue
      this.#truth.add(event)
      this.#listener.deliver(event.body, event.at + chance.between(30, 2_000))
    }
    await this.#listener.rest()
    this.#compare()
  }

  #deps(process: Process, store: Store): LiveDeps {
    const { clock } = process
    const principals = new Principals(this.#principals, clock)
    return {
      store,
      clock,
      random: this.#listener.chance.random,
      rightsOf: rightsNow({ clock, principals }),
      connections: connectionsBehind({
        post: (id, text) => process.call(this.#call(`post ${id}`), async () => this.#post(id, text)),
        delete: (id) => process.call(this.#call(`end ${id}`), async () => this.#end(id)),
      }),
    }
  }

  #call(what: string) {
    // Now and then an answer is late: nobody knows whether the frame has come.
    const isLate = this.#listener.chance.maybe(0.5)
    const late = (): Error => Object.assign(new Error('simulated'), { name: 'TimeoutError' })
    return { what, kind: 'bank' as const, unavailable: () => (isLate ? late() : new StoreUnavailable('simulated')) }
  }

  #post(id: string, text: string): void {
    const socket = this.#openOf(id)
    const frame = JSON.parse(text) as LiveFrame
    this.#listener.violation ??= socket.take(frame, this.#listener.clock.now(), this.#truth)
  }

  #end(id: string): void {
    const socket = this.#openOf(id)
    this.#closed(socket)
    // The client comes again, with the same rights or without.
    if (this.#listener.chance.maybe(0.7))
      this.#listener.later(this.#listener.clock.now() + 1_000, () => this.#connect(socket.person, socket))
  }

  /** A gateway shows in two ways that a connection is gone. */
  #openOf(id: string): LiveSocket {
    const socket = this.#sockets.find((each) => each.id === id)
    if (socket?.open) return socket
    // Some gateways show it in one way, and some in another.
    const byName = Number(/\d+/.exec(id)) % 2 === 0
    throw Object.assign(new Error('gone'), byName ? { name: 'GoneException' } : { $metadata: { httpStatusCode: 410 } })
  }

  /** Somebody comes at some time around an event, and perhaps goes again. */
  #come(person: Person, events: readonly Published[]): void {
    const { clock, chance } = this.#listener
    if (events.length === 0) return
    const around = (): number =>
      Math.max(
        clock.now(),
        chance.pick(events).at + chance.pick([chance.between(-150, 20), chance.between(-100, 3_000)]),
      )
    this.#listener.later(around(), () => this.#connect(person))
    if (chance.maybe(0.15)) this.#listener.later(around(), () => this.#signOut(person))
    if (person.staff && chance.maybe(0.3)) this.#listener.later(around(), () => this.#demote(person))
  }

  #connect(person: Person, before?: LiveSocket): void {
    const { clock, chance } = this.#listener
    const now = clock.now()
    const lasts = before === undefined && chance.maybe(0.1) ? chance.between(1_000, 10 * 60_000) : 1_000 * hourMs
    const socket = new LiveSocket(`socket-${(this.#count += 1)}=`, person, now + lasts)
    void this.#enter(socket, before)
  }

  /** The handshake; who was not let in may try again. */
  async #enter(socket: LiveSocket, before: LiveSocket | undefined): Promise<void> {
    const { clock, chance, faults } = this.#listener
    if ((await this.#serve(socket, '$connect')) === 200) {
      this.#sockets.push(socket)
      this.#begin(socket, before)
    } else if (!faults.areOn || chance.maybe(0.5))
      this.#listener.later(clock.now() + 5_000, () => this.#connect(socket.person, before))
  }

  /** Asks for orders: those that it followed before, or the own ones; now and then those of others, or all. */
  #begin(socket: LiveSocket, before: LiveSocket | undefined): void {
    const { clock, chance } = this.#listener
    const soon = (mostMs: number): number => clock.now() + chance.between(1, mostMs)
    const own = this.#truth.orders().filter((id) => chance.maybe(0.1) || this.#truth.ownerOf(id) === socket.person.id)
    const orders = new Set(before ? before.asked.keys() : own.slice(0, chance.between(1, 3)))
    if (socket.person.staff)
      for (const orderId of this.#truth.orders()) if (!before && chance.maybe(0.3)) orders.add(orderId)
    for (const orderId of orders) {
      this.#listener.later(soon(chance.pick([10, 200])), () => void this.#follow(socket, orderId))
      if (chance.maybe(0.1)) this.#listener.later(soon(60_000), () => void this.#follow(socket, orderId))
      if (chance.maybe(0.1)) this.#listener.later(soon(60_000), () => void this.#unfollow(socket, orderId))
    }
    if (before?.asksAll || (socket.person.staff ? chance.maybe(0.5) : chance.maybe(0.05)))
      this.#listener.later(soon(200), () => void this.#followAll(socket))
    if (this.#listener.faults.areOn && chance.maybe(0.2)) this.#listener.later(soon(hourMs), () => this.#vanish(socket))
  }

  async #follow(socket: LiveSocket, orderId: string): Promise<void> {
    if (!socket.open) return
    socket.ask(orderId)
    await this.#ask(socket, { action: 'subscribe', orderId }, () => this.#follow(socket, orderId))
  }

  async #followAll(socket: LiveSocket): Promise<void> {
    if (!socket.open) return
    socket.asksAll ||= socket.person.staff
    await this.#ask(socket, { action: 'subscribe', orders: '*' }, () => this.#followAll(socket))
  }

  /** Not before the order's last message has been answered. */
  async #unfollow(socket: LiveSocket, orderId: string, isAgain = false): Promise<void> {
    if (!socket.open || (!isAgain && (!socket.followed.has(orderId) || socket.waitsFor > 0))) return
    socket.leave(orderId, this.#listener.clock.now())
    await this.#ask(socket, { action: 'unsubscribe', orderId }, () => this.#unfollow(socket, orderId, true))
  }

  /** Sends a message, and again where it was not heeded. */
  async #ask(socket: LiveSocket, message: object, again: () => Promise<void>): Promise<void> {
    socket.unavailable = false
    socket.waitsFor += 1
    const status = await this.#serve(socket, '$default', JSON.stringify(message))
    socket.waitsFor -= 1
    if (status === 200 && !socket.unavailable) return
    this.#listener.later(this.#listener.clock.now() + 20_000, () => void again())
  }

  async #serve(socket: LiveSocket, routeKey: string, body?: string): Promise<number> {
    const { id, authorization } = socket
    const requestContext = {
      routeKey,
      connectionId: id,
      connectedAt: this.#listener.clock.now(),
      requestId: `request-${(this.#requests += 1)}`,
      authorizer: { authorization },
    }
    const ended = await this.#listener.run('live', (process) =>
      dispatchMessage(door(this.#connectionDeps(process, socket)), {
        requestContext,
        ...(body !== undefined && { body }),
      }),
    )
    return ended.how === 'answered' ? (ended.answer as { readonly statusCode: number }).statusCode : 500
  }

  #connectionDeps(process: Process, socket: LiveSocket): ConnectionDeps {
    const call = { what: 'read order', kind: 'read' as const, unavailable: () => new StoreUnavailable('simulated') }
    return {
      ...this.#deps(process, this.#listener.storeOf(process)),
      identify: async () => undefined,
      readOrder: (orderId) =>
        process.call(call, async () => {
          const now = this.#listener.clock.now()
          const isGood = socket.until > now && socket.person.endedAt > now
          if (!isGood) return { status: 401, body: {} }
          return this.#truth.answer(orderId, now, (customerId) => socket.may(customerId, now))
        }),
    }
  }

  #signOut(person: Person): void {
    person.endedAt = this.#listener.clock.now()
    this.#record(person, { ended: { [person.session]: person.endedAt + hourMs } })
  }

  #demote(person: Person): void {
    person.demotedAt = this.#listener.clock.now()
    this.#record(person, { roles: ['customer'] })
  }

  #record(person: Person, changes: Partial<PrincipalItem>): void {
    const key = principalKey(person.id)
    const known = this.#principals.items().find(({ pk }) => pk === key.pk)
    void this.#principals.write({
      put: { ...known, ...key, ...changes, version: (known?.version ?? 0) + 1 },
      if: 'any',
    })
  }

  /** A client that is gone, which the gateway may never get to know. */
  #vanish(socket: LiveSocket): void {
    if (!socket.open) return
    this.#closed(socket)
    if (this.#listener.chance.maybe(0.5)) this.#connect(socket.person, socket)
  }

  #closed(socket: LiveSocket): void {
    socket.open = false
    if (this.#listener.chance.maybe(0.6))
      this.#listener.later(
        this.#listener.clock.now() + this.#listener.chance.between(1, 2_000),
        () => void this.#serve(socket, '$disconnect'),
      )
  }

  /** Who is there, and may be, has the last state of each order that it follows. */
  #compareStates(): void {
    const now = this.#listener.clock.now()
    for (const socket of this.#sockets) {
      const { id, open, seen, followed, allSince } = socket
      if (!open) continue
      const news = this.#truth.orders().filter((each) => this.#truth.lastAt(each) > allSince)
      for (const orderId of new Set([...news, ...followed])) {
        const newest = this.#truth.newest(orderId)?.sequence ?? 0
        if (socket.may(this.#truth.ownerOf(orderId), now) && seen.get(orderId) !== newest)
          throw new Violation(
            'who follows an order has its last state',
            `${id}: ${orderId} ${seen.get(orderId)} of ${newest}`,
          )
      }
    }
  }

  #compare(): void {
    const now = this.#listener.clock.now()
    const items = this.#listener.table.primary.items()
    for (const socket of this.#sockets) {
      const kept = items.filter(
        ({ sk, members }) => sk === `to_${socket.id}` || Object.hasOwn(members ?? {}, socket.id),
      )
      if (!socket.open && kept.length > 0)
        throw new Violation('a connection that is gone is forgotten', JSON.stringify(kept))
      if (!socket.open) continue
      const { allSince } = socket
      const news = this.#truth.orders().filter((id) => this.#truth.lastAt(id) > allSince)
      const lost = [...news, ...socket.followed].find((id) => !socket.may(this.#truth.ownerOf(id), now))
      if (lost !== undefined)
        throw new Violation('a connection ends with its rights', `${socket.id} of ${socket.person.id}: ${lost}`)
    }
    this.#compareStates()
    const left = items.find(({ turns }) => ((turns as { waiting?: unknown[] } | undefined)?.waiting ?? []).length > 0)
    if (left && this.#sockets.some(({ open, followed }) => open && followed.has(left.pk.slice('live_'.length))))
      throw new Violation('no news are left', left.pk)
  }
}
