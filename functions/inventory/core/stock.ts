import type { Level, StockTotals, UnavailableInput } from '../../../schemas/level.ts'
import type { HeldLine } from '../../../schemas/held-lines.ts'
import type { ReturnedLine } from '../../../schemas/shipping.ts'
import { maxUnits } from '../../../schemas/shared.ts'
import {
  type Bucket,
  type Counts,
  byKind,
  crossing,
  incoming,
  none,
  onHand,
  sellable,
  shownLevel,
  underWay,
  withMarks,
  withUnavailable,
} from './level.ts'

/** A sku has levels in at most this many warehouses: a step of a hold writes 99 skus in one transaction of 4 MB. */
export const maxLevels = 200

/** Where a unit can be: on hand in a bucket, or with a customer. */
type Place = Bucket | 'outside'

/** The level of each warehouse by its id. A map: an operator chooses the ids, and `constructor` is one. */
export type Levels = ReadonlyMap<string, Counts>

/** How orders may wait for a product. */
export interface Backorder {
  readonly cap?: number | undefined
  readonly shipBy?: string | undefined
}

/** The stock of one sku: its level in each warehouse. */
export interface Stock {
  readonly sku: string
  /** One unit of it exists: no more can be on hand. */
  readonly unique: boolean
  readonly lowStockAt?: number
  /** Its product may be waited for: up to `cap` units, and as its operator promises by `shipBy` (RFC 3339). */
  readonly backorder?: Backorder
  /** Units that waiting orders are due, whether they are there or not. */
  readonly waiting?: number
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

// mutant: level-of
export const countsOf = ({ levels }: Pick<Stock, 'levels'>, warehouseId: string): Counts =>
  levels.get(warehouseId) ?? none

/** What can be sold from one warehouse, active or not. */
export const availableIn = (stock: Stock, warehouseId: string): number => sellable(countsOf(stock, warehouseId))

/** The level of one warehouse; all zero where the sku never was. */
export const levelOf = (stock: Stock, warehouseId: string): Level =>
  shownLevel(warehouseId, countsOf(stock, warehouseId))

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

/** Units that waiting orders are due. */
export const unitsDue = ({ waiting = 0 }: Pick<Stock, 'waiting'>): number => waiting

/**
 * The sums over these warehouses, which are the active ones: what is shown is what can be sold, without what waiting orders are due. Of a
 * unique product also in one word.
 */
export function totalsOf(stock: Stock, warehouses: readonly string[], due = unitsDue(stock)): StockTotals {
  const sum = sumOf(warehouses.map((warehouseId) => countsOf(stock, warehouseId)))
  const unitsOf = (count: (counts: Counts) => number): number =>
    warehouses.reduce((units, warehouseId) => units + count(countsOf(stock, warehouseId)), 0)
  const sellableUnits = unitsOf(sellable)
  const keepBack = sum.available - sellableUnits
  const available = Math.max(sellableUnits - due, 0) // mutant: units-due
  return {
    sku: stock.sku,
    onHand: onHand(sum),
    ...sum,
    available,
    ...(keepBack > 0 && { keepBack }),
    ...(unitsDue(stock) > 0 && { waiting: unitsDue(stock) }),
    ...underWay({ incoming: unitsOf(incoming), inTransit: unitsOf(({ inTransit = 0 }) => inTransit) }),
    ...(stock.unique && { state: available > 0 ? 'available' : stateOf({ ...sum, available: sellableUnits }) }),
  }
}

/** A unit that a waiting order is due is as good as reserved. */
const stateOf = ({ available, reserved }: Counts): NonNullable<StockTotals['state']> =>
  available + reserved > 0 ? 'reserved' : 'sold'

/** What can be reserved in these warehouses, beside the units that are due to others: by default to all that wait. */
export const reservable = (stock: Stock | undefined, warehouses: readonly string[], due?: number): number =>
  stock === undefined || stock.retired ? 0 : totalsOf(stock, warehouses, due).available // mutant: retired-stock

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
  if (!hasRoom(stock, warehouseId)) return { code: 'too_many_levels' }
  const levels = withLevel(stock.levels, warehouseId, { ...counts, available, updatedAt: at })
  const adjusted = { ...stock, levels }
  // mutant: adjustment-unique
  if (stock.unique && delta > 0 && totalOnHand(adjusted) > 1) return { code: 'unique_exceeded' }
  return { stock: adjusted, delta }
}

