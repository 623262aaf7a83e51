import { isPoisonRecord } from './engine/table-stream.ts'
import { digest } from '../../functions/runtime/ids.ts'
import type { Item } from '../../functions/runtime/store.ts'
import { isClosed, owes, status } from '../../functions/orders/core/order.ts'
import { merged } from '../../functions/orders/core/price-list.ts'
import { hasLeft } from '../../functions/shipping/core/parcel.ts'
import { fulfilmentOf } from '../../functions/shipping/core/shipping.ts'
import { drive } from './engine/drive.ts'
import { reserve } from './workload/checkouts.ts'
import { close, count, open, transfer } from './workload/clerks.ts'
import { ship } from './workload/carriers.ts'
import { collect, seeTo } from './workload/cashiers.ts'
import { approve, shop } from './workload/customers.ts'
import type { FaultName, Rates } from './faults/faults.ts'
import { Ledger } from './invariants/ledger.ts'
import { Liars } from './faults/lying-sources.ts'
import { Newcomers } from './workload/newcomers.ts'
import { arrange, change } from './workload/shopkeepers.ts'
import { Violation } from './invariants/violation.ts'
import { browse } from './workload/visitors.ts'
import { namesOf } from './workload/names.ts'
import { type Lines, People, type Told, days, operator } from './workload/workload.ts'
import { type Simulated, services } from './engine/services.ts'
import type { Asked, Reply } from './engine/request.ts'
import { World, daysMs } from './engine/world.ts'

export interface History {
  readonly seed: number
  readonly violation: Violation | undefined
  /** The same for the same seed, whatever the machine. */
  readonly hash: string
  readonly steps: number
  /** Calls that left a handler. */
  readonly calls: number
  readonly orders: number
  readonly rates: Rates
  readonly faults: ReadonlyMap<FaultName, number>
  readonly lines: readonly string[]
}

export interface HistoryOptions {
  readonly trace?: boolean
  /** Instead of those that the seed chooses. */
  readonly rates?: Rates | undefined
}

/** One history: a shop opens, people and faults are let loose on it, faults end, everything comes to rest, and the books are checked. */
export async function history(seed: number, { trace = false, rates }: HistoryOptions = {}): Promise<History> {
  const run = new Run(seed, rates, trace)
  const violation = trace ? await run.live() : await withoutStacks(() => run.live())
  const { faults, trace: told } = run.world
  if (violation) told.say(`VIOLATION ${violation.message}`)
  return {
    seed,
    violation,
    hash: told.hash(),
    steps: run.steps,
    calls: run.world.calls,
    orders: run.ledger.orders.size,
    rates: faults.rates,
    faults: faults.counts,
    lines: told.lines,
  }
}

/** To say where an error was made takes ten times as long as to make it: that is for who reads the trace. */
async function withoutStacks<Result>(work: () => Promise<Result>): Promise<Result> {
  const { stackTraceLimit } = Error
  Error.stackTraceLimit = 0
  try {
    return await work()
  } finally {
    Error.stackTraceLimit = stackTraceLimit
  }
}

/** The faults that a seed chooses, and how often they strike. */
export const ratesOf = (seed: number): Rates => new World(seed).faults.rates

/** More than any history needs that comes to rest. */
const mostSteps = 200_000
const mostDays = 40

class Run {
  readonly world: World
  readonly ledger: Ledger
  readonly #people: People
  readonly #stocked: ReadonlyMap<string, number>
  readonly #unique: ReadonlySet<string>
  readonly #poison: string[] = []
  /** Services that had a poison record in their stream. */
  readonly #poisoned = new Set<Simulated>()
  readonly #liars: Liars
  readonly #newcomers: Newcomers
  steps = 0

