import { maxHeldLines, maxHeldWarehouses, type HeldLine } from '../../../schemas/held-lines.ts'
import type { Shortage } from '../../../schemas/reservation.ts'
import { type Stock, availableIn, reservable } from './stock.ts'

/** Sku and units, as asked for; each sku once. */
export type WantedLine = readonly [sku: string, quantity: number]

/** What sourcing chooses from. */
export interface Sources {
  readonly stockOf: (sku: string) => Stock | undefined
  /** Ids of the active warehouses, the first to ship first. */
  readonly warehouses: readonly string[]
}

/** The units of one sku that are to be reserved. */
export interface Pick {
  readonly stock: Stock
  readonly lines: readonly HeldLine[]
}

/** Where everything comes from, or why it cannot. */
export type Sourcing =
  | { readonly picks: readonly Pick[] }
  | { readonly shortages: readonly Shortage[] }
  | { readonly refusal: 'too_scattered' }

/**
 * Chooses the warehouses of everything that is wanted, beside what is `held` already: each line from the first warehouse that has it
 * whole, else from as many as it takes, in order of priority. Where that exceeds the bounds of one order (10 warehouses, 2,000 held
 * lines), the fewest warehouses are looked for that have it all, each time the one that has most of what is missing.
 */
export function source(wanted: readonly WantedLine[], sources: Sources, held: readonly HeldLine[]): Sourcing {
  const { stockOf, warehouses } = sources
  const shortages: Shortage[] = []
  const picks: Pick[] = []
  for (const [sku, requested] of wanted) {
    const stock = stockOf(sku)
    const lines = stock && pick(stock, requested, warehouses)
    if (lines) picks.push({ stock, lines })
    else shortages.push({ sku, requested, available: reservable(stock, warehouses) })
  }
  if (shortages.length > 0) return { shortages }
  if (isWithinBounds(held, picks)) return { picks }
  const gathered = gather(picks, warehouses, held)
  // mutant: scattered
  return gathered && isWithinBounds(held, gathered) ? { picks: gathered } : { refusal: 'too_scattered' }
}

function isWithinBounds(held: readonly HeldLine[], picks: readonly Pick[]): boolean {
  const lines = [...held, ...picks.flatMap((each) => each.lines)]
  return lines.length <= maxHeldLines && warehousesOf(lines).size <= maxHeldWarehouses // mutant: bounds
}

const warehousesOf = (lines: readonly HeldLine[]): Set<string> => new Set(lines.map(([, warehouseId]) => warehouseId))

/**
 * The units to reserve, from the first of the warehouses that has them all, else from as many as it takes. Undefined when there are
 * not enough.
 */
export function pick(stock: Stock, quantity: number, warehouses: readonly string[]): readonly HeldLine[] | undefined {
  if (reservable(stock, warehouses) < quantity) return undefined
  const whole = warehouses.find((warehouseId) => availableIn(stock, warehouseId) >= quantity)
  return taken(stock, quantity, whole === undefined ? warehouses : [whole])
}

/** The lines that take the units from the warehouses, one after the other; fewer units where these have not got them all. */
function taken(stock: Stock, quantity: number, warehouses: readonly string[]): readonly HeldLine[] {
  const lines: HeldLine[] = []
  let missing = quantity
  for (const warehouseId of warehouses) {
    const units = Math.min(missing, availableIn(stock, warehouseId))
    if (units > 0) lines.push([stock.sku, warehouseId, units])
    missing -= units
  }
  return lines
}

/** Everything from few warehouses, each line from those that have most of it; undefined when 10 warehouses have not got it all. */
function gather(
  picks: readonly Pick[],
  warehouses: readonly string[],
  held: readonly HeldLine[],
): readonly Pick[] | undefined {
  const wanted = picks.map(({ stock, lines }) => ({
    stock,
    quantity: lines.reduce((sum, [, , units]) => sum + units, 0),
  }))
  const open = wanted.map(({ stock, quantity }) => ({ stock, missing: quantity }))
  const unitsIn = (warehouseId: string, { stock, missing }: (typeof open)[number]): number =>
    Math.min(missing, availableIn(stock, warehouseId))
  const gainOf = (warehouseId: string): number => open.reduce((sum, line) => sum + unitsIn(warehouseId, line), 0)
  const isMissing = (): boolean => open.some(({ missing }) => missing > 0)
  const chosen: string[] = []
  const choose = (warehouseId: string): void => {
    chosen.push(warehouseId)
    for (const line of open) line.missing -= unitsIn(warehouseId, line)
  }
  const known = warehousesOf(held)
  for (const warehouseId of warehouses.filter((id) => known.has(id))) choose(warehouseId)
  while (chosen.length < maxHeldWarehouses && isMissing()) {
    const rest = warehouses.filter((warehouseId) => !chosen.includes(warehouseId))
    // One of them has what is missing.
    choose(rest.reduce((best, each) => (gainOf(each) > gainOf(best) ? each : best)))
  }
  if (isMissing()) return undefined
  return wanted.map(({ stock, quantity }) => {
    const fullest = chosen.toSorted((a, b) => availableIn(stock, b) - availableIn(stock, a))
    return { stock, lines: taken(stock, quantity, fullest) }
  })
}
