import type { HeldLine, Level, StockTotals } from '../../schemas/inventory.ts'
import type { ReturnedLine } from '../../schemas/shipping.ts'
import { maxUnits } from '../../schemas/shared.ts'

/** Where a unit on hand can be. */
export type Bucket = 'available' | 'reserved' | 'allocated' | 'unavailable'
/** Where a unit can be: on hand in a bucket, or with a customer. */
type Place = Bucket | 'outside'
export type Counts = Readonly<Record<Bucket, number>> & { readonly updatedAt?: string }

/** The stock of one sku: its level in each warehouse. */
export interface Stock {
  readonly sku: string
  /** One unit of it exists: no more can be on hand. */
  readonly unique: boolean
  readonly lowStockAt?: number
  /** Its product is deleted, or about to be: nothing more is reserved. */
  readonly retired: boolean
  readonly productVersion: number
  readonly levels: Readonly<Record<string, Counts>>
}

/** What the catalogue says of a product that matters here. */
export interface ProductSaid {
  readonly sku: string
  readonly unique: boolean
  readonly lowStockAt?: number | undefined
  readonly version: number
  /** The version in which this life of the sku began; events of old do not say it. */
  readonly createdVersion?: number | undefined
}

export type AdjustmentRefusal =
  | { readonly code: 'insufficient_stock'; readonly available: number }
  | { readonly code: 'level_changed'; readonly onHand: number }
  | { readonly code: 'unique_exceeded' }
  | { readonly code: 'too_many_units' }

const none: Counts = { available: 0, reserved: 0, allocated: 0, unavailable: 0 }

const countsOf = ({ levels }: Pick<Stock, 'levels'>, warehouseId: string): Counts => levels[warehouseId] ?? none

const onHand = ({ available, reserved, allocated, unavailable }: Counts): number =>
  available + reserved + allocated + unavailable

/** The level of one warehouse; all zero where the sku never was. */
export function levelOf(stock: Stock, warehouseId: string): Level {
  const counts = countsOf(stock, warehouseId)
  return { warehouseId, onHand: onHand(counts), ...counts }
}

/** The sums over all warehouses; of a unique product also in one word. */
export function totalsOf(stock: Stock): StockTotals {
  const sum = Object.values(stock.levels).reduce<Counts>(
    (total, counts) => ({
      available: total.available + counts.available,
      reserved: total.reserved + counts.reserved,
      allocated: total.allocated + counts.allocated,
      unavailable: total.unavailable + counts.unavailable,
    }),
    none,
  )
  return { sku: stock.sku, onHand: onHand(sum), ...sum, ...(stock.unique && { state: stateOf(sum) }) }
}

function stateOf({ available, reserved }: Counts): NonNullable<StockTotals['state']> {
  if (available > 0) return 'available'
  return reserved > 0 ? 'reserved' : 'sold'
}

/** What can be reserved in these warehouses. */
export function reservable(stock: Stock | undefined, warehouses: readonly string[]): number {
  if (stock === undefined || stock.retired) return 0
  return warehouses.reduce((sum, warehouseId) => sum + countsOf(stock, warehouseId).available, 0)
}

/**
 * The units to reserve, from the first of the warehouses (in order of priority) that has them all, else from as many as it takes.
 * Undefined when there are not enough.
 */
export function pick(stock: Stock, quantity: number, warehouses: readonly string[]): readonly HeldLine[] | undefined {
  if (reservable(stock, warehouses) < quantity) return undefined
  const whole = warehouses.find((warehouseId) => countsOf(stock, warehouseId).available >= quantity)
  if (whole !== undefined) return [[stock.sku, whole, quantity]]
  const lines: HeldLine[] = []
  let missing = quantity
  for (const warehouseId of warehouses) {
    const units = Math.min(missing, countsOf(stock, warehouseId).available)
    if (units > 0) lines.push([stock.sku, warehouseId, units])
    missing -= units
  }
  return lines
}

/** A reservation and its stock do not go together: they were read while somebody wrote both. */
export class TornBooks extends Error {
  override readonly name = 'TornBooks'
}

