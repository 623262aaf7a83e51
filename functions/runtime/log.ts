import { Logger } from '@aws-lambda-powertools/logger'
import { Metrics } from '@aws-lambda-powertools/metrics'
import { namespace } from './metrics.ts'

/** Structured JSON logs; the service's name comes from POWERTOOLS_SERVICE_NAME. */
export const logger = new Logger()

/** CloudWatch metrics in embedded metric format, in our own namespace. */
export const metrics = new Metrics({ namespace })

/** Writes out what was counted in this call. Returns nothing, because what a middleware returns becomes the answer of the function. */
export function publishMetrics(): void {
  if (metrics.hasStoredMetrics()) metrics.publishStoredMetrics()
}
