import type { Order } from '../../schemas/orders.ts'
import { Violation } from './violation.ts'
import type { Asked, Reply, Simulated, World } from './world.ts'

export const operator = { sub: 'operator', 'cognito:groups': '[operator]' }

/** What somebody was told, and may rely on from then on. */
export type Told =
  | { readonly what: 'placed'; readonly key: string; readonly lines: Lines; readonly order: Order }
  | { readonly what: 'cancelled' | 'approved'; readonly orderId: string; readonly status: unknown }
  | { readonly what: 'adjusted'; readonly sku: string; readonly key: string }
  | { readonly what: 'held' | 'committed' | 'released'; readonly reservationId: string }

export type Lines = readonly { readonly sku: string; readonly quantity: number }[]

/** When somebody who had no answer asks again; `on the minute` is when sweepers run. */
type Rhythm = 'soon' | 'any' | 'on the minute'
const allRhythms: readonly Rhythm[] = ['soon', 'soon', 'any', 'on the minute']

/** The people of a history: who they are, what they were told. */
export class People {
  readonly told: Told[] = []
  readonly orders: { readonly id: string; readonly customer: string }[] = []
  readonly #world: World
  readonly #skus: readonly string[]
  /** How much time people take: from everybody at once to one after the other. */
  readonly #pace: number
  #keys = 0

  constructor(world: World, skus: readonly string[]) {
    this.#world = world
    this.#skus = skus
    this.#pace = world.chance.pick([0.0005, 0.01, 0.1, 1])
  }

  /** Sends it until there is an answer that is not the server's fault, a few times; undefined when there was none. */
  async ask(service: Simulated, asked: Asked, rhythms = allRhythms): Promise<Reply | undefined> {
    const { chance, trace } = this.#world
    const patience = chance.pick([6, 6, 6, 1])
    const rhythm = chance.pick(rhythms)
    for (let attempt = 1; attempt <= patience; attempt += 1) {
      const reply = await this.#world.request(service, asked)
      trace.say(`${asked.as['sub']}: ${asked.route} ${text(asked)} -> ${replied(reply)}`)
      if (reply?.status === 500) throw new Violation('no request fails unexpectedly', String(reply.body['error']))
      if (reply !== undefined && reply.status < 500) return reply
      await this.#world.sleep(this.#untilNextTry(rhythm))
    }
    return undefined
  }

