import type { Shortage } from '../../../schemas/reservation.ts'
import type { Sources } from './sourcing.ts'
import { reservable, unitsDue } from './stock.ts'

/**
 * When an order that begins to wait for these lines can be held: of each sku when enough is expected for it and for those that wait already,
 * else when its product is promised; undefined where neither is known of one of them.
 */
export function estimateOf(shortages: readonly Shortage[], sources: Sources, now: string): string | undefined {
  const times = shortages.map(
    ({ sku, requested }) => expectedBy(sku, requested, sources, now) ?? sources.stockOf(sku)?.backorder?.shipBy,
  )
  return times.reduce((last, each) =>
    last === undefined || each === undefined ? undefined : last > each ? last : each,
  )
}

/** The first time by which what is expected covers all that is due. What is late has no date, and what comes to an inactive warehouse is not for sale. */
function expectedBy(
  sku: string,
  requested: number,
  { stockOf, sites, expectedOf = () => [] }: Sources,
  now: string,
): string | undefined {
  const stock = stockOf(sku)
  if (stock === undefined) return undefined
  const active = sites.map(({ id }) => id)
  let missing = unitsDue(stock) + requested - reservable(stock, active, 0)
  for (const { at, warehouseId, units } of expectedOf(sku)) {
    if (at <= now || !active.includes(warehouseId)) continue
    missing -= units
    if (missing <= 0) return at
  }
  return undefined
}
