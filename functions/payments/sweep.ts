import { liveItems } from '../runtime/aws-wiring.ts'
import { logger, publishMetrics } from '../runtime/log.ts'
import { liveProvider } from './adapters/stage-provider.ts'
import { sweepPayments } from './on/due.ts'

/** Every minute: asks the provider what became of charges in flight, and performs what is still pending. */
export async function handler(): Promise<void> {
  const swept = await sweepPayments({ ...liveItems(), provider: liveProvider() })
  logger.info('swept', { ...swept })
  publishMetrics()
}
