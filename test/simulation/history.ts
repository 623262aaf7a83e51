import { type Chance, chanceOf } from '../../bin/fuzz/chance.ts'
import { type Simulated, services } from './engine/services.ts'
import type { Release } from './engine/this-release.ts'
import { drive } from './engine/drive.ts'
import { World, daysMs } from './engine/world.ts'
import type { FaultName, Rates } from './faults/faults.ts'
import { TimedFaults } from './faults/timed-faults.ts'
import { checkAnswers } from './invariants/answers.ts'
import { checkCategories, checkProducts, checkWords } from './invariants/catalog.ts'
import { Ledger } from './invariants/ledger.ts'
import { checkAdjustmentLabels, checkPaymentLabels, checkProductLabels } from './invariants/labels.ts'
import { checkOrderLists } from './invariants/order-lists.ts'
import { checkPhotos } from './invariants/photos.ts'
import { checkPages } from './invariants/lists.ts'
import { checkEvents, checkQueues } from './invariants/messages.ts'
import {
  checkLines,
  checkOrders,
  checkParcels,
  checkPlaced,
  checkCancellers,
  checkReservations,
} from './invariants/orders.ts'
import { Violation } from './invariants/violation.ts'
import { seeTo } from './workload/cashiers.ts'
import { open } from './workload/clerks.ts'
import { launch } from './workload/launches.ts'
import { Leavers } from './workload/leavers.ts'
import { namesOf } from './workload/names.ts'
import { checkListeners } from './listeners/check-listeners.ts'
import { lookAround } from './workload/onlookers.ts'
import { Newcomers } from './workload/newcomers.ts'
import { trade } from './workload/trade.ts'
import { Workload, days } from './workload/workload.ts'

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
  /** Services that are of another release, until this one is deployed to each while the shop trades. */
  readonly others?: Partial<Readonly<Record<Simulated, Release>>>
}

/** One history: a shop opens, a workload and faults are let loose on it, faults end, everything comes to rest, and the invariants are checked. */
export async function history(seed: number, options: HistoryOptions = {}): Promise<History> {
  const run = new Run(seed, options)
  const violation = options.trace ? await run.live() : await withoutStacks(() => run.live())
  const { faults, trace: acknowledged } = run.world
  if (violation) acknowledged.write(`VIOLATION ${violation.message}`)
  return {
    seed,
    violation,
    hash: acknowledged.hash(),
    steps: run.steps,
    calls: run.world.calls,
    orders: run.ledger.orders.size,
    rates: faults.rates,
    faults: faults.counts,
    lines: acknowledged.lines,
  }
}

/** The stack of an error takes ten times as long as the error itself, and only a reader of the trace needs it. */
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

/**
 * More than any history needs that comes to rest: a function that refuses each invocation for an hour, while its queue shows every message
 * again each second, alone takes more than a million.
 */
const mostSteps = 10_000_000
const mostDays = 40
/** Makes a stream of chance for people who leave. */
const leaving = 0x1e_a7e5
const payingIn = 0xca_5f10

class Run {
  readonly world: World
  readonly ledger: Ledger
  readonly #workload: Workload
  readonly #stocked: ReadonlyMap<string, number>
  readonly #unique: ReadonlySet<string>
  readonly #planned: TimedFaults
  readonly #newcomers: Newcomers
  readonly #others: readonly Simulated[]
  readonly #seed: number
  steps = 0

