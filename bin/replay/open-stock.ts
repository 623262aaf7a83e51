import { inOrder } from './in-order.ts'
import { type Levels, levelsOf } from './levels.ts'
import { retryForMs, persist } from './persist.ts'
import type { PhaseOptions } from './place.ts'
import type { Stack } from './stack.ts'
import { type TradingDay, daysOf, unitsAsked } from './trading-day.ts'

/** `plenty`: twice what the day asks for, and what it loses. `scarce`: 60 % of what it asks for, rounded up. `nightly`: 60 % of what its first day of the calendar asks for. */
export const stockPlans = ['plenty', 'scarce', 'nightly'] as const
export type StockPlan = (typeof stockPlans)[number]

export interface Opening {
  /** What there was before anything was done. */
  readonly before: ReadonlyMap<string, Levels>
  /** What opening the stock added or, from a stock of earlier, took, by sku. */
  readonly opened: ReadonlyMap<string, number>
}

/** The units that shall be available of each sku when the day begins. */
export function openingUnits(day: TradingDay, plan: StockPlan): ReadonlyMap<string, number> {
  const { products, happenings } = day
  const asked = unitsAsked(plan === 'nightly' ? (daysOf(day)[0] ?? day) : day)
  const lost = new Map<string, number>()
  for (const each of happenings)
    if (each.kind !== 'sale') lost.set(each.sku, (lost.get(each.sku) ?? 0) + Math.max(0, -each.delta))
  return new Map(
    products.map(({ sku }) => {
      const [demand, loss] = [asked.get(sku) ?? 0, lost.get(sku) ?? 0]
      return [sku, plan === 'plenty' ? 2 * demand + loss : Math.ceil(demand * 0.6)]
    }),
  )
}

/** Brings what is available of each sku to these units, from whatever is there. */
export async function openStock(
  { api, clock }: Stack,
  units: ReadonlyMap<string, number>,
  options: PhaseOptions & { readonly warehouseId: string },
): Promise<Opening> {
  const { warehouseId, runId, atOnce, progress } = options
  const before = new Map<string, Levels>()
  const opened = new Map<string, number>()
  progress.start('open stock', units.size)
  await inOrder([...units], atOnce, async ([sku, target]) => {
    // A product that was imported just now reaches inventory a moment later.
    const retry = { clock, forMs: retryForMs, passing: ['product_not_found'] }
    const { items } = await persist(() => api.getLevels({ params: { sku } }), retry)
    const found = levelsOf(items)
    const delta = target - found.available
    before.set(sku, found)
    opened.set(sku, delta)
    if (delta !== 0) {
      const body = { warehouseId, delta, reason: 'opening stock', reference: runId }
      const idempotencyKey = `${runId}-open-${sku}`
      await persist(() => api.adjustStock({ params: { sku }, body, idempotencyKey }), retry)
    }
    progress.step()
  })
  progress.stop()
  return { before, opened }
}

/** The warehouse that ships first; one is made where there is none. */
export async function firstWarehouse({ api }: Stack): Promise<string> {
  const { items } = await api.listWarehouses()
  const active = items.filter((warehouse) => warehouse.active).toSorted((a, b) => a.priority - b.priority)
  return active[0]?.id ?? (await api.createWarehouse({ body: { name: 'main' } })).id
}