/**
 * Makes available units unavailable, or brings unavailable ones of a kind back or off the books. What is kept back is no hindrance: a unit
 * that breaks is broken.
 */
export function moveUnavailable(
  stock: Stock,
  { warehouseId, quantity, kind, move: way }: Pick<UnavailableInput, 'warehouseId' | 'quantity' | 'kind' | 'move'>,
  at: string,
): Adjusted | Extract<AdjustmentRefusal, { code: 'insufficient_stock' }> {
  const counts = countsOf(stock, warehouseId)
  const kinds = byKind(counts)
  const there = way === 'in' ? counts.available : kinds[kind] // mutant: unavailable-kind
  if (there < quantity) return { code: 'insufficient_stock', available: there } // mutant: unavailable-short
  const added = way === 'in' ? quantity : -quantity
  const available = counts.available - (way === 'writeOff' ? 0 : added) // mutant: written-off
  const moved = withUnavailable({ ...counts, available, updatedAt: at }, { ...kinds, [kind]: kinds[kind] + added })
  const levels = withLevel(stock.levels, warehouseId, moved)
  return { stock: { ...stock, levels }, delta: way === 'writeOff' ? -quantity : 0 }
}

/** Sets what is kept back in a warehouse, and its low-stock mark. */
export function setLevel(
  stock: Stock,
  warehouseId: string,
  marks: Parameters<typeof withMarks>[1],
): Stock | Extract<AdjustmentRefusal, { code: 'too_many_levels' }> {
  if (!hasRoom(stock, warehouseId)) return { code: 'too_many_levels' }
  return { ...stock, levels: withLevel(stock.levels, warehouseId, withMarks(countsOf(stock, warehouseId), marks)) }
}

export const hasRoom = ({ levels }: Stock, warehouseId: string): boolean =>
  levels.has(warehouseId) || levels.size < maxLevels

/** Whether no unit of it is promised to an order or checkout, nor waited for. */
export function retirable(stock: Stock): boolean {
  const { reserved, allocated } = sumOf(stock.levels.values())
  return reserved === 0 && allocated === 0 && unitsDue(stock) === 0 // mutant: retirement
}

const isAtMark = ({ lowStockAt }: Stock, units: number): boolean => lowStockAt !== undefined && units <= lowStockAt

/**
 * The events that a change of stock emits, as far as the active warehouses go: `stock.low` when the mark is crossed, by units or by the mark
 * itself; `stock.replenished` when there is something again.
 */
export function emits(
  before: Stock,
  after: Stock,
  warehouses: readonly string[],
): readonly ('stock.low' | 'stock.replenished')[] {
  const had = totalsOf(before, warehouses).available
  const has = totalsOf(after, warehouses).available
  if (isAtMark(after, has) && !isAtMark(before, had)) return ['stock.low']
  return had === 0 && has > 0 && !after.retired ? ['stock.replenished'] : []
}

/** The same of the marks of single warehouses, active or not. */
export function crossings(
  before: Stock,
  after: Stock,
): readonly { readonly name: 'stock.low' | 'stock.replenished'; readonly warehouseId: string }[] {
  if (after.retired) return []
  return [...after.levels].flatMap(([warehouseId, counts]) => {
    const name = crossing(before.levels.get(warehouseId), counts)
    return name === undefined ? [] : [{ name, warehouseId }]
  })
}
