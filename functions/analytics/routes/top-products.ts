import { type SoldProduct, maxProductDays, type routes } from '../../../schemas/analytics.ts'
import type { Handler } from '../../runtime/http.ts'
import { sideBySide } from '../../runtime/side-by-side.ts'
import { sumOf } from '../core/counts.ts'
import type { AnalyticsDeps } from '../deps.ts'
import { namesOf } from '../store/name-item.ts'
import { type Rollup, partitionsOfDay, rollupsIn } from '../store/rollup-item.ts'
import { daysAsked } from './days-asked.ts'

/** How many partitions are read at a time; each day has eight. */
const atOnce = 40

/** What sold most, from all that was sold on these days. */
export function topProducts(deps: AnalyticsDeps): Handler<typeof routes.listTopProducts> {
  return async ({ query, refuse }) => {
    const days = daysAsked(deps, query, maxProductDays, refuse)
    const partitions = days.flatMap(partitionsOfDay)
    const found = await sideBySide(partitions, atOnce, (partition) => rollupsIn(deps.store, { partition }))
    const sold = soldOf(found.flat()).filter(
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

/** The sums of each product and currency, without what was taken back whole. */
function soldOf(rollups: readonly Rollup[]): readonly Sold[] {
  const groups = Map.groupBy(rollups, ({ sk }) => sk.slice(0, sk.lastIndexOf('#')))
  return [...groups]
    .map(([key, members]) => {
      const [sku = '', currency = ''] = key.split('#')
      const { units = 0, revenue = 0 } = sumOf(members.map(({ counts }) => counts))
      return { sku, units, revenue: { amount: revenue, currency } }
    })
    .filter(({ units }) => units > 0)
}
