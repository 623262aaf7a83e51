import { liveItems } from '../runtime/aws-wiring.ts'
import { sweep } from '../runtime/sweep.ts'
import { liveWakeUps } from './adapters/live-webhooks.ts'
import { sweepNotifications } from './on/due.ts'

/** Every minute: reminds customers whose hold ends, and wakes who sends for webhooks. */
export const handler = sweep(() => sweepNotifications(liveItems(), liveWakeUps()))
