import type { OrderStatus } from '../../schemas/order-status.ts'
import type { Followed } from './follow.ts'
import type { Deliveries } from './restock.ts'
import type { StockReconciliation } from './reconcile.ts'
import type { Imported } from './import-products.ts'
import type { Usage } from './local-control.ts'
import type { MoneyBooks } from './money.ts'
import type { StockPlan } from './open-stock.ts'
import { type Course, goalOf } from './pay-plan.ts'
import { type MadeChange, type PlacedSale, unexplained } from './place.ts'
import type { TradingDay } from './trading-day.ts'

/** Milliseconds. */
export interface Percentiles {
  readonly p50: number
  readonly p99: number
}

/** Orders for each second of their phase: from the first request to the last answer, or to the last of them that came there. */
export interface Rates {
  readonly placed?: number
  /** From the first that was placed; not of approved orders. */
  readonly confirmed?: number
  /** From the first parcel that left. */
  readonly completed?: number
}

/** What came of a replay. */
export interface Figures {
  readonly files: readonly string[]
  readonly stock: StockPlan
  readonly course: Course
  readonly rows: { readonly read: number } & TradingDay['classes']
  readonly unusable: TradingDay['unusable']
  readonly oddities: TradingDay['oddities']
  readonly products: Imported
  readonly invoices: number
  readonly lines: number
  readonly units: number
  /** Orders that the API took, by their status in the end. */
  readonly orders: Partial<Record<OrderStatus, number>>
  /** Parcels that were sent and delivered. */
  readonly parcels: number
  /** Orders that the API refused at the door, and why. */
  readonly notPlaced: readonly string[]
  /** Orders whose parcels could not be sent, and why. */
  readonly notShipped: readonly string[]
  /** Orders that were neither rejected nor have reached the goal of their course. */
  readonly unfinished: readonly string[]
  readonly place?: Percentiles
  readonly placeToReserved?: Percentiles
  /** Not of approved orders, which wait for their operator. */
  readonly reservedToConfirmed?: Percentiles
  /** From the delivery of the last parcel. */
  readonly deliveredToCompleted?: Percentiles
  readonly seconds: number
  readonly perSecond: Rates
  readonly returns: { readonly made: number; readonly refused: readonly string[] }
  readonly adjustments: { readonly made: number; readonly refused: readonly string[] }
  /** Where orders waited for what was short. */
  readonly backorders?: Backorders
  readonly reconciliation: StockReconciliation
  readonly money: MoneyBooks
  /** Rejected orders whose reason does not list every short line. */
  readonly unexplained: readonly string[]
  /** Where the feed, a webhook and the reports were held against the orders. */
  readonly followed?: Followed
  /** Of the local stack only: what trading cost. */
  readonly usage?: Usage
}

export interface Backorders extends Deliveries {
  /** Orders that have waited. */
  readonly waited: number
  /** Holds that took what an order that waited was due. */
  readonly outOfTurn: readonly string[]
}

/** What a replay found, together. */
export interface Findings {
  readonly day: TradingDay
  readonly stock: StockPlan
  readonly course: Course
  readonly products: Imported
  readonly sales: readonly PlacedSale[]
  readonly changes: readonly MadeChange[]
  readonly seconds: number
  readonly reconciliation: StockReconciliation
  readonly money: MoneyBooks
  readonly usage: Usage | undefined
  readonly backorders?: Backorders | undefined
  readonly followed?: Followed | undefined
}

export function figuresOf(findings: Findings): Figures {
  const { day, stock, course, products, sales, changes, seconds, reconciliation, money, usage, backorders, followed } =
    findings
  const lines = sales.flatMap(({ sale }) => sale.lines)
  return {
    files: day.files,
    stock,
    course,
    rows: { read: day.rows, ...day.classes },
    unusable: day.unusable,
    oddities: day.oddities,
    products,
    invoices: sales.length,
    lines: lines.length,
    units: lines.reduce((sum, { quantity }) => sum + quantity, 0),
    orders: counted(sales.flatMap(({ order }) => order?.status ?? [])),
    parcels: sales.reduce((sum, { parcels }) => sum + (parcels?.shipments.length ?? 0), 0),
    ...shortcomings(sales, course),
    ...latencies(sales, course),
    seconds,
    perSecond: rates(sales, course, seconds),
    returns: madeOf(changes, 'return'),
    adjustments: madeOf(changes, 'adjustment'),
    reconciliation,
    money,
    unexplained: sales.flatMap(unexplained),
    ...(usage && { usage }),
    ...(backorders && { backorders }),
    ...(followed && { followed }),
  }
}