/** Moves the units of lines from place to place. Throws `TornBooks` where a bucket has fewer than the lines say. */
export function move<Any extends Stock>(
  stock: Any,
  lines: readonly (HeldLine | ReturnedLine)[],
  from: Place,
  to: Place,
  at: string,
): Any {
  let levels = stock.levels
  for (const [, warehouseId, units] of lines) {
    const counts = countsOf({ levels }, warehouseId)
    if (from !== 'outside' && counts[from] < units) {
      throw new TornBooks(
        `${stock.sku} in ${warehouseId}: ${units} units of ${counts[from]} ${from} cannot move to ${to}`,
      )
    }
    const taken = from === 'outside' ? counts : { ...counts, [from]: counts[from] - units }
    const put = to === 'outside' ? taken : { ...taken, [to]: taken[to] + units }
    levels = { ...levels, [warehouseId]: { ...put, updatedAt: at } }
  }
  return { ...stock, levels }
}

/** Puts units that came back on hand. Where a unique product was counted in meanwhile, its one unit is there already. */
export function takeBack<Any extends Stock>(stock: Any, lines: readonly (HeldLine | ReturnedLine)[], at: string): Any {
  return lines.reduce((back, line) => {
    if (back.unique && totalsOf(back).onHand > 0) return back
    return move(back, [line], 'outside', line[3] === 'damaged' ? 'unavailable' : 'available', at)
  }, stock)
}

/** Adds, takes or counts units in one warehouse; what is reserved or allocated is never touched. */
export function adjust<Any extends Stock>(
  stock: Any,
  warehouseId: string,
  change: {
    readonly delta?: number | undefined
    readonly set?: number | undefined
    readonly expected?: number | undefined
  },
  at: string,
): { readonly stock: Any; readonly delta: number } | AdjustmentRefusal {
  const counts = countsOf(stock, warehouseId)
  const before = onHand(counts)
  const { delta: added = 0, set = before + added, expected = before } = change
  if (expected !== before) return { code: 'level_changed', onHand: before }
  const delta = set - before
  const available = counts.available + delta
  if (available < 0) return { code: 'insufficient_stock', available: counts.available }
  if (delta > 0 && before + delta > maxUnits) return { code: 'too_many_units' }
  const levels = { ...stock.levels, [warehouseId]: { ...counts, available, updatedAt: at } }
  const adjusted = { ...stock, levels }
  if (stock.unique && delta > 0 && totalsOf(adjusted).onHand > 1) return { code: 'unique_exceeded' }
  return { stock: adjusted, delta }
}

/** The stock of a product after the catalogue spoke of it; undefined when that is old news. */
export function told<Any extends Stock>(
  stock: Any | undefined,
  product: ProductSaid,
  exists: 'created' | 'updated',
): Stock | Any | undefined {
  if (stock !== undefined && stock.productVersion >= product.version) return undefined
  const { lowStockAt: _, ...kept } = stock ?? { retired: false, levels: {} }
  return {
    ...kept,
    sku: product.sku,
    unique: product.unique,
    ...(product.lowStockAt !== undefined && { lowStockAt: product.lowStockAt }),
    retired: stock !== undefined && stock.retired && exists === 'updated' && sameLife(stock, product),
    productVersion: product.version,
  }
}

/** An update may overtake the creation that it follows: then it is the first to tell that a retired sku lives again. */
const sameLife = (stock: Stock, { createdVersion = 0 }: ProductSaid): boolean => createdVersion <= stock.productVersion

/** Whether nothing of it is promised to anybody. */
export function retirable(stock: Stock): boolean {
  const { reserved, allocated } = totalsOf(stock)
  return reserved === 0 && allocated === 0
}

/** The news of a change of stock: `stock.low` when the mark is crossed, `stock.replenished` when there is something again. */
export function newsOf(before: Stock, after: Stock): readonly ('stock.low' | 'stock.replenished')[] {
  const had = totalsOf(before).available
  const has = totalsOf(after).available
  const mark = after.lowStockAt
  if (mark !== undefined && has < had && has <= mark && had > mark) return ['stock.low']
  return had === 0 && has > 0 && !after.retired ? ['stock.replenished'] : []
}
