import { maxHeldLines, maxHeldWarehouses, type HeldLine } from '../../../schemas/held-lines.ts'
import type { Shortage } from '../../../schemas/reservation.ts'
import type { ShipTo, SourcingRule } from '../../../schemas/sourcing.ts'
import type { Expected } from './under-way.ts'
import { fewest } from './fewest-warehouses.ts'
import { type Stock, availableIn, reservable } from './stock.ts'

/** Sku and units, as asked for; each sku once. */
export type WantedLine = readonly [sku: string, quantity: number]

/** An active warehouse, and the regions that it ships to before others. */
export interface Site {
  readonly id: string
  readonly regions?: readonly string[] | undefined
}

/** Where the wanted lines go to and may come from. */
export interface Route {
  readonly shipTo?: ShipTo | undefined
  /** Ids of warehouses; all of them where it is not given. */
  readonly shipFrom?: readonly string[] | undefined
}

/** The route, where there is one. */
export const routed = ({ shipTo, shipFrom }: Route): { readonly route?: Route } =>
  shipTo === undefined && shipFrom === undefined
    ? {}
    : { route: { ...(shipTo !== undefined && { shipTo }), ...(shipFrom && { shipFrom }) } }

/** What sourcing chooses from. */
export interface Sources {
  readonly stockOf: (sku: string) => Stock | undefined
  /** The active warehouses, in order of priority. */
  readonly sites: readonly Site[]
  readonly rule: SourcingRule
  /** Units of a sku that are due to others; by default what all that wait are due. */
  readonly dueOf?: (sku: string) => number | undefined
  /** What is on its way of a sku that is short, the first to come first. */
  readonly expectedOf?: (sku: string) => readonly Expected[]
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
 * Chooses the warehouses of everything that is wanted, beside what is `held` already. The rule decides what comes first: few parcels, the
 * region, or the priority. Where its choice exceeds the bounds of one order (10 warehouses, 2,000 held lines), the other way to choose is
 * tried.
 */
export function source(
  wanted: readonly WantedLine[],
  { stockOf, sites, rule, dueOf = () => undefined }: Sources,
  held: readonly HeldLine[],
  route: Route = {},
): Sourcing {
  const active = sites.map(({ id }) => id)
  const warehouses = ranked(sites, rule, route)
  const shortages: Shortage[] = []
  const found: Wanted[] = []
  for (const [sku, requested] of wanted) {
    const stock = stockOf(sku)
    // Units are due to waiting orders wherever these are: an order that may ship from some warehouses leaves as many in all of them.
    const available = Math.min(reservable(stock, warehouses, 0), reservable(stock, active, dueOf(sku)))
    if (stock !== undefined && available >= requested) found.push({ stock, quantity: requested })
    else shortages.push({ sku, requested, available })
  }
  if (shortages.length > 0) return { shortages }
  const lineByLine = () => found.map((line) => pick(line, warehouses))
  const chosen = () => fewWarehouses(found, warehouses, held)
  const inOrder = () => gathered(found, chosen(), () => 0)
  // A line comes in fewer pieces from where there is more of it.
  const fullestFirst = () => gathered(found, chosen(), (stock, a, b) => availableIn(stock, b) - availableIn(stock, a))
  const ways = rule === 'fewest-parcels' ? [inOrder, fullestFirst, lineByLine] : [lineByLine, fullestFirst]
  for (const choose of ways) {
    const picks = choose()
    if (picks && hasAll(picks, found) && isWithinBounds(held, picks)) return { picks } // mutant: scattered
  }
  return { refusal: 'too_scattered' }
}

interface Wanted {
  readonly stock: Stock
  readonly quantity: number
}

/** The warehouses that may ship, the first to ship first: those of the region before others, unless the rule is priority alone. */
function ranked(sites: readonly Site[], rule: SourcingRule, { shipTo, shipFrom }: Route): readonly string[] {
  // mutant: ship-from
  const allowed = shipFrom === undefined ? sites : sites.filter(({ id }) => shipFrom.includes(id))
  const isNear = ({ regions = [] }: Site): boolean =>
    shipTo !== undefined && regions.some((region) => region === shipTo || shipTo.startsWith(`${region}-`))
  const near = rule === 'priority' ? [] : allowed.filter(isNear)
  return [...near, ...allowed.filter((site) => !near.includes(site))].map(({ id }) => id)
}

/** Whether the picks are all that is wanted: no way to choose may hold less of a line. */
const hasAll = (picks: readonly Pick[], wanted: readonly Wanted[]): boolean =>
  wanted.every(
    ({ quantity }, index) => quantity === (picks[index]?.lines ?? []).reduce((sum, [, , units]) => sum + units, 0),
  )

function isWithinBounds(held: readonly HeldLine[], picks: readonly Pick[]): boolean {
  const lines = [...held, ...picks.flatMap((each) => each.lines)]
  return lines.length <= maxHeldLines && warehousesOf(lines).size <= maxHeldWarehouses // mutant: bounds
}

const warehousesOf = (lines: readonly HeldLine[]): Set<string> => new Set(lines.map(([, warehouseId]) => warehouseId))

/** The units to reserve, from the first of the warehouses that has them all, else from as many as it takes. */
function pick({ stock, quantity }: Wanted, warehouses: readonly string[]): Pick {
  const whole = warehouses.find((warehouseId) => availableIn(stock, warehouseId) >= quantity)
  return { stock, lines: taken(stock, quantity, whole === undefined ? warehouses : [whole]) }
}

/** The lines that take the units from the warehouses, one after the other. */
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

/** The warehouses, in their order, that have everything and are few; undefined when it takes more than ten. */
function fewWarehouses(
  wanted: readonly Wanted[],
  warehouses: readonly string[],
  held: readonly HeldLine[],
): readonly string[] | undefined {
  const known = warehousesOf(held)
  const places = fewest(
    wanted.map(({ stock, quantity }) => ({ quantity, in: warehouses.map((id) => availableIn(stock, id)) })),
    warehouses.flatMap((id, place) => (known.has(id) ? [place] : [])),
    // Those that are not active any more count as well.
    maxHeldWarehouses - known.size,
  )
  return places && warehouses.filter((_, place) => places.includes(place))
}

/** Each line from the first warehouse that has it whole, else from as many as it takes, in the given order. */
const gathered = (
  wanted: readonly Wanted[],
  warehouses: readonly string[] | undefined,
  compare: (stock: Stock, one: string, other: string) => number,
): readonly Pick[] | undefined =>
  warehouses &&
  wanted.map((line) => {
    const { stock, quantity } = line
    const whole = warehouses.some((id) => availableIn(stock, id) >= quantity)
    if (whole) return pick(line, warehouses)
    const sorted = warehouses.toSorted((one, other) => compare(stock, one, other))
    return { stock, lines: taken(stock, quantity, sorted) }
  })
