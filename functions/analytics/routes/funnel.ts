import { maxReportDays, type routes } from '../../../schemas/analytics.ts'
import type { Handler } from '../../runtime/http.ts'
import { funnelOf } from '../core/funnel.ts'
import type { AnalyticsDeps } from '../deps.ts'
import { readSort, rollupsOf, sumsBy } from '../store/rollup-item.ts'
import { daysAsked } from './days-asked.ts'

/** How far orders got on these days, from the same rollups as the figures of days: by currency, of all days together. */
export function funnel(deps: AnalyticsDeps): Handler<typeof routes.getFunnel> {
  return async ({ query, refuse }) => {
    const days = daysAsked(deps, query, maxReportDays, refuse)
    const rollups = await rollupsOf(deps.store, days)
    const items = sumsBy(rollups, (rollup) => readSort(rollup)[1]).map(([currency, counts]) => ({
      currency,
      ...funnelOf(counts),
    }))
    const [from = '', to = from] = [days[0], days.at(-1)]
    return { body: { timeZone: deps.days.timeZone, from, to, items } }
  }
}
