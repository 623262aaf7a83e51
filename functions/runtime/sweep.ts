import type { Swept } from './due.ts'
import { logger, metrics, publishMetrics } from './log.ts'
import { metric } from './metrics.ts'

/** The Lambda handler of a sweep. Counts the runs that come to their end: a sweep that stops is found by its silence. */
export const sweep =
  <Outcome extends string>(run: () => Promise<Swept<Outcome>>) =>
  async (): Promise<void> => {
    const swept = await run()
    logger.info('swept', { ...swept })
    metrics.addMetric(metric.sweeps, 'Count', 1)
    metrics.addMetric(metric.notSwept, 'Count', swept.failed)
    publishMetrics()
  }
