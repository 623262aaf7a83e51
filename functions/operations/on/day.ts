import { logger, metrics, publishMetrics } from '../../runtime/log.ts'
import { metric } from '../../runtime/metrics.ts'
import { kinds } from '../core/differences.ts'
import { type ListCharges, type Tables, reconcile } from '../core/reconcile.ts'

/** How many differences one run writes into its log. */
const maxLogged = 200

/** The metric that counts the differences of each kind. */
const metricOf = {
  level: metric.differencesOfLevel,
  ledger: metric.differencesOfLedger,
  held: metric.differencesOfHeld,
  coming: metric.differencesOfComing,
  order: metric.differencesOfOrder,
  money: metric.differencesOfMoney,
  card: metric.differencesOfCard,
} as const satisfies Record<(typeof kinds)[number], string>

/** Reconciles the tables, and payments with the list of the card provider where it keeps one; counts what does not fit together, and names it in the log. A run that does not come to its end is found by its silence. */
export async function reconcileOnce(tables: Tables, now: number, list?: ListCharges): Promise<void> {
  const { skus, orders, charges, differences, moving } = await reconcile(tables, now, { list })
  for (const difference of differences.slice(0, maxLogged)) logger.error('does not fit together', { ...difference })
  logger.info('reconciled', { skus, orders, charges, differences: differences.length, moving: moving.length })
  metrics.addMetric(metric.reconciliations, 'Count', 1)
  metrics.addMetric(metric.reconciliationSkus, 'Count', skus)
  metrics.addMetric(metric.reconciliationOrders, 'Count', orders)
  metrics.addMetric(metric.differences, 'Count', differences.length)
  for (const kind of kinds)
    metrics.addMetric(metricOf[kind], 'Count', differences.filter((each) => each.kind === kind).length)
  publishMetrics()
}
