import { Logger } from '@aws-lambda-powertools/logger'
import { Metrics } from '@aws-lambda-powertools/metrics'
import { stageName } from './env.ts'
import { namespace } from './metrics.ts'

/** Structured JSON logs; the service's name comes from POWERTOOLS_SERVICE_NAME. */
export const logger = new Logger()

/** CloudWatch metrics in embedded metric format, in our own namespace, by service and stage: what dev counts alarms nobody of prod. */
export const metrics = new Metrics({ namespace, defaultDimensions: { stage: stageName() } })

/** Writes out what was counted in this call. Returns nothing, because what a middleware returns becomes the answer of the function. */
export function publishMetrics(): void {
  if (metrics.hasStoredMetrics()) metrics.publishStoredMetrics()
}
