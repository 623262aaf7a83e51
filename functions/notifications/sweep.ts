import { liveItems } from '../runtime/aws-wiring.ts'
import { sweep } from '../runtime/sweep.ts'
import { sweepWarnings } from './on/due.ts'
import { keepHead } from './store/feed-head.ts'

/** Every minute: reminds customers whose hold ends, and keeps in mind where the feed ends. */
export const handler = sweep(async () => {
  const items = liveItems()
  const [swept] = await Promise.all([sweepWarnings(items), keepHead(items)])
  return swept
})
