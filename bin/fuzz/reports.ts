import type { routes } from '../../schemas/analytics.ts'
import type { Chance } from './chance.ts'
import { type Plan, some } from './plan.ts'

/** Some days, which may be one or a year. */
const daysOf = (chance: Chance): Readonly<Record<string, string>> =>
  chance.maybe(0.2)
    ? {}
    : {
        from: chance.pick(['2026-11-01', '2026-11-28']),
        ...some(chance, { to: chance.pick(['2026-11-28', '2026-12-01']) }),
      }

/** What was ordered, by day and by product. */
export const reports: { readonly [Name in keyof typeof routes]: Plan } = {
  listTopProducts: {
    ask: ({ shop, chance }) => ({
      as: shop.operator,
      query: {
        ...daysOf(chance),
        ...some(chance, {
          by: chance.pick(['units', 'money']),
          currency: 'GBP',
          limit: String(chance.between(1, 100)),
        }),
      },
    }),
  },
  getFunnel: { ask: ({ shop, chance }) => ({ as: shop.operator, query: daysOf(chance) }) },
  getDailyReport: { ask: ({ shop, chance }) => ({ as: shop.operator, query: daysOf(chance) }) },
}
