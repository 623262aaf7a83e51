import { liveItems } from '../runtime/aws-wiring.ts'
import { sweep } from '../runtime/sweep.ts'
import { liveWakeUps } from './adapters/live-webhooks.ts'
import { sweepNotifications } from './on/due.ts'
import { keepHead } from './store/feed-head.ts'

/** Every minute: reminds customers whose hold ends, wakes who sends for webhooks, and keeps in mind where the feed ends. */
export const handler = sweep(async () => {
  const items = liveItems()
  const [swept] = await Promise.all([sweepNotifications(items, liveWakeUps()), keepHead(items)])
  return swept
})
