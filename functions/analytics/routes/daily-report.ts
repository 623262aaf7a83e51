import { type TotalReport, maxReportDays, type routes, timeBounds, type Timed } from '../../../schemas/analytics.ts'
import type { Handler } from '../../runtime/http.ts'
import { type Counts, classesOf, quantile } from '../core/counts.ts'
import type { AnalyticsDeps } from '../deps.ts'
import { readSort, rollupsOf, sumsBy } from '../store/rollup-item.ts'
import { daysAsked } from './days-asked.ts'

/** The figures of each day and currency, from the rollups of all shards. */
export function dailyReport(deps: AnalyticsDeps): Handler<typeof routes.getDailyReport> {
  return async ({ query, refuse }) => {
    const days = daysAsked(deps, query, maxReportDays, refuse)
    const rollups = await rollupsOf(deps.store, days)
    const byDay = sumsBy(rollups, ({ sk }) => sk.slice(0, sk.lastIndexOf('#')))
    const byCurrency = sumsBy(rollups, (rollup) => readSort(rollup)[1])
    const body = {
      timeZone: deps.days.timeZone,
      bounds: { toConfirmed: [...timeBounds.toConfirmed], toShipped: [...timeBounds.toShipped] },
      items: byDay.map(([key, counts]) => {
        const [day = '', currency = ''] = key.split('#')
        return { day, ...shown(currency, counts) }
      }),
      totals: byCurrency.map(([currency, counts]) => shown(currency, counts)),
    }
    return { body }
  }
}

function shown(currency: string, counts: Counts): TotalReport {
  const of = (name: string): number => counts[name] ?? 0
  const [placed, confirmed, gross, refunded] = [of('placed'), of('confirmed'), of('gross'), of('refunded')]
  const collected = confirmed - of('uncollected')
  return {
    currency,
    placed,
    confirmed,
    shipped: of('shipped'),
    completed: of('completed'),
    cancelled: of('cancelled'),
    expired: of('expired'),
    rejected: of('rejected'),
    paymentFailed: of('paymentFailed'),
    uncollected: of('uncollected'),
    units: of('units'),
    gross,
    refunded,
    net: gross - refunded,
    ...(collected > 0 && gross >= 0 && { averageOrder: Math.round(gross / collected) }),
    ...(placed > 0 && { cancellationRate: of('cancelled') / placed, expiryRate: of('expired') / placed }),
    toConfirmed: timesOf('toConfirmed', counts),
    toShipped: timesOf('toShipped', counts),
  }
}

function timesOf(timed: Timed, counts: Counts): TotalReport[Timed] {
  const classes = classesOf(timed, counts)
  const [p50, p95] = [quantile(timed, classes, 0.5), quantile(timed, classes, 0.95)]
  return { counts: classes, ...(p50 !== undefined && { p50 }), ...(p95 !== undefined && { p95 }) }
}
