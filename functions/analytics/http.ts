import { routes } from '../../schemas/analytics.ts'
import { liveIdentity, liveItems } from '../runtime/aws-wiring.ts'
import { env, required } from '../runtime/env.ts'
import { type Handlers, http } from '../runtime/http.ts'
import { daysIn } from './adapters/days.ts'
import type { AnalyticsDeps } from './deps.ts'
import { dailyReport } from './routes/daily-report.ts'
import { funnel } from './routes/funnel.ts'
import { topProducts } from './routes/top-products.ts'

export const handlers = (deps: AnalyticsDeps): Handlers<typeof routes> => ({
  getDailyReport: dailyReport(deps),
  getFunnel: funnel(deps),
  listTopProducts: topProducts(deps),
})

export const handler = http(routes, liveIdentity, () =>
  handlers({ ...liveItems(), days: daysIn(required(env.timeZone)) }),
)