function shortcomings(sales: readonly PlacedSale[], course: Course) {
  const goal = goalOf(course)
  const problems = (placed: boolean): string[] =>
    sales.flatMap(({ sale, order, problem }) =>
      problem !== undefined && (order !== undefined) === placed ? [`${sale.invoice}: ${problem}`] : [],
    )
  return {
    notPlaced: problems(false),
    notShipped: problems(true),
    unfinished: sales.flatMap(({ sale, order }) =>
      order === undefined || order.status === goal || order.status === 'rejected'
        ? []
        : [`${sale.invoice}: ${order.status}${order.reason ? ` (${order.reason.payment ?? order.reason.code})` : ''}`],
    ),
  }
}

function latencies(sales: readonly PlacedSale[], { pay }: Course) {
  const place = percentiles(sales.flatMap(({ placeMs = [] }) => placeMs))
  // Who waits for stock waits for the night.
  const atOnce = sales.filter(({ since }) => since?.backordered === undefined)
  const placeToReserved = percentiles(atOnce.flatMap(({ since }) => between(since?.placed, since?.reserved)))
  const confirmed = percentiles(sales.flatMap(({ since }) => between(since?.reserved, since?.confirmed)))
  const completed = percentiles(
    sales.flatMap(({ since, parcels }) => between(parcels?.lastArrivedAt, since?.completed)),
  )
  return {
    ...(place && { place }),
    ...(placeToReserved && { placeToReserved }),
    ...(confirmed && pay !== 'manual' && { reservedToConfirmed: confirmed }),
    ...(completed && { deliveredToCompleted: completed }),
  }
}

/** Nothing where one of them is not known. */
const between = (from: number | undefined, to: number | undefined): readonly number[] =>
  from === undefined || to === undefined ? [] : [to - from]

function rates(sales: readonly PlacedSale[], { pay }: Course, seconds: number): Rates {
  const timesOf = (status: OrderStatus): number[] => sales.flatMap(({ since }) => since?.[status] ?? [])
  const left = sales.flatMap(({ parcels }) => parcels?.firstLeftAt ?? [])
  const placed = perSecond(sales.filter(({ order }) => order !== undefined).length, seconds)
  const confirmed = pay === 'manual' ? undefined : rate(timesOf('placed'), timesOf('confirmed'))
  const completed = rate(left, timesOf('completed'))
  return {
    ...(placed !== undefined && { placed }),
    ...(confirmed !== undefined && { confirmed }),
    ...(completed !== undefined && { completed }),
  }
}

/** How many came there, by the seconds from the first start to the last arrival. */
const rate = (starts: readonly number[], arrivals: readonly number[]): number | undefined =>
  arrivals.length === 0 ? undefined : perSecond(arrivals.length, (Math.max(...arrivals) - Math.min(...starts)) / 1_000)

const perSecond = (count: number, seconds: number): number | undefined =>
  count > 0 && seconds > 0 ? count / seconds : undefined

/** Whether the replay shows what it should: stock and money that reconcile, every order at its goal, every rejection explained. */
export function isSound({ reconciliation, money, unfinished, unexplained, backorders, followed }: Figures): boolean {
  const mayBeWrong = [reconciliation.wrong, money.wrong, unfinished, unexplained]
  return [...mayBeWrong, backorders?.outOfTurn ?? [], followed?.wrong ?? []].every((wrong) => wrong.length === 0)
}

/** By nearest rank; undefined for no values. */
export function percentiles(values: readonly number[]): Percentiles | undefined {
  const sorted = values.toSorted((a, b) => a - b)
  const rank = (share: number): number | undefined => sorted[Math.ceil(sorted.length * share) - 1]
  const [p50, p99] = [rank(0.5), rank(0.99)]
  return p50 === undefined || p99 === undefined ? undefined : { p50, p99 }
}

function counted<Key extends string>(keys: readonly Key[]): Partial<Record<Key, number>> {
  const groups = [...Map.groupBy(keys, (key) => key)].map(([key, same]) => [key, same.length])
  return Object.fromEntries(groups) as Partial<Record<Key, number>>
}

function madeOf(changes: readonly MadeChange[], kind: 'return' | 'adjustment') {
  const own = changes.filter(({ change }) => change.kind === kind)
  const refused = own.flatMap(({ change, problem }) =>
    problem === undefined ? [] : [`${change.reference}: ${problem}`],
  )
  return { made: own.length - refused.length, refused }
}
