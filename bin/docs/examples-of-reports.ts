import { timeBounds } from '../../schemas/analytics.ts'
import { type Example, gbp, product } from './example-items.ts'

const figures = {
  currency: 'GBP',
  placed: 208,
  confirmed: 181,
  shipped: 164,
  completed: 97,
  cancelled: 9,
  expired: 14,
  rejected: 3,
  paymentFailed: 1,
  uncollected: 0,
  units: 1_904,
  gross: 4_816_250,
  refunded: 60_145,
  net: 4_756_105,
  averageOrder: 26_609,
  cancellationRate: 0.043,
  expiryRate: 0.067,
  toConfirmed: { counts: [102, 31, 20, 9, 5, 2, 4, 3, 4, 1, 0, 0], p50: 1, p95: 900 },
  toShipped: { counts: [0, 12, 88, 41, 20, 3, 0, 0, 0, 0, 0, 0], p50: 28_800, p95: 86_400 },
}

const dailyReport = {
  timeZone: 'Europe/London',
  bounds: timeBounds,
  items: [{ day: '2026-11-27', ...figures }],
  totals: [figures],
}

const share = (orders: number, others: number): number => Number((orders / others).toFixed(3))

const { placed, confirmed, shipped, completed } = figures
const ofPlaced = (orders: number) => ({ orders, ofPlaced: share(orders, placed) })

const funnel = {
  timeZone: 'Europe/London',
  from: '2026-11-21',
  to: '2026-11-27',
  items: [
    {
      currency: 'GBP',
      steps: [
        { step: 'placed', ...ofPlaced(placed) },
        { step: 'confirmed', ...ofPlaced(confirmed), ofPrevious: share(confirmed, placed) },
        { step: 'shipped', ...ofPlaced(shipped), ofPrevious: share(shipped, confirmed) },
        { step: 'completed', ...ofPlaced(completed), ofPrevious: share(completed, shipped) },
      ],
      ends: [
        { end: 'cancelled', ...ofPlaced(figures.cancelled) },
        { end: 'expired', ...ofPlaced(figures.expired) },
        { end: 'rejected', ...ofPlaced(figures.rejected) },
        { end: 'payment_failed', ...ofPlaced(figures.paymentFailed) },
      ],
    },
  ],
}

/** Of reports. */
export const examplesOfReports: Readonly<Record<string, Example>> = {
  listTopProducts: {
    answer: { items: [{ sku: product.sku, name: product.name, units: 412, revenue: gbp(105_060) }] },
  },
  getFunnel: { answer: funnel },
  getDailyReport: { answer: dailyReport },
}