  constructor(seed: number, { rates, others = {}, trace: keepsTrace = false }: HistoryOptions) {
    this.#seed = seed
    this.world = new World(seed, { rates, keepsTrace })
    this.#others = services.filter((service) => others[service])
    for (const service of services)
      if (others[service]) this.world.releases.replace(service, others[service], 'is of another release')
    this.#planned = new TimedFaults(this.world)
    this.ledger = new Ledger(this.world)
    this.world.watcher = this.ledger
    const { chance } = this.world
    // A large shop now and then, whose orders need steps also with transactions of their real size.
    const isLarge = this.world.maxWrites > 5 && chance.maybe(0.02)
    const day = chance.pick(days)
    const count = isLarge ? 105 : day === 'business' ? chance.pick([2, 3, 8]) : chance.pick([1, 1, 2, 2, 3])
    const skuName = namesOf('sku', chance)
    const skus = Array.from({ length: count }, (_, index) => skuName(index + 1))
    this.world.returned = () => this.#checkReturned()
    this.world.parked = (body, cause) => this.#checkParked(body, cause)
    const rare = chance.pick([0, 0, 0, 0, 0, 0, 0.3, 1])
    this.#unique = new Set(skus.filter(() => chance.maybe(rare)))
    const most = day === 'parts' ? 40 : chance.pick([4, 12, 40, 40])
    const stocked = new Map(
      skus.map((sku) => [sku, this.#unique.has(sku) ? 1 : chance.between(Math.ceil(most / 3), most)]),
    )
    this.#workload = new Workload(this.world, skus, day)
    this.#stocked = this.#workload.waits ? scarce(stocked, this.world.waitChance) : stocked
    this.#newcomers = new Newcomers(this.#workload, this.ledger.promised)
    const { payments } = this.ledger.money
    this.ledger.money.alarm = (orderId) => {
      seeTo(this.#workload, orderId, () => payments.get(orderId)).catch(
        (error: Violation) => (this.ledger.violation ??= error),
      )
    }
  }

  async live(): Promise<Violation | undefined> {
    try {
      await this.#until(open(this.#workload, this.#stocked, this.#unique))
      await this.#until(this.#newcomers.arrive())
      // Records of a split stream are seconds behind, also while nothing else is out of order.
      if (!this.world.faults.has('split stream') && this.world.chance.maybe(0.3))
        await this.#until(launch(this.#workload))
      await this.#until(this.#trade())
      await this.#recover()
      this.#check()
      this.ledger.checkAddresses()
      const { chance } = this.world
      if (chance.maybe(0.2)) await this.#until(checkPages(this.world, this.ledger, this.#others.length > 0))
      if (chance.maybe(0.3)) await this.#replay()
      if (this.world.side.maybe(0.5)) await this.#until(this.ledger.checkMovements())
      if (this.world.supplies) await this.#until(this.ledger.checkSupplies())
      const isMixed = this.#others.length > 0
      await checkListeners({ seed: this.#seed, world: this.world, ledger: this.ledger, isMixed })
      const { labels, productLabels, paymentLabels, adjustmentLabels } = this.#workload
      for (const [sku, sent] of adjustmentLabels) await this.#until(checkAdjustmentLabels(this.world, sent, sku))
      if (productLabels.orders.size > 0) await this.#until(checkProductLabels(this.world, productLabels))
      if (paymentLabels.orders.size > 0) await this.#until(checkPaymentLabels(this.world, paymentLabels))
      if (this.world.integrates && !this.#others.includes('orders'))
        await this.#until(checkOrderLists(this.world, this.ledger, labels))
      await this.#erase()
      return undefined
    } catch (error) {
      if (error instanceof Violation) return error
      return new Violation('no handler fails in a way that nobody expects', String(error), { cause: error })
    }
  }

  /** Lets the workload and the faults loose. */
  async #trade(): Promise<void> {
    const { faults, trace, clock, chance, releases } = this.world
    faults.begin()
    trace.write(`faults: ${JSON.stringify(faults.rates)}`)
    this.#planned.plan(this.#workload.orders)
    for (const service of this.#others)
      clock.at(clock.now() + chance.below(3_600_000 / chance.pick([1, 6, 60])), () => releases.deploy(service))
    await trade(this.#workload)
    faults.end()
  }

  /** Nothing is parked but poison: an outage is waited for. */
  #checkParked(body: string, cause: string): void {
    const way = this.#planned.lying.wayOfBody(body)
    if (way === 'bus')
      this.ledger.violation ??= new Violation(
        'rules let no source publish what is not its own',
        `${cause} ${body.slice(0, 200)}`,
      )
    const untimely = this.#planned.parked(body)
    if (untimely !== undefined)
      this.ledger.violation ??= new Violation('poison is parked in time', `${untimely}: ${cause} ${body.slice(0, 200)}`)
    if (this.#planned.isPoison(body)) return
    this.ledger.violation ??= new Violation('no event fails unexpectedly', `${cause} ${body.slice(0, 200)}`)
  }

  /** What waited for a dependency goes on within five minutes of its return; without faults, half a minute is enough to handle it. */
  #checkReturned(): void {
    const { clock, faults, deployed } = this.world
    const since = clock.now()
    if (faults.areOn) return
    clock.at(since + 330_000, () => {
      const waiting = services.flatMap((service) => {
        const { queue, spilled } = deployed[service]
        return [...queue.messages(), ...spilled.messages()]
      })
      for (const { Body, Attributes } of waiting)
        if (Number(Attributes.SentTimestamp) < since && !this.#planned.isPoison(Body))
          this.ledger.violation ??= new Violation('what was held back goes on within five minutes', Body.slice(0, 300))
    })
  }

  /** In some histories people leave the shop, with all that may go wrong; nothing is left of them, whatever is published once more. */
  async #erase(): Promise<void> {
    const { world, ledger } = this
    const chance = chanceOf(this.#seed ^ leaving)
    if (this.#others.length > 0 || !chance.maybe(0.25)) return
    const leavers = new Leavers(this.#workload, chance, chanceOf(this.#seed ^ payingIn))
    await this.#until(leavers.arrive())
    await this.#until(world.sleep(60_000))
    await this.#until(leavers.approve())
    await this.#rest()
    await this.#until(leavers.bring())
    await this.#rest()
    world.faults.begin()
    const looking = lookAround(this.#workload, chance)
    looking.catch((error: Violation) => (ledger.violation ??= error))
    await this.#until(leavers.leave())
    leavers.payOut().catch((error: Violation) => (ledger.violation ??= error))
    if (chance.maybe(0.5)) await this.#until(world.sleep(chance.below(2 * 3_600_000)))
    world.faults.end()
    await this.#recover()
    await this.#until(looking)
    leavers.check()
    if (chance.maybe(0.3)) {
      world.bus.replay(0, Infinity)
      await this.#rest()
      leavers.check()
    }
    checkOrders(ledger, 'at the end')
    ledger.money.check([...ledger.orders.values()].map(({ state: order }) => order))
    checkEvents(world, ledger, this.#planned.lying)
  }

  /** Dead letters are sent again until only what can never be handled is left. */
  async #recover(): Promise<void> {
    const { world } = this
    world.trace.write('faults have ended')
    world.storm = undefined
    world.consume()
    await this.#rest()
    // The sweepers alone must have freed every order, also of what lies in dead letters.
    checkOrders(this.ledger, 'before redrive')
    for (let round = 0; round < 10; round += 1) {
      await this.#rest()
      const sent = world.redrive((body) => !this.#planned.isHopeless(body))
      if (sent === 0) return
      world.trace.write(`redriven: ${sent}`)
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
    const violation = this.ledger.violation ?? this.world.provider.violation
    if (violation) throw violation
    if (this.steps > mostSteps || this.world.clock.now() > this.world.startedAt + daysMs(mostDays))
      throw new Violation('everything comes to rest', `after ${this.steps} steps: ${this.#waiting()}`)
  }

  #waiting(): string {
    const orders = [...this.ledger.orders.values()].map(
      ({ state: order }) => `${order.id.slice(0, 12)} ${JSON.stringify(order.facts)}`,
    )
    return orders.join(', ')
  }

  /** What must hold when nothing moves any more. */
  #check(): void {
    const { world, ledger } = this
    checkOrders(ledger, 'at the end')
    for (const { state: order } of ledger.orders.values()) checkLines(ledger, order.id, ledger.orderedIn(order.id))
    // The last release wrote ahead of the order.
    if (!this.#others.includes('orders')) checkPlaced(world, ledger)
    checkReservations(ledger)
    if (!['orders', 'shipping'].some((service) => this.#others.includes(service as Simulated))) checkCancellers(ledger)
    ledger.takeOvers.checkAll(ledger.orders)
    checkParcels(ledger)
    ledger.money.check([...ledger.orders.values()].map(({ state: order }) => order))
    checkEvents(world, ledger, this.#planned.lying)
    checkQueues(world, this.#planned)
    checkProducts(world, ledger, this.#stocked.keys())
    checkCategories(world)
    checkPhotos(world)
    checkWords(world, this.#others.includes('catalog'))
    this.#newcomers.check()
    checkAnswers(ledger, this.#workload.acknowledged)
  }

  /** Every event is published once more: nothing may come of it. */
  async #replay(): Promise<void> {
    const before = pictureOf(this.ledger)
    const count = this.world.bus.replay(0, Infinity)
    this.world.trace.write(`replayed: ${count}`)
    await this.#rest()
    const after = pictureOf(this.ledger)
    if (before !== after) throw new Violation('a replay changes nothing', `${before}\n${after}`)
    checkQueues(this.world, this.#planned)
  }
}

/** Fewer units than customers want: what is there for all is not waited for. */
const scarce = (stocked: ReadonlyMap<string, number>, chance: Chance): ReadonlyMap<string, number> =>
  new Map([...stocked].map(([sku, units]) => [sku, Math.min(units, chance.pick([0, 0, 1, 3]))]))

/** What a replay must not change. */
function pictureOf({ orders, reservations, stocks, shippings, money }: Ledger): string {
  return JSON.stringify([
    [...money.balances],
    [...money.payments.values()].map(({ id, order, attempts, refunds }) => [id, order, attempts, refunds]),
    [...shippings.values()].map(({ orderId, parcels }) => [orderId, parcels]),
    [...orders.values()].map(({ state: { id, facts, history } }) => [id, facts, history.length]),
    [...reservations.values()].map(({ id, status, lines }) => [id, status, lines]),
    [...stocks.values()].map(({ sku, levels, retired, productVersion }) => [sku, [...levels], retired, productVersion]),
  ])
}