  constructor(seed: number, rates: Rates | undefined, keepsTrace: boolean) {
    this.world = new World(seed, { rates, keepsTrace })
    this.#liars = new Liars(this.world)
    this.ledger = new Ledger(this.world)
    this.world.watcher = this.ledger
    const { chance } = this.world
    // A large shop now and then, whose orders need steps also with transactions of their real size.
    const isLarge = this.world.maxWrites > 5 && chance.maybe(0.02)
    const day = chance.pick(days)
    const count = isLarge ? 105 : day === 'business' ? chance.pick([2, 3, 8]) : chance.pick([1, 1, 2, 2, 3])
    const skuName = namesOf('sku', chance)
    const skus = Array.from({ length: count }, (_, index) => skuName(index + 1))
    this.world.parked = (body, cause) => this.#checkParked(body, cause)
    const rare = chance.pick([0, 0, 0, 0, 0, 0, 0.3, 1])
    this.#unique = new Set(skus.filter(() => chance.maybe(rare)))
    const most = chance.pick([4, 12, 40, 40])
    this.#stocked = new Map(
      skus.map((sku) => [sku, this.#unique.has(sku) ? 1 : chance.between(Math.ceil(most / 3), most)]),
    )
    this.#people = new People(this.world, skus, day)
    this.#newcomers = new Newcomers(this.#people, this.ledger.promised)
    const { payments } = this.ledger.purse
    this.ledger.purse.alarm = (orderId) => {
      seeTo(this.#people, orderId, () => payments.get(orderId)).catch(
        (error: Violation) => (this.ledger.violation ??= error),
      )
    }
  }

  async live(): Promise<Violation | undefined> {
    try {
      await this.#until(open(this.#people, this.#stocked, this.#unique))
      await this.#until(this.#newcomers.arrive())
      await this.#until(this.#trade())
      await this.#recover()
      this.#check()
      const { chance } = this.world
      if (chance.maybe(0.2)) await this.#until(this.#checkPages())
      if (chance.maybe(0.3)) await this.#replay()
      return undefined
    } catch (error) {
      if (error instanceof Violation) return error
      return new Violation('no handler fails in a way that nobody expects', String(error), { cause: error })
    }
  }

  /** Whatever is parked, except poison, failed because something was not available. */
  #checkParked(body: string, cause: string): void {
    const way = this.#liars.wayOfBody(body)
    if (way === 'bus')
      this.ledger.violation ??= new Violation('rules let nobody say what is not his', `${cause} ${body.slice(0, 200)}`)
    if (way !== undefined || poisons.includes(body) || isPoisonRecord(body) || expected.test(cause)) return
    this.ledger.violation ??= new Violation('no event fails unexpectedly', `${cause} ${body.slice(0, 200)}`)
  }

