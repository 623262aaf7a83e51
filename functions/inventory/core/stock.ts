import type { Level, StockTotals } from '../../../schemas/inventory.ts'
import type { HeldLine } from '../../../schemas/held-lines.ts'
import type { ReturnedLine } from '../../../schemas/shipping.ts'
import { maxUnits } from '../../../schemas/shared.ts'

/** A sku has levels in at most this many warehouses: a step of a hold writes 99 skus in one transaction of 4 MB. */
export const maxLevels = 200

/** Where a unit on hand can be. */
export type Bucket = 'available' | 'reserved' | 'allocated' | 'unavailable'
/** Where a unit can be: on hand in a bucket, or with a customer. */
type Place = Bucket | 'outside'
export type Counts = Readonly<Record<Bucket, number>> & { readonly updatedAt?: string }

/** The level of each warehouse by its id. A map: an operator chooses the ids, and `constructor` is one. */
export type Levels = ReadonlyMap<string, Counts>

/** The stock of one sku: its level in each warehouse. */
export interface Stock {
  readonly sku: string
  /** One unit of it exists: no more can be on hand. */
  readonly unique: boolean
  readonly lowStockAt?: number
  /** Its product is deleted, or about to be: nothing more is reserved. */
  readonly retired: boolean
  readonly productVersion: number
  readonly levels: Levels
}

export type AdjustmentRefusal =
  | { readonly code: 'insufficient_stock'; readonly available: number }
  | { readonly code: 'level_changed'; readonly onHand: number }
  | { readonly code: 'unique_exceeded' }
  | { readonly code: 'too_many_units' }
  | { readonly code: 'too_many_levels' }

const none: Counts = { available: 0, reserved: 0, allocated: 0, unavailable: 0 }

// mutant: level-of
export const countsOf = ({ levels }: Pick<Stock, 'levels'>, warehouseId: string): Counts =>
  levels.get(warehouseId) ?? none

/** What is available in one warehouse, active or not. */
export const availableIn = (stock: Stock, warehouseId: string): number => countsOf(stock, warehouseId).available

const onHand = ({ available, reserved, allocated, unavailable }: Counts): number =>
  available + reserved + allocated + unavailable

/** The level of one warehouse; all zero where the sku never was. */
export function levelOf(stock: Stock, warehouseId: string): Level {
  const counts = countsOf(stock, warehouseId)
  return { warehouseId, onHand: onHand(counts), ...counts }
}

function sumOf(levels: Iterable<Counts>): Counts {
  let sum = none
  for (const { available, reserved, allocated, unavailable } of levels)
    sum = {
      available: sum.available + available,
      reserved: sum.reserved + reserved,
      allocated: sum.allocated + allocated,
      unavailable: sum.unavailable + unavailable,
    }
  return sum
}

/** Units on hand in all warehouses, active or not. */
export const totalOnHand = ({ levels }: Stock): number => onHand(sumOf(levels.values()))

/** The sums over these warehouses, which are the active ones: what is shown is what can be sold. Of a unique product also in one word. */
export function totalsOf(stock: Stock, warehouses: readonly string[]): StockTotals {
  const sum = sumOf(warehouses.map((warehouseId) => countsOf(stock, warehouseId)))
  return { sku: stock.sku, onHand: onHand(sum), ...sum, ...(stock.unique && { state: stateOf(sum) }) }
}

function stateOf({ available, reserved }: Counts): NonNullable<StockTotals['state']> {
  if (available > 0) return 'available'
  return reserved > 0 ? 'reserved' : 'sold'
}

/** What can be reserved in these warehouses. */
export const reservable = (stock: Stock | undefined, warehouses: readonly string[]): number =>
  stock === undefined || stock.retired ? 0 : totalsOf(stock, warehouses).available // mutant: retired-stock

/** A level that cannot be: a count below zero, or none at all. Nothing of it is written. */
export class ImpossibleLevel extends Error {
  override readonly name = 'ImpossibleLevel'
}

/** Throws `ImpossibleLevel` unless every count of every level is an integer of 0 or more. */
export function checkLevels({ sku, levels }: Stock): void {
  for (const [warehouseId, { available, reserved, allocated, unavailable }] of levels)
    for (const count of [available, reserved, allocated, unavailable])
      if (!Number.isSafeInteger(count) || count < 0)
        throw new ImpossibleLevel(`${sku} in ${warehouseId} would have ${count} units.`)
}

