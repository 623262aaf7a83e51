import { systemClock } from '../runtime/clock.ts'
import { liveStore } from '../runtime/live.ts'
import { logger, publishMetrics } from '../runtime/log.ts'
import { liveProvider } from './adapters/stage-provider.ts'
import { sweepPayments } from './on/due.ts'

/** Every minute: asks for the truth of what is in flight, and performs what is still owed. */
export async function handler(): Promise<void> {
  const swept = await sweepPayments({ store: liveStore(), clock: systemClock, provider: liveProvider() })
  logger.info('swept', { ...swept })
  publishMetrics()
}