  /** What can never be handled, and stays among dead letters. */
  #isHopeless(body: string): boolean {
    return poisons.includes(body) || this.#liars.wayOfBody(body) !== undefined
  }

  /** Lets people and faults loose. */
  async #trade(): Promise<void> {
    const { world } = this
    const { chance, faults } = world
    faults.begin()
    world.trace.say(`faults: ${JSON.stringify(faults.rates)}`)
    this.#plan()
    // Some have the shop open twice.
    const customers = Array.from({ length: this.#people.times(1, 4) }, (_, index) =>
      shop(this.#people, this.#people.customerName(chance.maybe(0.2) ? 1 : index + 1)),
    )
    // A random few of the others: what hides behind one shows without him.
    const { day } = this.#people
    const share = chance.pick(day === 'business' ? [0.1, 0.2, 0.6] : [0.1, 0.3])
    const seldom = [
      count,
      transfer,
      change,
      arrange,
      close,
      browse,
      ...(faults.has('half-way') ? [] : [reserve]),
    ].filter(() => chance.maybe(share))
    const often = [approve, collect, ship].filter(() => chance.maybe(0.7))
    if (this.#people.sends) often.push(ship)
    if (day === 'last moments') often.push(approve)
    if (day === 'nothing') often.push(change)
    if (faults.has('half-way')) often.push(reserve)
    await Promise.all([...customers, ...[...often, ...seldom].map((live) => live(this.#people))])
    await world.sleep(chance.pick([0, 600_000, daysMs(1.1), daysMs(2)]))
    faults.end()
  }

  /** Faults that come at a time, not with a call. */
  #plan(): void {
    const { world } = this
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
      this.#poisoned.add(poisoned)
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
    for (let count = 0; count < 3; count += 1)
      soon('lying source', () => this.#liars.tell(this.#people.orders.map(({ id }) => id)))
    soon('early redrive', () => void world.redrive())
    soon('replay', () => void bus.replay(0, Infinity, { name: 'early' }))
  }

  /** Dead letters are sent again until only what can never be handled is left. */
  async #recover(): Promise<void> {
    const { world } = this
    world.trace.say('faults have ended')
    world.storm = undefined
    for (const service of services) world.deployed[service].consumer.start()
    await this.#rest()
    // The sweepers alone must have freed every order, also of what lies in dead letters.
    this.#checkOrders('before redrive')
    for (let round = 0; round < 10; round += 1) {
      await this.#rest()
      const sent = world.redrive((body) => !this.#isHopeless(body))
      if (sent === 0) return
      world.trace.say(`redriven: ${sent}`)
    }
    throw new Violation('dead letters can be sent again', 'after ten rounds some still fail')
  }

  async #until(work: Promise<unknown>): Promise<void> {
    const state: { over: boolean; error?: unknown } = { over: false }
    work.then(
      () => (state.over = true),
      (error: unknown) => Object.assign(state, { over: true, error }),
    )
    await this.#drive(() => state.over)
    if ('error' in state) throw state.error
    if (!state.over) throw new Violation('people get answers', 'somebody waits for ever')
  }

  async #rest(): Promise<void> {
    await this.#drive(() => false)
  }

  #drive(isOver: () => boolean): Promise<void> {
    const { clock, quiet } = this.world
    return drive(clock, { quiet, isOver, stepped: () => this.#stepped() })
  }

  #stepped(): void {
    this.steps += 1
    const violation = this.ledger.violation ?? this.world.bank.violation
    if (violation) throw violation
    if (this.steps > mostSteps || this.world.clock.now() > this.world.startedAt + daysMs(mostDays))
      throw new Violation('everything comes to rest', `after ${this.steps} steps: ${this.#waiting()}`)
  }

  #waiting(): string {
    const orders = [...this.ledger.orders.values()].map(
      ({ order }) => `${order.id.slice(0, 12)} ${JSON.stringify(order.facts)}`,
    )
    return orders.join(', ')
  }

  /** What must hold when nothing moves any more. */
  #check(): void {
    this.#checkOrders('at the end')
    this.#checkReservations()
    this.#checkParcels()
    const orders = [...this.ledger.orders.values()].map(({ order }) => order)
    this.ledger.purse.check(orders)
    this.#checkEvents()
    this.#checkQueues()
    this.#checkProducts()
    this.#checkCategories()
    this.#newcomers.check()
    for (const told of this.#people.told) this.#checkTold(told)
    const byKey = new Map<string, string>()
    for (const told of this.#people.told) {
      if (told.what !== 'placed') continue
      const first = byKey.get(told.key) ?? told.order.id
      if (first !== told.order.id) throw new Violation('one key, one order', `${told.key}: ${first}, ${told.order.id}`)
      byKey.set(told.key, first)
    }
  }

  #checkOrders(when: 'before redrive' | 'at the end'): void {
    for (const { order } of this.ledger.orders.values()) {
      const is = status(order.facts)
      const debts = owes(order)
      if (debts.length > 0 || is === 'placed' || is === 'reserved')
        throw new Violation(
          'no order is stuck',
          `${order.id} rests ${is} with ${JSON.stringify(order.facts)} and owes ${debts.join(' ')}`,
        )
      const reservation = this.ledger.reservations.get(order.id)?.status ?? 'none'
      const standing = !isClosed(order.facts)
      const paid = this.ledger.purse.payments.get(order.id)?.attempts.some(({ state: taken }) => taken === 'captured')
      if (standing && !(paid && this.ledger.shippings.get(order.id)?.parcels.length))
        throw new Violation('no order is stuck', `${order.id} rests ${is}, not paid or not packed`)
      // Inventory may still have to hear of parcels that have left.
      const parcels = this.ledger.shippings.get(order.id)?.parcels ?? []
      const left = parcels.length > 0 && parcels.every(hasLeft)
      const gone = reservation === 'shipped' || (reservation === 'committed' && left)
      // Orders may still have to hear that none of them can leave.
      const unsent = when === 'before redrive' && parcels.length > 0 && parcels.every(({ withdrawn }) => withdrawn)
      const goes = isClosed(order.facts) ? ended.has(reservation) || gone : kept.has(reservation) || unsent
      if (!goes) throw new Violation('stock goes with the order', `${order.id} is ${is}, its stock ${reservation}`)
    }
  }

  #checkReservations(): void {
    for (const { id, status: is, orderId } of this.ledger.reservations.values())
      if (orderId === undefined && is !== 'committed' && !ended.has(is))
        throw new Violation('every hold ends', `${id} rests ${is}`)
  }

  /** Orders, shipping and inventory mean the same by a parcel. */
  #checkParcels(): void {
    const { orders, shippings, reservations, returns } = this.ledger
    for (const shipping of shippings.values()) {
      const { orderId, parcels } = shipping
      const reservation = reservations.get(orderId)
      const facts = orders.get(orderId)?.order.facts
      const is = fulfilmentOf(shipping)
      // That the rest will not leave is no news of a parcel; a closed order waits for nothing more.
      const stays = parcels.some(({ status: stands }) => stands === 'cancelled')
      const rest = facts?.fulfilment === 'partially_shipped' && stays && isClosed(facts)
      if (facts?.fulfilment !== is && !rest)
        throw new Violation('services agree about parcels', `${orderId} is ${facts?.fulfilment}, not ${is}`)
      const left = parcels.filter(hasLeft).map(({ warehouseId }) => warehouseId)
      if (!isSame(left.toSorted(), [...(reservation?.left ?? [])].toSorted()))
        throw new Violation(
          'services agree about parcels',
          `${orderId}: left ${left.join()} of ${reservation?.left?.join()}`,
        )
      const { withdrawn = [], freed, status: rests } = reservation ?? {}
      for (const { warehouseId, withdrawn: unsendable } of parcels)
        if (unsendable && !freed && rests !== 'released' && !withdrawn.includes(warehouseId))
          throw new Violation('what cannot leave is free again', `${orderId}: ${warehouseId} still keeps it`)
      const lines = parcels.flatMap((parcel) => parcel.lines)
      const back = lines.reduce((sum, [, , returned]) => sum + returned, 0)
      const unsent = parcels.filter(({ withdrawn }) => withdrawn).flatMap((parcel) => parcel.lines)
      const owed = [
        ...lines.map(([sku, , units]) => [sku, units] as const),
        ...unsent.map(([sku, units]) => [sku, units] as const),
      ]
      const cost = owed.reduce((sum, [sku, units]) => sum + units * this.ledger.priceOf(orderId, sku), 0)
      const worth = [...(orders.get(orderId)?.order.returns.values() ?? [])].reduce((sum, each) => sum + each, 0)
      if (worth !== cost) throw new Violation('returns are worth what they cost', `${orderId}: ${worth}, not ${cost}`)
      const taken = (reservation?.returned ?? []).flatMap((id) => returns.get(id) ?? [])
      if (back !== taken.reduce((sum, [, , units]) => sum + units, 0))
        throw new Violation('what comes back is counted once', `${orderId}: ${back} came back`)
    }
  }

  #checkEvents(): void {
    const said = new Map<string, string>()
    for (const { detail } of this.world.bus.archived()) {
      const { id } = detail as { id: string }
      if (this.#liars.wayOf(id)) continue
      const body = JSON.stringify(detail)
      if ((said.get(id) ?? body) !== body) throw new Violation('one event per version', `${id} was said in two ways`)
      said.set(id, body)
    }
    for (const id of this.ledger.promised)
      if (!said.has(id)) throw new Violation('no event is lost', `${id} was never said`)
    for (const id of said.keys())
      if (!this.ledger.promised.has(id)) throw new Violation('no event without a fact', `${id} was said`)
  }

  #checkQueues(): void {
    for (const service of services) {
      const { queue, deadLetters, undelivered, unpublished } = this.world.deployed[service]
      const poisonRecords = unpublished.messages().filter(({ Body }) => isPoisonRecord(Body))
      if (
        queue.messages().length + undelivered.messages().length + unpublished.messages().length >
        poisonRecords.length
      )
        throw new Violation('queues become empty', `${service} has messages at rest`)
      if (this.#poisoned.has(service) && poisonRecords.length === 0)
        throw new Violation('poison is kept for people', `a record of ${service}`)
      for (const { Body } of deadLetters.messages())
        if (!this.#isHopeless(Body)) throw new Violation('only poison stays in dead letters', Body.slice(0, 300))
    }
    const parked = services.flatMap((service) => this.world.deployed[service].deadLetters.messages())
    for (const body of [...this.#poison, ...this.#liars.posted()])
      if (!parked.some(({ Body }) => Body === body)) throw new Violation('poison is kept for people', body)
  }

  #checkTold(told: Told): void {
    switch (told.what) {
      case 'placed': {
        const stored = this.ledger.orders.get(told.order.id)
        const lines = told.order.lines.map(({ sku, quantity }) => ({ sku, quantity }))
        if (!stored || stored.order.customerId !== told.order.customerId || !isSame(lines, merged([...told.lines])))
          throw new Violation('what was told is true', `placed ${JSON.stringify(told)}`)
        return
      }
      case 'cancelled':
      case 'approved': {
        if (told.what === 'approved' && !standing.has(String(told.status)))
          throw new Violation('what was told is true', `${told.orderId} was approved and is ${String(told.status)}`)
        const facts = this.ledger.orders.get(told.orderId)?.order.facts
        // It may be closed since, but not for want of what was given.
        const stands = facts && (isClosed(facts) ? facts.closing !== 'expired' : wasPaid.has(facts.payment))
        if (told.what === 'cancelled' ? facts?.closing !== 'cancelled' : !stands)
          throw new Violation('what was told is true', `${told.orderId} was ${told.what}: ${JSON.stringify(facts)}`)
        return
      }
      case 'paid': {
        const facts = this.ledger.orders.get(told.orderId)?.order.facts
        if (!facts || !(isClosed(facts) || wasPaid.has(facts.payment) || facts.payment === 'failed'))
          throw new Violation('what was told is true', `${told.orderId} was paid: ${JSON.stringify(facts)}`)
        return
      }
      case 'refunded': {
        const refunds = this.ledger.purse.payments.get(told.orderId)?.refunds ?? []
        if (!refunds.some(({ cause }) => cause === 'operator'))
          throw new Violation('what was told is true', `${told.orderId} was refunded`)
        return
      }
      case 'closed': {
        const payments = [...this.ledger.purse.payments.values()]
        const refund = payments.flatMap(({ refunds }) => refunds).find(({ id }) => id === told.refundId)
        if (refund?.closed?.reference !== told.reference)
          throw new Violation('what was told is true', `${told.refundId} was closed by ${told.reference}`)
        return
      }
      case 'deposited': {
        const entry = this.ledger.purse.entries.get(`wallet_${told.customer} ${told.entry}`)
        if (entry?.amount !== told.amount) throw new Violation('what was told is true', `deposited ${told.entry}`)
        return
      }
      case 'dispatched':
      case 'delivered':
      case 'returned': {
        const parcels = this.ledger.shippings.get(told.orderId)?.parcels ?? []
        const back = parcels.flatMap(({ lines }) => lines).reduce((sum, [, , returned]) => sum + returned, 0)
        if (!parcels.some(hasLeft) || (told.what === 'returned' && back < told.units))
          throw new Violation('what was told is true', `${told.orderId} was ${told.what}`)
        return
      }
      case 'adjusted': {
        const name = `${told.sku} ${digest(operator.sub, told.key)}`
        const count = this.ledger.movements.filter((movement) => movement === name).length
        if (count !== 1) throw new Violation('what was told is true', `adjusted ${told.sku} ${count} times`)
        return
      }
      case 'held':
      case 'committed':
      case 'released': {
        const { held, committed, reservations } = this.ledger
        const is = reservations.get(told.reservationId)
        const wrong =
          told.what === 'released'
            ? !ended.has(is?.status ?? '')
            : !(told.what === 'held' ? held : committed).has(told.reservationId)
        if (wrong) throw new Violation('what was told is true', `${told.reservationId} ${told.what}: ${is?.status}`)
        return
      }
      case 'committed one': {
        const both = told.reservationIds.filter((id) => this.ledger.committed.has(id))
        if (both.length > 1) throw new Violation('one key, one effect', `${both.join(' and ')} were committed`)
      }
    }
  }

  /** Catalogue, orders and inventory mean the same by a product. */
  #checkProducts(): void {
    const { catalog, orders } = this.world.deployed
    const [products, prices] = [catalog, orders].map(
      ({ table }) => new Map(table.primary.items().map((item) => [item.pk, item])),
    )
    for (const sku of this.#stocked.keys()) {
      const product = products?.get(`product_${sku}`)
      const offer = prices?.get(`price_${sku}`)?.['offer'] as { name: string; active: boolean } | undefined
      const stock = this.ledger.stocks.get(sku)
      const exists = product !== undefined && product['deleted'] === undefined
      const agree = exists
        ? offer?.name === product['name'] && offer?.active === product['active'] && stock?.retired === false
        : offer === undefined && stock?.retired !== false
      if (!agree)
        throw new Violation(
          'services agree about products',
          `${sku}: ${JSON.stringify(product)}, ${JSON.stringify(offer)}, ${JSON.stringify(stock)}`,
        )
    }
  }

  /** A category counts all that stands in it, stands in none that is gone, and never in itself. */
  #checkCategories(): void {
    const items = this.world.deployed.catalog.table.primary.items()
    const categories = new Map(items.filter(({ sk }) => sk === 'category').map((item) => [item.pk, item]))
    const above = (item: Item) => item[item.sk === 'category' ? 'parentId' : 'categoryId'] as string | undefined
    for (const item of items) {
      const id = above(item)
      if (id !== undefined && !categories.has(id))
        throw new Violation('categories hold together', `${item.pk} stands in ${id}, which is gone`)
      let depth = 0
      for (let at: Item | undefined = item; at !== undefined; at = categories.get(above(at) ?? ''))
        if ((depth += 1) > 100) throw new Violation('categories hold together', `${item.pk} stands in itself`)
    }
    for (const [id, { members }] of categories) {
      const inside = items.filter((item) => above(item) === id).length
      if (members !== inside)
        throw new Violation('categories hold together', `${id} counts ${String(members)} and has ${inside}`)
    }
  }

  /** Lists show each order once, whatever the size of their pages; an order shows what it is. */
  async #checkPages(): Promise<void> {
    const { world, ledger } = this
    const kept = world.deployed.catalog.table.primary.items().filter((item) => item['deleted'] === undefined)
    const products = kept.filter(({ sk }) => sk === 'product').map(({ pk }) => pk.replace('product_', ''))
    const categories = kept.filter(({ sk }) => sk === 'category').map(({ pk }) => pk)
    const ask = async (service: Simulated, route: string, more: Partial<Asked>): Promise<Reply['body']> => {
      const reply = await world.request(service, { as: operator, route, ...more })
      if (reply?.status !== 200) throw new Violation('people get answers', `${route}: ${JSON.stringify(reply)}`)
      return reply.body
    }
    const checkList = async (service: Simulated, route: string, name: string, all: readonly string[]) => {
      const listed: string[] = []
      let cursor: string | undefined
      do {
        const limit = String(all.length > 20 ? 100 : world.chance.between(1, 3))
        const page = await ask(service, route, { query: { limit, ...(cursor !== undefined && { cursor }) } })
        listed.push(...(page['items'] as Record<string, string>[]).map((item) => item[name]!))
        cursor = page['cursor'] as string | undefined
      } while (cursor !== undefined)
      if (!isSame(listed.toSorted(), all.toSorted()))
        throw new Violation('lists are complete', `${route}: ${listed.join(' ')} of ${all.join(' ')}`)
    }
    await checkList('orders', 'GET /orders', 'id', [...ledger.orders.keys()])
    await checkList('catalog', 'GET /products', 'sku', products)
    await checkList('catalog', 'GET /categories', 'id', categories)
    for (const { order } of ledger.orders.values()) {
      const shown = await ask('orders', 'GET /orders/{id}', { params: { id: order.id } })
      const lines = (shown['lines'] as Lines).map(({ sku, quantity }) => ({ sku, quantity }))
      this.#checkLines(order.id, lines)
    }
  }

  /** What is committed for an order is what was ordered. */
  #checkLines(orderId: string, lines: Lines): void {
    const reservation = this.ledger.reservations.get(orderId)
    if (!reservation || !kept.has(reservation.status)) return
    const units = new Map<string, number>()
    for (const [sku, , count] of reservation.lines) units.set(sku, (units.get(sku) ?? 0) + count)
    const wanted = new Map(lines.map(({ sku, quantity }) => [sku, quantity]))
    if (!isSame([...units].map(String).toSorted(), [...wanted].map(String).toSorted()))
      throw new Violation('stock goes with the order', `${orderId}: ${JSON.stringify([...units])}`)
  }

  /** Every event is said once more: nothing may come of it. */
  async #replay(): Promise<void> {
    const before = this.#picture()
    const count = this.world.bus.replay(0, Infinity)
    this.world.trace.say(`replayed: ${count}`)
    await this.#rest()
    const after = this.#picture()
    if (before !== after) throw new Violation('a replay changes nothing', `${before}\n${after}`)
    this.#checkQueues()
  }

  #picture(): string {
    const { orders, reservations, stocks, shippings, purse } = this.ledger
    return JSON.stringify([
      [...purse.balances],
      [...purse.payments.values()].map(({ id, order, attempts, refunds }) => [id, order, attempts, refunds]),
      [...shippings.values()].map(({ orderId, parcels }) => [orderId, parcels]),
      [...orders.values()].map(({ order: { id, facts, history } }) => [id, facts, history.length]),
      [...reservations.values()].map(({ id, status, lines }) => [id, status, lines]),
      [...stocks.values()].map(({ sku, levels, retired, productVersion }) => [
        sku,
        [...levels],
        retired,
        productVersion,
      ]),
    ])
  }
}

/** What can fail at each invocation for a while. */
const kinds = ['events', 'relay', 'sweep'] as const

const expected = /^(StoreUnavailable|Error: ServiceUnavailable)/

const ended: ReadonlySet<string> = new Set(['released', 'refused', 'none'])
const kept: ReadonlySet<string> = new Set(['committed', 'shipped'])
/** What an order can be told to be whose approval was taken. */
const standing: ReadonlySet<string> = new Set([
  'placed',
  'confirmed',
  'partially_shipped',
  'shipped',
  'delivered',
  'completed',
])
const wasPaid: ReadonlySet<string> = new Set(['paid', 'refunded'])

const poisons: readonly string[] = [
  'not json',
  '{"source":"holdfast.orders","detail-type":"nobody.knows.v1","detail":{}}',
  '{"detail-type":"order.placed.v1","detail":1}',
  '{"source":"holdfast.orders","detail-type":"order.placed.v1","detail":{}}',
]

const isSame = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b)
