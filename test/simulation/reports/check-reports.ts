import type { Order } from '../../../functions/orders/core/order.ts'
import { readPayment } from '../../../functions/payments/store/payment-item.ts'
import { holdOf } from '../../../functions/payments/core/hold.ts'
import type { Payment } from '../../../functions/payments/core/payment.ts'
import { isGiven } from '../../../functions/payments/core/refund.ts'
import type { Item } from '../../../functions/runtime/store.ts'
import { type FunnelReport, type Timed, timeBounds } from '../../../schemas/analytics.ts'
import { detailTypeOf, sourceOf } from '../../../schemas/contract.ts'
import type { OrderStatus } from '../../../schemas/order-status.ts'
import { topology } from '../../../schemas/topology.ts'
import { chanceOf } from '../../../bin/fuzz/chance.ts'
import { Violation } from '../invariants/violation.ts'
import type { World } from '../engine/world.ts'
import { ShopReports } from './shop-reports.ts'
import { type Zone, dayIn, zones } from './zones.ts'

/** Money that went back, or came back after that: when, and how much. */
interface Given {
  readonly orderId: string
  readonly at: number
  readonly amount: number
}

/** What is known of the money of an order that is over: whether none has come, from when on. */
interface Outcome {
  readonly at: number
  readonly isUnpaid: boolean
}

/** The orders of a shop, and what each is of. */
interface Sold {
  readonly orders: ReadonlyMap<string, { readonly state: Order }>
  readonly orderedIn: (orderId: string) => readonly (readonly [sku: string, units: number, price: number])[]
}

/** What orders and payments have done, as somebody counts it who stands beside them. */
export class ReportInvariants {
  readonly #given: Given[] = []
  readonly #payments = new Map<string, Payment>()
  /** By order, the first outcome, and each that differs from the one before it. */
  readonly #outcomes = new Map<string, Outcome[]>()

  /** Takes a changed item of payments in. */
  enter(before: Item | undefined, after: Item): void {
    if (after.sk !== 'payment') return
    const { state: payment } = readPayment(after)
    const amount = givenBy(payment) - (before ? givenBy(readPayment(before).state) : 0)
    const at = Date.parse(after.at ?? '')
    if (amount !== 0) this.#given.push({ orderId: payment.orderId, at, amount })
    this.#payments.set(payment.orderId, payment)
    if (!(after.outbox ?? []).some((name) => outcomeNames.has(name))) return
    const outcomes = this.#outcomes.get(payment.orderId) ?? []
    const isUnpaid = !hasCome(payment) && isOver(payment)
    if (isUnpaid !== (outcomes.at(-1)?.isUnpaid ?? false)) outcomes.push({ at, isUnpaid })
    this.#outcomes.set(payment.orderId, outcomes)
  }

  /** At rest: reports that learn all of it from the events of the bus have the same figures, and have them still when all comes again. */
  async check(seed: number, world: World, shop: Sold): Promise<void> {
    const chance = chanceOf(seed + 1_300_000_001)
    const zone = chance.pick(zones)
    // As its rule does: an event from another source than its own does not pass.
    const consumed = new Set(topology.analytics.consumes.map((each) => `${sourceOf(each)} ${detailTypeOf(each)}`))
    const bodies = world.bus
      .archived()
      .filter((event) => consumed.has(`${event.source} ${event['detail-type']}`))
      .map((event) => world.textOf(event))
    const reports = new ShopReports(seed + 1_500_000_001, zone, world.clock.now())
    const wanted = this.#figures(shop, zone)
    const isReplayed = chance.maybe(0.3)
    for (const what of isReplayed ? ['out of the archive', 'after a replay'] : ['out of the archive']) {
      await reports.take(bodies)
      compare(wanted, await shownBy(reports, world.startedAt), what)
    }
  }

