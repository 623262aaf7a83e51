import type { OrderStatus } from '../../schemas/order-status.ts'
import { inOrder } from './in-order.ts'
import { type Levels, levelsOf, stockStates } from './levels.ts'
import type { Opening } from './open-stock.ts'
import { retryForMs, persist } from './persist.ts'
import type { MadeChange, PhaseOptions, PlacedSale } from './place.ts'
import type { Stack } from './stack.ts'

/** The stock of all skus together, in units, and what does not reconcile. */
export interface StockReconciliation {
  readonly skus: number
  /** On hand when the day began. */
  readonly opening: number
  /** On hand now, by what they are. */
  readonly levels: Levels
  /** What returns brought, less what adjustments took. */
  readonly adjusted: number
  /** What has left with the parcels of orders. */
  readonly shipped: number
  readonly wrong: readonly string[]
}

/** Reads every level of these skus from the API. */
export async function readLevels(
  { api, clock }: Stack,
  skus: readonly string[],
  { atOnce, progress }: PhaseOptions,
): Promise<ReadonlyMap<string, Levels>> {
  const levels = new Map<string, Levels>()
  progress.start('reconcile', skus.length)
  await inOrder(skus, atOnce, async (sku) => {
    const { items } = await persist(() => api.getLevels({ params: { sku } }), { clock, forMs: retryForMs })
    levels.set(sku, levelsOf(items))
    progress.step()
  })
  progress.stop()
  return levels
}

/** All of whose units have left. */
const gone: readonly OrderStatus[] = ['shipped', 'delivered', 'completed']

/**
 * Holds for every sku that opening stock and adjustments, less what was shipped, are what is there, reserved, allocated and unavailable;
 * that nothing is below zero; and that exactly the units of the orders that wait are reserved or allocated; and for every order whose
 * parcels have left that they carried what was ordered. Assumes that nobody else trades meanwhile.
 */
export function reconcile(
  opening: Opening,
  trading: { readonly sales: readonly PlacedSale[]; readonly changes: readonly MadeChange[] },
  levels: ReadonlyMap<string, Levels>,
): StockReconciliation {
  const adjusted = unitsBySku(
    trading.changes.filter(({ problem }) => problem === undefined).map(({ change }) => [change.sku, change.delta]),
  )
  const held = { reserved: unitsOf(trading.sales, ['reserved']), allocated: unitsOf(trading.sales, ['confirmed']) }
  const shipped = unitsOf(trading.sales, gone)
  const wrong = [...levels].flatMap(([sku, now]) => {
    const before = opening.before.get(sku)
    if (before === undefined) return [`${sku}: stock was never opened`]
    const expected = before.onHand + (opening.opened.get(sku) ?? 0) + (adjusted.get(sku) ?? 0) - (shipped.get(sku) ?? 0)
    const sum = stockStates.reduce((total, part) => total + now[part], 0)
    return [
      ...(sum === expected ? [] : [`${sku}: ${expected} units expected, ${sum} there`]),
      ...(now.onHand === sum ? [] : [`${sku}: ${now.onHand} on hand, but ${sum} in its parts`]),
      ...stockStates.filter((part) => now[part] < 0).map((part) => `${sku}: ${now[part]} ${part}`),
      ...(['reserved', 'allocated'] as const)
        .filter((part) => now[part] - before[part] !== (held[part].get(sku) ?? 0))
        .map((part) => `${sku}: ${now[part] - before[part]} ${part} for orders of ${held[part].get(sku) ?? 0}`),
    ]
  })
  return {
    skus: levels.size,
    opening: total([...opening.before.values()].map(({ onHand }) => onHand)) + total([...opening.opened.values()]),
    levels: levelsOf([...levels.values()]),
    adjusted: total([...adjusted.values()]),
    shipped: total([...shipped.values()]),
    wrong: [...wrong, ...trading.sales.flatMap(wronglyPacked)],
  }
}

const total = (numbers: readonly number[]): number => numbers.reduce((sum, each) => sum + each, 0)

/** Where the parcels of an order carried anything but what was ordered. */
function wronglyPacked({ sale, order, parcels }: PlacedSale): readonly string[] {
  if (order === undefined || !gone.includes(order.status)) return []
  const packed = unitsBySku(
    (parcels?.shipments ?? []).flatMap(({ lines }) =>
      lines.map(({ sku, quantity }): [string, number] => [sku, quantity]),
    ),
  )
  const ordered = unitsBySku(order.lines.map(({ sku, quantity }) => [sku, quantity]))
  return [...new Set([...packed.keys(), ...ordered.keys()])]
    .filter((sku) => packed.get(sku) !== ordered.get(sku))
    .map((sku) => `${sale.invoice}: ${packed.get(sku) ?? 0} of ${sku} in parcels, ${ordered.get(sku) ?? 0} ordered`)
}

function unitsOf(sales: readonly PlacedSale[], statuses: readonly OrderStatus[]): ReadonlyMap<string, number> {
  const orders = sales.flatMap(({ order }) => (order && statuses.includes(order.status) ? [order] : []))
  return unitsBySku(orders.flatMap(({ lines }) => lines.map(({ sku, quantity }): [string, number] => [sku, quantity])))
}

function unitsBySku(entries: readonly (readonly [string, number])[]): ReadonlyMap<string, number> {
  return new Map(
    [...Map.groupBy(entries, ([sku]) => sku)].map(([sku, own]) => [sku, total(own.map(([, units]) => units))]),
  )
}