  /** `on the minute` is about when what is left half-way now falls due. */
  #untilNextTry(rhythm: Rhythm): number {
    const { chance, clock } = this.#world
    if (rhythm === 'on the minute') return 120_000 - (clock.now() % 60_000) + chance.between(-2_000, 0)
    return rhythm === 'any' ? chance.between(100, 70_000) : chance.between(100, 4_000)
  }

  /** The shop as it is before anybody comes in. */
  async open(stocked: ReadonlyMap<string, number>, unique: ReadonlySet<string>): Promise<void> {
    for (const name of ['Main', 'Side'])
      await this.ask('inventory', { as: operator, route: 'POST /warehouses', body: { name }, key: name })
    for (const sku of stocked.keys()) await this.#list(sku, unique.has(sku))
    await this.#world.sleep(60_000)
    for (const [sku, units] of stocked) if (units > 0) await this.adjust(sku, { delta: units }, 'main')
  }

  /** A customer buys a few times, and sometimes thinks better of it. */
  async shop(name: string): Promise<void> {
    const { chance } = this.#world
    for (let count = chance.between(1, 3); count > 0; count -= 1) {
      await this.#pause(30_000)
      const body = this.#basket()
      const key = this.#newKey()
      const asked = {
        as: { sub: name },
        route: 'POST /orders',
        body,
        key,
        ...(chance.maybe(0.2) && { waitSeconds: 4 }),
      }
      const sending = [this.#place(asked, body.lines)]
      if (chance.maybe(0.15)) sending.push(this.#place(asked, body.lines))
      const [order] = await Promise.all(sending)
      if (order === undefined || !chance.maybe(0.3)) continue
      const when = chance.pick(['at once', 'near its end', 'some time'] as const)
      if (when === 'at once') await this.#world.sleep(chance.below(1_500))
      else if (when === 'near its end') await this.#untilNearEnd(order)
      else await this.#pause(600_000)
      await this.#move(name, 'cancel', order)
    }
  }

  /** An operator decides about orders, now and around the end of their holds. */
  async approve(): Promise<void> {
    const { chance } = this.#world
    const seen = new Set<unknown>()
    for (let count = chance.between(2, 8); count > 0; count -= 1) {
      await this.#pause(chance.pick([40_000, 400_000]))
      const open = this.orders.filter((order) => !seen.has(order))
      const order = chance.pick(open.length > 0 && chance.maybe(0.8) ? open : this.orders)
      if (order === undefined) continue
      seen.add(order)
      if (chance.maybe(0.2)) await this.#untilNearEnd(order.id)
      const moving = [this.#move(operator.sub, chance.maybe(0.85) ? 'approve' : 'cancel', order.id)]
      if (chance.maybe(0.2)) moving.push(this.#move(operator.sub, 'cancel', order.id))
      await Promise.all(moving)
    }
  }

  /** A clerk counts, finds and loses units. */
  async count(): Promise<void> {
    const { chance } = this.#world
    for (let left = chance.between(0, 4); left > 0; left -= 1) {
      await this.#pause(60_000)
      const change = chance.maybe(0.3) ? { set: chance.below(6) } : { delta: chance.pick([-3, -2, -1, 1, 2, 3]) }
      await this.adjust(chance.pick(this.#skus), change, chance.pick(['main', 'side']))
    }
  }

  /** A shopkeeper takes products off, changes them, and lists them again. */
  async list(): Promise<void> {
    const { chance } = this.#world
    for (let left = chance.between(0, 3); left > 0; left -= 1) {
      await this.#pause(90_000)
      const sku = chance.pick(this.#skus)
      const params = { sku }
      if (chance.maybe(0.5)) {
        const body = { name: `${sku} ${left}`, active: chance.maybe(0.8) }
        await this.ask('catalog', { as: operator, route: 'PATCH /products/{sku}', params, body })
        continue
      }
      await this.ask('inventory', { as: operator, route: 'DELETE /products/{sku}', params })
      await this.#pause(20_000)
      const listed = await this.#list(sku, false)
      if (listed && chance.maybe(0.6))
        await this.ask('catalog', {
          as: operator,
          route: 'PATCH /products/{sku}',
          params,
          body: { name: `${sku} again` },
        })
    }
  }

  /** Another system's checkout holds stock without an order. */
  async reserve(): Promise<void> {
    const { chance } = this.#world
    for (let left = chance.between(0, 4); left > 0; left -= 1) {
      await this.#pause(60_000)
      const lines = chance.maybe(0.5) ? this.#oneOfEach() : this.#lines()
      const body = { lines, holdSeconds: chance.pick([60, 600, 1_800]) }
      const asked = { as: operator, route: 'POST /reservations', body, key: this.#newKey() }
      const reply = await this.ask('inventory', asked, ['soon', 'on the minute', 'on the minute', 'on the minute'])
      if (reply?.status !== 201) continue
      const reservationId = String(reply.body['id'])
      this.told.push({ what: 'held', reservationId })
      if (chance.maybe(0.5)) await this.#world.sleep(body.holdSeconds * 1_000 + chance.between(-1_000, 61_000))
      else await this.#pause(body.holdSeconds * 1_000)
      const does = chance.pick(['commit', 'release', 'nothing', 'both'] as const)
      const ends = does === 'both' ? (['commit', 'release'] as const) : does === 'nothing' ? [] : [does]
      await Promise.all(ends.map((end) => this.#end(end, reservationId)))
    }
  }

  async #end(does: 'commit' | 'release', reservationId: string): Promise<void> {
    const route = `POST /reservations/{id}/${does}`
    const key = this.#world.chance.maybe(0.5) ? this.#newKey() : undefined
    const ended = await this.ask('inventory', { as: operator, route, params: { id: reservationId }, key })
    if (ended?.status === 200) this.told.push({ what: does === 'commit' ? 'committed' : 'released', reservationId })
  }

  /** A warehouse closes for a while. */
  async close(): Promise<void> {
    const { chance } = this.#world
    if (!chance.maybe(0.3)) return
    const params = { id: chance.pick(['main', 'side']) }
    for (const active of [false, true]) {
      await this.#pause(90_000)
      await this.ask('inventory', { as: operator, route: 'PATCH /warehouses/{id}', params, body: { active } })
    }
  }

  async adjust(sku: string, change: object, warehouseId: string): Promise<void> {
    const key = this.#newKey()
    const body = { ...change, warehouseId, reason: 'counted' }
    const asked = { as: operator, route: 'POST /inventory/{sku}/adjustments', params: { sku }, body, key }
    const reply = await this.ask('inventory', asked)
    if (reply?.status === 201) this.told.push({ what: 'adjusted', sku, key })
  }

  async #list(sku: string, unique: boolean): Promise<boolean> {
    const body = { sku, name: sku, price: { amount: 250, currency: 'GBP' }, unique, lowStockAt: 1 }
    const asked = { as: operator, route: 'POST /products', body, key: this.#newKey() }
    return (await this.ask('catalog', asked))?.status === 201
  }

  async #place(asked: Asked & { readonly key: string }, lines: Lines): Promise<string | undefined> {
    const reply = await this.ask('orders', asked)
    if (reply?.status !== 201) return undefined
    const order = reply.body as unknown as Order
    this.told.push({ what: 'placed', key: `${asked.as['sub']} ${asked.key}`, lines, order })
    this.orders.push({ id: order.id, customer: asked.as['sub']! })
    return order.id
  }

  async #move(by: string, does: 'cancel' | 'approve', orderId: string): Promise<void> {
    const { chance } = this.#world
    const as = by === operator.sub ? operator : { sub: by }
    const key = chance.maybe(0.5) ? this.#newKey() : undefined
    const route = `POST /orders/{id}/${does}`
    const reply = await this.ask('orders', { as, route, params: { id: orderId }, key })
    if (reply?.status !== 200) return
    this.told.push({ what: does === 'cancel' ? 'cancelled' : 'approved', orderId, status: reply.body['status'] })
  }

  async #untilNearEnd(id: string): Promise<void> {
    const { chance, clock } = this.#world
    const reply = await this.ask('orders', { as: operator, route: 'GET /orders/{id}', params: { id } })
    const expiresAt = reply?.body['expiresAt']
    if (typeof expiresAt !== 'string') return
    const wait = Date.parse(expiresAt) + chance.between(-2_000, 70_000) - clock.now()
    if (wait > 0) await this.#world.sleep(wait)
  }

  #basket() {
    const { chance } = this.#world
    const holdSeconds = chance.pick([undefined, undefined, 60, 300])
    return {
      lines: this.#lines(),
      payment: { method: 'manual' },
      ...(holdSeconds !== undefined && { holdSeconds }),
      ...(chance.maybe(0.1) && { notes: 'x'.repeat(1_200) }),
    }
  }

  #lines(): Lines {
    const { chance } = this.#world
    if (chance.maybe(0.35)) return this.#oneOfEach()
    const count = chance.between(1, 3)
    return Array.from({ length: count }, () => ({ sku: chance.pick(this.#skus), quantity: chance.between(1, 2) }))
  }

  /** In an order of their own, so that large holds take in different directions. */
  #oneOfEach(): Lines {
    const from = this.#world.chance.below(this.#skus.length)
    return [...this.#skus.slice(from), ...this.#skus.slice(0, from)].map((sku) => ({ sku, quantity: 1 }))
  }

  #newKey(): string {
    return `key-${(this.#keys += 1)}`
  }

  #pause(most: number): Promise<void> {
    return this.#world.sleep(Math.floor(this.#world.chance.below(most) * this.#pace))
  }
}

const text = ({ params, body, key }: Asked): string =>
  [params && Object.values(params)[0], body && JSON.stringify(body).slice(0, 160), key].filter(Boolean).join(' ')

function replied(reply: Reply | undefined): string {
  if (reply === undefined) return 'no answer'
  const { id, status, code, error } = reply.body
  return [reply.status, id, status, code, error].filter(Boolean).join(' ')
}
