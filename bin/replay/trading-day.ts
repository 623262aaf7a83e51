import { guest } from '../../schemas/guest.ts'
import { readRows, type Row, type Unusable } from './rows.ts'
import { skusOf } from './skus.ts'

/** An invoice, placed as one order. */
export interface Sale {
  readonly kind: 'sale'
  readonly invoice: string
  readonly at: number
  readonly customerId: string
  readonly lines: readonly { readonly sku: string; readonly quantity: number }[]
}

/** Goods that came back, that were lost or found, or that a supplier brought: units to add to what is there. */
export interface Change {
  readonly kind: 'return' | 'adjustment' | 'delivery'
  readonly at: number
  readonly sku: string
  readonly delta: number
  readonly reason: string
  /** The invoice number; of a delivery its id. */
  readonly reference: string
}

export interface ListedProduct {
  readonly sku: string
  readonly name: string
  /** In pence. */
  readonly price: number
}

/** What is in the files: every row is counted in exactly one of `classes`. */
export interface TradingDay {
  readonly files: readonly string[]
  readonly rows: number
  readonly classes: {
    readonly sale: number
    readonly return: number
    readonly adjustment: number
    readonly unusable: number
  }
  readonly unusable: readonly Unusable[]
  readonly products: readonly ListedProduct[]
  /** Sales and changes in their order in time. */
  readonly happenings: readonly (Sale | Change)[]
  readonly oddities: Oddities
}

/** What was odd, and yet could be used. */
export interface Oddities {
  /** Stock codes that are no sku, and what became of them. */
  readonly renamed: readonly { readonly code: string; readonly sku: string }[]
  /** Products without any description; they are named after their sku. */
  readonly nameless: number
  /** Products with several descriptions; the first one counts. */
  readonly severalNames: number
  /** Lines sold at another price than the list price of their product, which the backend charges. */
  readonly otherPrices: number
  /** Lines sold for nothing. */
  readonly free: number
  /** Lines that repeat a sku of their invoice. */
  readonly repeated: number
}

/** The most lines that one order takes; a longer invoice is sent with its lines merged by sku. */
const maxLines = 1_000

/** Reads what happened from CSV files with the columns of Online Retail. Throws when a file lacks one of the columns. */
export function tradingDay(files: readonly { readonly name: string; readonly text: string }[]): TradingDay {
  const read = files.map(({ name, text }) => readRows(name, text))
  const rows = read.flatMap((file) => file.rows)
  const unusable = read.flatMap((file) => file.unusable)
  const skus = skusOf(rows.map(({ code }) => code))
  const known = rows.map((row) => ({ ...row, sku: skus.get(row.code) ?? row.code }))
  const of = (kind: Row['kind']) => known.filter((row) => row.kind === kind)
  const products = productsOf(known)
  const day = {
    files: files.map(({ name }) => name),
    rows: read.reduce((sum, { count }) => sum + count, 0),
    classes: {
      sale: of('sale').length,
      return: of('return').length,
      adjustment: of('adjustment').length,
      unusable: unusable.length,
    },
    unusable,
    products: products.map(({ sku, name, price }) => ({ sku, name, price })),
    happenings: [...salesOf(of('sale')), ...[...of('return'), ...of('adjustment')].map(changeOf)].toSorted(
      (a, b) => a.at - b.at,
    ),
    oddities: odditiesOf(skus, products, of('sale')),
  }
  const counted = Object.values(day.classes).reduce((sum, count) => sum + count, 0)
  if (counted !== day.rows) throw new Error(`Of ${day.rows} rows ${counted} were counted: a row is lost.`)
  return day
}

type KnownRow = Row & { readonly sku: string }

function salesOf(rows: readonly KnownRow[]): Sale[] {
  return [...Map.groupBy(rows, ({ invoice }) => invoice)].map(([invoice, lines]) => ({
    kind: 'sale',
    invoice,
    at: Math.min(...lines.map(({ at }) => at)),
    customerId: lines.find(({ customer }) => customer !== undefined)?.customer ?? guest,
    lines: lines.length > maxLines ? merged(lines) : lines.map(({ sku, quantity }) => ({ sku, quantity })),
  }))
}

/** The lines with every sku once. */
export function merged(lines: Sale['lines']): Sale['lines'] {
  return [...Map.groupBy(lines, ({ sku }) => sku)].map(([sku, same]) => ({
    sku,
    quantity: same.reduce((sum, { quantity }) => sum + quantity, 0),
  }))
}

/** The days of the calendar, in UTC, in their order. */
export const daysOf = (day: TradingDay): readonly TradingDay[] =>
  [...Map.groupBy(day.happenings, ({ at }) => new Date(at).toISOString().slice(0, 10)).values()].map((happenings) => ({
    ...day,
    happenings,
  }))

/** The units that the sales of the day ask for. */
export function unitsAsked({ happenings }: Pick<TradingDay, 'happenings'>): ReadonlyMap<string, number> {
  const lines = happenings.flatMap((each) => (each.kind === 'sale' ? each.lines : []))
  return new Map(merged(lines).map(({ sku, quantity }) => [sku, quantity]))
}

function changeOf({ kind, at, sku, quantity, description, invoice }: KnownRow): Change {
  if (kind === 'return') return { kind, at, sku, delta: -quantity, reason: 'return', reference: invoice }
  return { kind: 'adjustment', at, sku, delta: quantity, reason: description || 'adjustment', reference: invoice }
}

interface FoundProduct extends ListedProduct {
  readonly descriptions: number
}

function productsOf(rows: readonly KnownRow[]): FoundProduct[] {
  return [...Map.groupBy(rows, ({ sku }) => sku)].map(([sku, own]) => {
    const priced = own.filter(({ price }) => price > 0)
    const described = [...priced, ...own].map(({ description }) => description).filter((text) => text !== '')
    const sold = priced.filter(({ kind }) => kind === 'sale')
    return {
      sku,
      name: (described[0] ?? sku).slice(0, 200),
      price: mostUsual((sold.length > 0 ? sold : priced).map(({ price }) => price)) ?? 0,
      descriptions: new Set(described).size,
    }
  })
}

/** The value that stands there most often; of several the first. */
function mostUsual(values: readonly number[]): number | undefined {
  const counted = [...Map.groupBy(values, (value) => value)]
  return counted.toSorted(([, a], [, b]) => b.length - a.length)[0]?.[0]
}

function odditiesOf(
  skus: ReadonlyMap<string, string>,
  products: readonly FoundProduct[],
  sales: readonly KnownRow[],
): Oddities {
  const listPrices = new Map(products.map(({ sku, price }) => [sku, price]))
  const distinct = new Set(sales.map(({ invoice, sku }) => `${invoice} ${sku}`))
  return {
    renamed: [...skus].filter(([code, sku]) => code !== sku).map(([code, sku]) => ({ code, sku })),
    nameless: products.filter(({ descriptions }) => descriptions === 0).length,
    severalNames: products.filter(({ descriptions }) => descriptions > 1).length,
    otherPrices: sales.filter(({ sku, price }) => listPrices.get(sku) !== price).length,
    free: sales.filter(({ price }) => price === 0).length,
    repeated: sales.length - distinct.size,
  }
}
