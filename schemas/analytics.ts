import * as z from 'zod'
import { route } from './contract.ts'
import { Currency, MoneySum, Sku, inDigits, pageSize } from './shared.ts'

/** A day of the time zone of the stage. */
export const Day = z.iso.date('a day that there is, as YYYY-MM-DD').meta({ id: 'Day', example: '2026-11-28' })

/** The most days of one report, and of one list of products. */
export const maxReportDays = 366
export const maxProductDays = 31

/** The upper ends, in seconds, of the classes that times are counted in; what takes longer is in one more class. */
export const timeBounds = {
  toConfirmed: [1, 2, 5, 10, 30, 60, 300, 900, 3_600, 21_600, 86_400],
  toShipped: [3_600, 14_400, 28_800, 43_200, 86_400, 129_600, 172_800, 259_200, 432_000, 604_800, 1_209_600],
} as const satisfies Readonly<Record<string, readonly number[]>>

export type Timed = keyof typeof timeBounds

const Count = z.int().min(0)

const Times = z
  .object({
    counts: z
      .array(Count)
      .describe(
        'Of each class of `bounds`, and of what took longer. An order is counted once, on the day it got there.',
      ),
    p50: z
      .int()
      .optional()
      .describe('Half of them took this many seconds at most; none where that is beyond the bounds.'),
    p95: z.int().optional().describe('The same of 95 in 100.'),
  })
  .meta({ id: 'ReportedTimes' })

const figures = {
  currency: Currency,
  placed: Count,
  confirmed: Count,
  shipped: Count.describe('All parcels have left.'),
  completed: Count,
  cancelled: Count,
  expired: Count,
  rejected: Count.describe('Stock was refused.'),
  paymentFailed: Count.describe('The money did not come.'),
  uncollected: z
    .int()
    .describe(
      'Confirmed orders that ended without any money, on the day on which that was known: it could not be taken, or the order was cancelled before. Below 0 where money came after all, to go back.',
    ),
  units: z
    .int()
    .describe(
      'Of the orders that were confirmed. Those of `uncollected` orders are taken back on their day: below 0 where more was taken back than sold.',
    ),
  gross: z
    .int()
    .describe(
      'What the orders cost that were confirmed, in minor units. That of `uncollected` orders is taken back on their day, not on that of the sale: below 0 where more was taken back than sold.',
    ),
  refunded: z
    .int()
    .describe(
      'What went back to customers whose orders had been confirmed, in minor units, on the day it went. Below 0 where more came back than went.',
    ),
  net: z.int().describe('`gross` without `refunded`.'),
  averageOrder: z
    .int()
    .optional()
    .describe(
      '`gross` by the orders that were confirmed, without `uncollected` ones, in minor units; none without any, and where `gross` is below 0.',
    ),
  cancellationRate: z.number().optional().describe('`cancelled` by `placed`; none without any placed.'),
  expiryRate: z.number().optional().describe('`expired` by `placed`; none without any placed.'),
  // From placing on.
  toConfirmed: Times,
  toShipped: Times,
}

export const DayReport = z.object({ day: Day, ...figures }).meta({ id: 'DayReport' })
export type DayReport = z.infer<typeof DayReport>

export const TotalReport = z.object(figures).meta({ id: 'TotalReport' })
export type TotalReport = z.infer<typeof TotalReport>

/** How far orders get: everything that is delivered is completed. */
export const funnelSteps = ['placed', 'confirmed', 'shipped', 'completed'] as const
/** The statuses in which orders end that get no further. */
export const funnelEnds = ['cancelled', 'expired', 'rejected', 'payment_failed'] as const

const Share = z.number().min(0)
const ofPlaced = Share.optional().describe('`orders` by those placed on these days; none without any placed.')

/**
 * How many orders got to each step on some days, and how many left by which end. Each is counted on the day on which it happened, so that
 * the steps of a few days are not of the same orders, and a share may be above 1.
 */
export const FunnelReport = z
  .object({
    currency: Currency,
    steps: z
      .array(
        z.object({
          step: z.enum(funnelSteps),
          orders: Count.describe('That got there on these days, whenever they were placed.'),
          ofPlaced,
          ofPrevious: Share.optional().describe(
            '`orders` by those of the step before; none of the first step, and without any of the step before.',
          ),
        }),
      )
      .describe('In the order in which an order takes them.'),
    ends: z
      .array(
        z.object({
          end: z.enum(funnelEnds),
          orders: Count.describe(
            'That ended so on these days, from whatever step. Of several ends of an order the first one counts.',
          ),
          ofPlaced,
        }),
      )
      .describe('How orders left that got no further.'),
  })
  .meta({ id: 'FunnelReport' })
export type FunnelReport = z.infer<typeof FunnelReport>

/** What was sold of a product, in the currency that it was sold in. */
export const SoldProduct = z
  .object({
    sku: Sku,
    name: z.string().describe('As it is now; of a product that is not known, the sku.'),
    units: Count.describe(
      'Of the orders that were confirmed on these days, without those of which it was known on these days that their money never came.',
    ),
    revenue: MoneySum.describe('What these units cost; what went back is not taken off.'),
  })
  .meta({ id: 'SoldProduct' })
export type SoldProduct = z.infer<typeof SoldProduct>

const ReportDays = z.strictObject({
  from: Day.optional().describe(`The first day; default: six days before \`to\`. At most ${maxReportDays} days.`),
  to: Day.optional().describe('The last day, which counts; default: today.'),
})

const Bounds = z.array(z.int().min(1)).describe('In seconds.')

export const routes = {
  getDailyReport: route({
    method: 'GET',
    path: '/analytics/daily',
    who: 'analytics:read',
    summary:
      'What was placed, confirmed, sold, given back and closed by day, and how long orders took; an order shows within seconds',
    query: ReportDays,
    answer: {
      status: 200,
      body: z.object({
        timeZone: z.string().describe('In which days begin and end: a name of the IANA database.'),
        bounds: z.object({ toConfirmed: Bounds, toShipped: Bounds }),
        items: z.array(DayReport).describe('By day and currency; a day without any event has none.'),
        totals: z.array(TotalReport).describe('Of all these days, by currency.'),
      }),
    },
  }),
  getFunnel: route({
    method: 'GET',
    path: '/analytics/funnel',
    who: 'analytics:read',
    summary: 'How many orders got to each step, and how many left by which end; an order shows within seconds',
    query: ReportDays,
    answer: {
      status: 200,
      body: z.object({
        timeZone: z.string().describe('In which days begin and end: a name of the IANA database.'),
        from: Day,
        to: Day,
        items: z
          .array(FunnelReport)
          .describe('By currency, of all these days; a currency without any event on them has none.'),
      }),
    },
  }),
  listTopProducts: route({
    method: 'GET',
    path: '/analytics/top-products',
    who: 'analytics:read',
    summary: 'What sold most, by units or by money',
    query: z.strictObject({
      from: Day.optional().describe(`The first day; default: six days before \`to\`. At most ${maxProductDays} days.`),
      to: Day.optional().describe('The last day, which counts; default: today.'),
      by: z
        .enum(['units', 'money'])
        .default('units')
        .describe('What is highest comes first; amounts of several currencies are compared as they are written.'),
      currency: Currency.optional().describe('Only what was sold in it.'),
      limit: inDigits(pageSize).prefault(10).describe('How many there are at most.'),
    }),
    answer: { status: 200, body: z.object({ items: z.array(SoldProduct) }) },
  }),
}
