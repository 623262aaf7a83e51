import { type Defect, defect } from './defect.ts'

/** Mistakes in reports. */
export const analyticsDefects: readonly Defect[] = [
  defect('what happened counts when it was emitted again', 'analytics/core/counted-order', 'counted-once', [
    /at < known/,
    'at > known',
  ]),
  defect('of two ends of an order the later one counts', 'analytics/core/counted-order', 'first-end', [
    /order\.closed === undefined \|\| .*(?= \?)/,
    'true',
  ]),
  defect('what goes back of an order that has ended does not count', 'analytics/core/counted-order', 'ended-refund', {
    test: 'order.closed !== undefined || refunds.some(([known]) => known === version)',
  }),
  defect('what goes back counts on the day of the sale', 'analytics/core/counts', 'refund-day', [
    /add\(at/,
    'add(confirmedAt ?? at',
  ]),
  defect('what goes back counts though nothing was sold', 'analytics/core/counts', 'unconfirmed-refund', 'never'),
  defect('each refund counts what went back before it', 'analytics/core/counts', 'refund-sum', [/ - before/, '']),
  defect('money that came twice counts when it goes back', 'analytics/on/payment', 'refunded-twice', [/ - \w+/, '']),
  defect('money that never came counts for ever', 'analytics/on/payment', 'uncollected', [/=.*/, '= false']),
  defect('what costs nothing counts as never paid', 'analytics/on/payment', 'uncollected-free', [/ && due.*/, '']),
  defect('products whose money never came stay sold', 'analytics/core/counts', 'uncollected-lines', [
    /times: -uncollected/,
    'times: 0 * uncollected',
  ]),
  defect('an event adds what was counted before', 'analytics/store/order-item', 'only-news', [
    /countsOf\(before, days\.of\)/,
    '{}',
  ]),
  defect('days are those of UTC', 'analytics/adapters/days', 'day-zone', [
    /format\.format\(time\)/,
    'new Date(time).toISOString().slice(0, 10)',
  ]),
  defect('a batch that comes again counts again', 'analytics/adapters/fold', 'fold-once', 'never'),
  defect('shards of a stream share their rollups', 'analytics/store/rollup-item', 'rollup-shard', [/#\$\{shard\}/, '']),
  defect('a step of the funnel has its share of those placed alone', 'analytics/core/funnel', 'funnel-previous', [
    /of\(before\)/,
    'placed',
  ]),
  defect('ends of the funnel are looked for under their own names', 'analytics/core/funnel', 'funnel-ends', [
    /countOf\[end\]/,
    'end',
  ]),
]