  #figures(shop: Sold, zone: Zone): Figures {
    const figures = new Map<string, number>()
    const add = (place: string, name: string, count: number): void => {
      const key = `${place} ${name}`
      figures.set(key, (figures.get(key) ?? 0) + count)
      if (isOfFunnel.has(name)) add(funnelOf(place.split(' ')[1] ?? ''), `${name} orders`, count)
    }
    const confirmed = new Set<string>()
    for (const { state: order } of shop.orders.values()) {
      const on = (at: number): string => `${dayIn(zone, at)} ${order.total.currency}`
      const after = (timed: Timed, at: number): string => `${timed} ${classOf(timed, at - order.placedAt)}`
      add(on(order.placedAt), 'placed', 1)
      const confirmedAt = firstOf(order, 'confirmed')
      if (confirmedAt !== undefined) {
        confirmed.add(order.id)
        add(on(confirmedAt), 'confirmed', 1)
        add(on(confirmedAt), 'gross', order.total.amount)
        add(on(confirmedAt), after('toConfirmed', confirmedAt), 1)
        for (const [sku, units, price] of shop.orderedIn(order.id)) {
          add(on(confirmedAt), 'units', units)
          add(`${order.total.currency} ${sku}`, 'units', units)
          add(`${order.total.currency} ${sku}`, 'revenue', units * price)
        }
        for (const { at, amount } of this.#given.filter(({ orderId }) => orderId === order.id))
          add(on(at), 'refunded', amount)
        for (const { at, isUnpaid } of this.#outcomes.get(order.id) ?? []) {
          const times = isUnpaid ? 1 : -1
          add(on(at), 'uncollected', times)
          add(on(at), 'gross', -times * order.total.amount)
          for (const [sku, units, price] of shop.orderedIn(order.id)) {
            add(on(at), 'units', -times * units)
            add(`${order.total.currency} ${sku}`, 'units', -times * units)
            add(`${order.total.currency} ${sku}`, 'revenue', -times * units * price)
          }
        }
        this.#expectNet(order)
      }
      const shippedAt = firstOf(order, 'shipped', 'completed')
      if (shippedAt !== undefined) {
        add(on(shippedAt), 'shipped', 1)
        add(on(shippedAt), after('toShipped', shippedAt), 1)
      }
      const completedAt = firstOf(order, 'completed')
      if (completedAt !== undefined) add(on(completedAt), 'completed', 1)
      const end = firstEnd(order)
      if (end) add(on(end.at), nameOf[end.status as keyof typeof nameOf], 1)
    }
    return new Map([...figures].filter(([, count]) => count !== 0))
  }

  /** Of an order that was confirmed and whose payment is over, reports are to have what payments have, no more and no less. */
  #expectNet({ id, total }: Order): void {
    const payment = this.#payments.get(id)
    if (payment === undefined || !isOver(payment) || holdOf(payment) !== undefined) return
    const isUnpaid = this.#outcomes.get(id)?.at(-1)?.isUnpaid ?? false
    const given = givenBy(payment)
    const [net, kept] = [(isUnpaid ? 0 : total.amount) - given, (hasCome(payment) ? total.amount : 0) - given]
    if (net !== kept)
      throw new Violation('reports have what payments have', `${id}: net ${net}, and payments have ${kept}`)
  }
}

/** The currency of a funnel, among other figures. */
const funnelOf = (currency: string): string => `0 funnel ${currency}`

const isOfFunnel: ReadonlySet<string> = new Set([
  'placed',
  'confirmed',
  'shipped',
  'completed',
  'cancelled',
  'expired',
  'rejected',
  'paymentFailed',
])

/** How many orders got to each step, and left by each end. Throws `Violation` for shares that are not theirs. */
function ordersOf({ steps, ends }: FunnelReport): readonly (readonly [name: string, orders: number])[] {
  const placed = steps[0]?.orders ?? 0
  const is = (share: number | undefined, orders: number, others: number): boolean =>
    others === 0 ? share === undefined : share === orders / others
  const areRight =
    [...steps, ...ends].every(({ orders, ofPlaced }) => is(ofPlaced, orders, placed)) &&
    steps.every(({ orders, ofPrevious }, index) => is(ofPrevious, orders, steps[index - 1]?.orders ?? 0))
  if (!areRight) throw new Violation('reports add up', JSON.stringify(steps))
  const counted = [
    ...steps.map(({ step, orders }) => [step, orders] as const),
    ...ends.map(({ end, orders }) => [nameOf[end], orders] as const),
  ]
  return counted.map(([name, orders]) => [`${name} orders`, orders] as const)
}

/** What others learn from how the money of an order has ended. */
const outcomeNames: ReadonlySet<string> = new Set([
  'payment.failed',
  'payment.voided',
  'payment.refunded',
  'payment.refund_failed',
])

