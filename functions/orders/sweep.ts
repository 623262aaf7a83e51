import { liveItems } from '../runtime/aws-wiring.ts'
import { logger } from '../runtime/log.ts'
import { sweepOrders } from './on/due.ts'

/** Every minute: expires the holds whose timers were lost, and emits again what has no answer. */
export async function handler(): Promise<void> {
  const swept = await sweepOrders(liveItems())
  logger.info('swept', { ...swept })
}
