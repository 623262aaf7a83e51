import { type TotalReport, maxReportDays, type routes, timeBounds, type Timed } from '../../../schemas/analytics.ts'
import type { Handler } from '../../runtime/http.ts'
import type { Store } from '../../runtime/store.ts'
import { type Counts, classesOf, quantile, sumOf } from '../core/counts.ts'
import type { AnalyticsDeps } from '../deps.ts'
import { type Rollup, monthOf, readSort, rollupsIn } from '../store/rollup-item.ts'
import { daysAsked } from './days-asked.ts'

/** The figures of each day and currency, from the rollups of all shards. */
export function dailyReport(deps: AnalyticsDeps): Handler<typeof routes.getDailyReport> {
  return async ({ query, refuse }) => {
    const days = daysAsked(deps, query, maxReportDays, refuse)
    const rollups = await rollupsOf(deps.store, days)
    const byDay = grouped(rollups, ({ sk }) => sk.slice(0, sk.lastIndexOf('#')))
    const byCurrency = grouped(rollups, (rollup) => readSort(rollup)[1])
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

async function rollupsOf(store: Store, days: readonly string[]): Promise<readonly Rollup[]> {
  const [first = '', last = first] = [days[0], days.at(-1)]
  const months = [...new Set(days.map(monthOf))]
  const ranges = months.map((partition) => ({ partition, from: first, to: `${last}~` }))
  const found = await Promise.all(ranges.map((range) => rollupsIn(store, range)))
  return found.flat()
}

/** The sums by key, in the order of the keys; without those of which nothing is left. */
function grouped(rollups: readonly Rollup[], keyOf: (rollup: Rollup) => string): (readonly [string, Counts])[] {
  const groups = Map.groupBy(rollups, keyOf)
  return [...groups]
    .map(([key, members]) => [key, sumOf(members.map(({ counts }) => counts))] as const)
    .filter(([, counts]) => Object.keys(counts).length > 0)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
}

function shown(currency: string, counts: Counts): TotalReport {
  const of = (name: string): number => counts[name] ?? 0
  const [placed, confirmed, gross, refunded] = [of('placed'), of('confirmed'), of('gross'), of('refunded')]
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
    units: of('units'),
    gross,
    refunded,
    net: gross - refunded,
    ...(confirmed > 0 && { averageOrder: Math.round(gross / confirmed) }),
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
