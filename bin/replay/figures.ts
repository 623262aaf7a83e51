import type { OrderStatus } from '../../schemas/orders.ts'
import type { Books } from './books.ts'
import type { Imported } from './import-products.ts'
import type { Usage } from './local-control.ts'
import type { StockPlan } from './open-stock.ts'
import { type MadeChange, type PlacedSale, unexplained } from './place.ts'
import type { TradingDay } from './trading-day.ts'

/** Milliseconds. */
export interface Percentiles {
  readonly p50: number
  readonly p99: number
}

/** What came of a replay. */
export interface Figures {
  readonly files: readonly string[]
  readonly stock: StockPlan
  readonly rows: { readonly read: number } & TradingDay['classes']
  readonly unusable: TradingDay['unusable']
  readonly oddities: TradingDay['oddities']
  readonly products: Imported
  readonly invoices: number
  readonly lines: number
  readonly units: number
  /** Orders that the API took, by their status in the end. */
  readonly orders: Partial<Record<OrderStatus, number>>
  /** Orders that the API refused at the door, and why. */
  readonly notPlaced: readonly string[]
  readonly place?: Percentiles
  readonly placeToReserved?: Percentiles
  readonly seconds: number
  readonly returns: { readonly made: number; readonly refused: readonly string[] }
  readonly adjustments: { readonly made: number; readonly refused: readonly string[] }
  readonly books: Books
  /** Rejected orders that do not say, line by line, what was short. */
  readonly unexplained: readonly string[]
  /** Of the local stack only: what trading cost. */
  readonly usage?: Usage
}

/** What a replay found, together. */
export interface Findings {
  readonly day: TradingDay
  readonly stock: StockPlan
  readonly products: Imported
  readonly sales: readonly PlacedSale[]
  readonly changes: readonly MadeChange[]
  readonly seconds: number
  readonly books: Books
  readonly usage: Usage | undefined
}

export function figuresOf({ day, stock, products, sales, changes, seconds, books, usage }: Findings): Figures {
  const lines = sales.flatMap(({ sale }) => sale.lines)
  const place = percentiles(sales.flatMap(({ placeMs = [] }) => placeMs))
  const placeToReserved = percentiles(sales.flatMap(({ reservedMs = [] }) => reservedMs))
  return {
    files: day.files,
    stock,
    rows: { read: day.rows, ...day.classes },
    unusable: day.unusable,
    oddities: day.oddities,
    products,
    invoices: sales.length,
    lines: lines.length,
    units: lines.reduce((sum, { quantity }) => sum + quantity, 0),
    orders: counted(sales.flatMap(({ order }) => order?.status ?? [])),
    notPlaced: sales.flatMap(({ sale, problem }) => (problem === undefined ? [] : [`${sale.invoice}: ${problem}`])),
    ...(place && { place }),
    ...(placeToReserved && { placeToReserved }),
    seconds,
    returns: madeOf(changes, 'return'),
    adjustments: madeOf(changes, 'adjustment'),
    books,
    unexplained: sales.flatMap(unexplained),
    ...(usage && { usage }),
  }
}

/** Whether the replay shows what it should: balanced books, every order decided, every rejection explained. */
export function isSound({ books, orders, unexplained }: Figures): boolean {
  return books.wrong.length === 0 && unexplained.length === 0 && orders.placed === undefined
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
