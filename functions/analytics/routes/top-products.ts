import { type SoldProduct, maxProductDays, type routes } from '../../../schemas/analytics.ts'
import type { Handler } from '../../runtime/http.ts'
import { sideBySide } from '../../runtime/side-by-side.ts'
import type { AnalyticsDeps } from '../deps.ts'
import { namesOf } from '../store/name-item.ts'
import { type Rollup, pagesIn, partitionsOfDay } from '../store/rollup-item.ts'
import { daysAsked } from './days-asked.ts'

/** How many partitions are read at a time; each day has eight. */
const atOnce = 40

/**
 * What sold most, from all that was sold on these days. Partitions are read side by side, in calls of a megabyte, some 5,000 rollups each;
 * each sum is kept once. What is not bounded: a product that sells is a rollup for each day, currency and shard, and all of those days are
 * read, at most 31. `test/bench/top-products.ts` measures how many of them fit the time of the function.
 */
export function topProducts(deps: AnalyticsDeps): Handler<typeof routes.listTopProducts> {
  return async ({ query, refuse }) => {
    const days = daysAsked(deps, query, maxProductDays, refuse)
    const partitions = days.flatMap(partitionsOfDay)
    const sums = new Map<string, Sum>()
    await sideBySide(partitions, atOnce, async (partition) => {
      for await (const page of pagesIn(deps.store, { partition })) page.forEach((rollup) => add(sums, rollup))
    })
    const sold = soldOf(sums).filter(
      ({ revenue }) => query.currency === undefined || revenue.currency === query.currency,
    )
    const figure = query.by === 'units' ? unitsOf : amountOf
    const top = sold.toSorted((a, b) => figure(b) - figure(a) || (a.sku < b.sku ? -1 : 1)).slice(0, query.limit)
    const names = await namesOf(
      deps.store,
      top.map(({ sku }) => sku),
    )
    return { body: { items: top.map((product) => ({ ...product, name: names(product.sku) })) } }
  }
}

type Sold = Omit<SoldProduct, 'name'>

const unitsOf = ({ units }: Sold): number => units
const amountOf = ({ revenue }: Sold): number => revenue.amount

interface Sum {
  units: number
  revenue: number
}

/** Adds a rollup to the sum of its product and currency. */
function add(sums: Map<string, Sum>, { sk, counts }: Rollup): void {
  const key = sk.slice(0, sk.lastIndexOf('#'))
  const sum = sums.get(key) ?? { units: 0, revenue: 0 }
  sum.units += counts['units'] ?? 0
  sum.revenue += counts['revenue'] ?? 0
  sums.set(key, sum)
}

/** The sums of each product and currency, without those of which no less was taken back than was sold. */
const soldOf = (sums: ReadonlyMap<string, Sum>): readonly Sold[] =>
  [...sums]
    .map(([key, { units, revenue }]) => {
      const [sku = '', currency = ''] = key.split('#')
      return { sku, units, revenue: { amount: revenue, currency } }
    })
    .filter(({ units, revenue }) => units > 0 && revenue.amount >= 0)