const isOver = ({ order, failed }: Payment): boolean => order === 'closed' || failed !== undefined

const hasCome = ({ attempts, amount }: Payment): boolean =>
  amount.amount === 0 || attempts.some(({ state }) => state === 'captured')

type Figures = ReadonlyMap<string, number>

const givenBy = ({ refunds }: Payment): number =>
  refunds
    .filter((refund) => isGiven(refund) && refund.cause !== 'duplicate')
    .reduce((sum, { amount }) => sum + amount, 0)

const nameOf = {
  cancelled: 'cancelled',
  expired: 'expired',
  rejected: 'rejected',
  payment_failed: 'paymentFailed',
} as const

const firstOf = ({ history }: Order, ...statuses: readonly OrderStatus[]): number | undefined =>
  history
    .filter(({ status }) => statuses.includes(status))
    .map(({ at }) => at)
    .toSorted((a, b) => a - b)[0]

const firstEnd = ({ history }: Order) =>
  history.filter(({ status }) => status in nameOf).toSorted((a, b) => a.at - b.at || (a.status < b.status ? -1 : 1))[0]

const classOf = (timed: Timed, milliseconds: number): number =>
  timeBounds[timed].filter((bound) => milliseconds > bound * 1_000).length

/** What the routes show, of the first 31 days that a history can be over: none is longer than that but by messages that wait. */
async function shownBy(reports: ShopReports, startedAt: number): Promise<ShownFigures> {
  const figures = new Map<string, number>()
  let isCut = false
  const dayOf = (days: number): string => dayIn(reports.zone, startedAt + days * 86_400_000)
  const { items } = await reports.ask('GET /analytics/daily', { from: dayOf(-2), to: dayOf(60) })
  for (const { day, currency, net, averageOrder: _, ...rest } of items as readonly Shown[]) {
    if (net !== (rest['gross'] ?? 0) - (rest['refunded'] ?? 0))
      throw new Violation('reports add up', `net ${net} on ${day}`)
    for (const [name, count] of Object.entries(rest))
      if (typeof count === 'number' && !name.endsWith('Rate')) figures.set(`${day} ${currency} ${name}`, count)
    for (const timed of ['toConfirmed', 'toShipped'] as const)
      for (const [index, count] of (rest[timed] as unknown as { counts: number[] }).counts.entries())
        figures.set(`${day} ${currency} ${timed} ${index}`, count)
  }
  // The same figures once more, of all days together.
  const funnel = await reports.ask('GET /analytics/funnel', { from: dayOf(-2), to: dayOf(60) })
  for (const report of funnel['items'] as readonly FunnelReport[])
    for (const [name, orders] of ordersOf(report)) figures.set(`${funnelOf(report.currency)} ${name}`, orders)
  for (const [from, to] of [
    [-2, 28],
    [29, 59],
  ] as const) {
    const sold = await reports.ask('GET /analytics/top-products', {
      from: dayOf(from),
      to: dayOf(to),
      limit: String(mostProducts),
    })
    const products = sold['items'] as readonly ShownProduct[]
    isCut ||= products.length === mostProducts
    for (const { sku, units, revenue } of products) {
      const place = `${revenue.currency} ${sku}`
      figures.set(`${place} units`, (figures.get(`${place} units`) ?? 0) + units)
      figures.set(`${place} revenue`, (figures.get(`${place} revenue`) ?? 0) + revenue.amount)
    }
  }
  return { figures: new Map([...figures].filter(([, count]) => count !== 0)), isCut }
}

/** The most that one answer lists. */
const mostProducts = 100

interface ShownFigures {
  readonly figures: Figures
  /** Whether more products may have been sold than are shown. */
  readonly isCut: boolean
}

type Shown = Readonly<Record<string, number>>
interface ShownProduct {
  readonly sku: string
  readonly units: number
  readonly revenue: { readonly amount: number; readonly currency: string }
}

function compare(wanted: Figures, { figures: shown, isCut }: ShownFigures, what: string): void {
  const isOfDay = /^\d/
  for (const key of new Set([...wanted.keys(), ...shown.keys()])) {
    if (isCut && !shown.has(key) && !isOfDay.test(key)) continue
    if (wanted.get(key) !== shown.get(key))
      throw new Violation('reports are what happened', `${what}: ${key} is ${shown.get(key)}, not ${wanted.get(key)}`)
  }
}
