import type { Progress } from '../replay/progress.ts'
import { type Difference, type KnownLevel, noOthers, ofLevel, ofMoney, ofOrder } from './differences.ts'
import { type Reading, type Seen, type Tables, readAll, versionsOf } from './reading.ts'

/** A level that does not fit, in the version of the stock that it was read in. */
export interface OddLevel extends KnownLevel {
  readonly sku: string
  readonly warehouseId: string
  readonly version: number
  readonly differences: readonly Difference[]
}

export interface Reconciliation {
  readonly skus: number
  readonly orders: number
  readonly differences: readonly Difference[]
  /** The levels that some of the differences are about. */
  readonly oddLevels: readonly OddLevel[]
  /** Skus that did not fit, and moved in every further reading: what is wrong with them is not known. */
  readonly moving: readonly string[]
}

/** How long an order and what belongs to it must have rested before a difference between them is named, in milliseconds. */
export const restMs = 15 * 60_000
/** How often everything is read at most, until no sku in question has moved meanwhile. */
const maxReadings = 4

/**
 * Holds stock against its movements and against what reservations hold and supplies bring, and orders against their reservations and payments. Changes nothing.
 *
 * It works while orders flow. Whatever a reservation holds of a sku, or a supply brings, changes in one transaction with the stock of that sku: what was read between
 * two equal versions of a stock is of one moment, and a difference in it is one. A sku that does not fit is read again until it has not moved. Between services, where
 * answers are under way, a difference counts once both sides have rested for a quarter of an hour.
 */
export async function reconcile(
  tables: Tables,
  { now, progress }: { readonly now: number; readonly progress: Progress },
): Promise<Reconciliation> {
  const read = async (phase: string): Promise<Reading> => {
    progress.start(phase, 0)
    const reading = await readAll(tables, () => progress.step())
    progress.stop()
    return reading
  }
  const first = await read('reading')
  const oddLevels: OddLevel[] = []
  let open = [...first.levels.keys()].filter((sku) => oddLevelsOf(first, sku).length > 0)
  for (let readings = 1; readings < maxReadings && open.length > 0; readings += 1) {
    const before = await versionsOf(tables, open)
    const reading = await read('reading again')
    const after = await versionsOf(tables, open)
    const stood = new Set(
      open.filter((sku) => before.get(sku) === after.get(sku) && after.get(sku) === reading.stocks.get(sku)),
    )
    for (const sku of stood) oddLevels.push(...oddLevelsOf(reading, sku))
    open = open.filter((sku) => !stood.has(sku))
  }
  return {
    skus: first.stocks.size,
    orders: first.orders.size,
    differences: [...oddLevels.flatMap((level) => level.differences), ...betweenServices(first, now)],
    oddLevels,
    moving: open,
  }
}

const oddLevelsOf = ({ stocks, levels, others }: Reading, sku: string): readonly OddLevel[] =>
  Array.from(levels.get(sku) ?? [], ([warehouseId, known]) => {
    const differences = ofLevel(`${sku} in ${warehouseId}`, known, others.get(sku)?.get(warehouseId) ?? noOthers)
    return { ...known, sku, warehouseId, version: stocks.get(sku) ?? 0, differences }
  }).filter(({ differences }) => differences.length > 0)

function betweenServices({ orders, reservations, payments }: Reading, now: number): readonly Difference[] {
  const rests = (each: Seen<unknown> | undefined): boolean => each === undefined || each.at <= now - restMs
  return [...orders].flatMap(([id, order]) => {
    const [reservation, payment] = [reservations.get(id), payments.get(id)]
    if (!rests(order)) return []
    return [
      ...(rests(reservation) ? ofOrder(order.content, reservation?.content) : []),
      ...(rests(payment) ? ofMoney(order.content, payment?.content) : []),
    ]
  })
}