/** A reservation and its stock do not go together: another writer changed both between the two reads. */
export class TornRead extends Error {
  override readonly name = 'TornRead'
}

/** Moves the units of lines from place to place. Throws `TornRead` where a bucket has fewer than the lines. */
export function move(
  stock: Stock,
  lines: readonly (HeldLine | ReturnedLine)[],
  from: Place,
  to: Place,
  at: string,
): Stock {
  let levels = stock.levels
  for (const [, warehouseId, units] of lines) {
    const counts = countsOf({ levels }, warehouseId)
    if (from !== 'outside' && counts[from] < units) {
      throw new TornRead(
        `${stock.sku} in ${warehouseId}: ${units} units of ${counts[from]} ${from} cannot move to ${to}`,
      )
    }
    const taken = from === 'outside' ? counts : { ...counts, [from]: counts[from] - units } // mutant: units-taken
    const put = to === 'outside' ? taken : { ...taken, [to]: taken[to] + units } // mutant: units-put
    levels = withLevel(levels, warehouseId, { ...put, updatedAt: at }) // mutant: units-level
  }
  return { ...stock, levels }
}

export const withLevel = (levels: Levels, warehouseId: string, counts: Counts): Levels =>
  new Map(levels).set(warehouseId, counts)

/**
 * Puts units that came back on hand. Of a unique product never more than its one unit: it may have been counted in meanwhile, or have
 * become unique since several units left.
 */
export function takeBack(stock: Stock, lines: readonly (HeldLine | ReturnedLine)[], at: string): Stock {
  return lines.reduce((back, line) => {
    const [sku, warehouseId, units, condition] = line
    const taken = back.unique ? Math.min(units, Math.max(1 - totalOnHand(back), 0)) : units
    if (taken === 0) return back
    const to = condition === 'damaged' ? 'unavailable' : 'available'
    return move(back, [[sku, warehouseId, taken]], 'outside', to, at)
  }, stock)
}

interface Adjustment {
  readonly delta?: number | undefined
  readonly set?: number | undefined
  readonly expected?: number | undefined
}

/** The stock after an adjustment, and by how many units it grew. */
export interface Adjusted {
  readonly stock: Stock
  readonly delta: number
}

/** Adds, takes or counts units in one warehouse; what is reserved or allocated is never touched. */
export function adjust(
  stock: Stock,
  warehouseId: string,
  change: { readonly delta: number },
  at: string,
): Adjusted | Exclude<AdjustmentRefusal, { code: 'level_changed' }>
export function adjust(stock: Stock, warehouseId: string, change: Adjustment, at: string): Adjusted | AdjustmentRefusal
export function adjust(
  stock: Stock,
  warehouseId: string,
  change: Adjustment,
  at: string,
): Adjusted | AdjustmentRefusal {
  const counts = countsOf(stock, warehouseId)
  const before = onHand(counts)
  const { delta: added = 0, set = before + added, expected = before } = change
  if (expected !== before) return { code: 'level_changed', onHand: before }
  const delta = set - before
  const available = counts.available + delta
  if (available < 0) return { code: 'insufficient_stock', available: counts.available } // mutant: adjustment-short
  if (delta > 0 && before + delta > maxUnits) return { code: 'too_many_units' }
  if (!stock.levels.has(warehouseId) && stock.levels.size >= maxLevels) return { code: 'too_many_levels' }
  const levels = withLevel(stock.levels, warehouseId, { ...counts, available, updatedAt: at })
  const adjusted = { ...stock, levels }
  // mutant: adjustment-unique
  if (stock.unique && delta > 0 && totalOnHand(adjusted) > 1) return { code: 'unique_exceeded' }
  return { stock: adjusted, delta }
}

/** Whether no unit of it is promised to an order or checkout. */
export function retirable(stock: Stock): boolean {
  const { reserved, allocated } = sumOf(stock.levels.values())
  return reserved === 0 && allocated === 0 // mutant: retirement
}

/**
 * The events that a change of stock emits, as far as the active warehouses go: `stock.low` when the mark is crossed, `stock.replenished`
 * when there is something again.
 */
export function emits(
  before: Stock,
  after: Stock,
  warehouses: readonly string[],
): readonly ('stock.low' | 'stock.replenished')[] {
  const had = totalsOf(before, warehouses).available
  const has = totalsOf(after, warehouses).available
  const mark = after.lowStockAt
  if (mark !== undefined && has < had && has <= mark && had > mark) return ['stock.low']
  return had === 0 && has > 0 && !after.retired ? ['stock.replenished'] : []
}
