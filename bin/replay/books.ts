import { inOrder } from './in-order.ts'
import { type Levels, levelsOf, parts } from './levels.ts'
import type { Opening } from './open-stock.ts'
import { persist } from './persist.ts'
import type { MadeChange, PlacedSale } from './place.ts'
import type { Progress } from './progress.ts'
import type { Stack } from './stack.ts'

/** The books of all skus together, and what does not balance. Units. */
export interface Books {
  readonly skus: number
  /** On hand when the day began. */
  readonly opening: number
  /** On hand now, by what they are. */
  readonly levels: Levels
  /** What returns brought, less what adjustments took. */
  readonly adjusted: number
  readonly wrong: readonly string[]
}

/** Reads every level of these skus from the API. */
export async function readLevels(
  { api, clock }: Stack,
  skus: readonly string[],
  { atOnce, progress }: { readonly atOnce: number; readonly progress: Progress },
): Promise<ReadonlyMap<string, Levels>> {
  const levels = new Map<string, Levels>()
  progress.start('check the books', skus.length)
  await inOrder(skus, atOnce, async (sku) => {
    const { items } = await persist(() => api.getLevels({ params: { sku } }), { clock, forMs: 60_000 })
    levels.set(sku, levelsOf(items))
    progress.step()
  })
  progress.stop()
  return levels
}

/**
 * Holds for every sku that opening stock and adjustments are what is there, reserved, allocated and unavailable; that nothing is below
 * zero; and that exactly the units of the orders that stand are reserved or allocated. Assumes that nobody else trades meanwhile.
 */
export function balance(
  opening: Opening,
  trading: { readonly sales: readonly PlacedSale[]; readonly changes: readonly MadeChange[] },
  levels: ReadonlyMap<string, Levels>,
): Books {
  const adjusted = unitsBySku(
    trading.changes.filter(({ problem }) => problem === undefined).map(({ change }) => [change.sku, change.delta]),
  )
  const held = { reserved: unitsOf(trading.sales, 'reserved'), allocated: unitsOf(trading.sales, 'confirmed') }
  const wrong = [...levels].flatMap(([sku, now]) => {
    const before = opening.before.get(sku)
    if (before === undefined) return [`${sku}: stock was never opened`]
    const expected = before.onHand + (opening.opened.get(sku) ?? 0) + (adjusted.get(sku) ?? 0)
    const sum = parts.reduce((total, part) => total + now[part], 0)
    return [
      ...(sum === expected ? [] : [`${sku}: ${expected} units in the books, ${sum} there`]),
      ...(now.onHand === sum ? [] : [`${sku}: ${now.onHand} on hand, but ${sum} in its parts`]),
      ...parts.filter((part) => now[part] < 0).map((part) => `${sku}: ${now[part]} ${part}`),
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
    wrong,
  }
}

const total = (numbers: readonly number[]): number => numbers.reduce((sum, each) => sum + each, 0)

function unitsOf(sales: readonly PlacedSale[], status: string): ReadonlyMap<string, number> {
  const orders = sales.flatMap(({ order }) => (order?.status === status ? [order] : []))
  return unitsBySku(orders.flatMap(({ lines }) => lines.map(({ sku, quantity }): [string, number] => [sku, quantity])))
}

function unitsBySku(entries: readonly (readonly [string, number])[]): ReadonlyMap<string, number> {
  return new Map(
    [...Map.groupBy(entries, ([sku]) => sku)].map(([sku, own]) => [sku, total(own.map(([, units]) => units))]),
  )
}
