import { liveItems } from '../runtime/aws-wiring.ts'
import { logger } from '../runtime/log.ts'
import { expire } from './on/due.ts'

/** Every minute: gives back what checkouts of other systems held for too long. */
export async function handler(): Promise<void> {
  const swept = await expire(liveItems())
  logger.info('swept', swept)
}
