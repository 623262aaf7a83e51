import { type Swept, sweepDue } from '../../runtime/due.ts'
import type { Item } from '../../runtime/store.ts'
import type { WakeUps } from '../adapters/wake-ups.ts'
import type { NotificationsDeps } from '../deps.ts'
import { writeOf } from '../store/message-item.ts'
import { type WarningItem, sent } from '../store/warning-item.ts'
import { pumpSort, webhookOf } from '../store/webhooks/pump-item.ts'

/**
 * What became of what was due: the customer has the warning, or the order was held no longer in the same moment; who sends for a webhook is
 * woken.
 */
type Outcome = 'warned' | 'overtaken' | 'woken'

/** Warns the customers of orders whose hold ends in an hour, and wakes who sends for webhooks whose time has come. */
export const sweepNotifications = (deps: NotificationsDeps, wakeUps: WakeUps): Promise<Swept<Outcome>> =>
  sweepDue(deps, { warned: 0, overtaken: 0, woken: 0, failed: 0 }, (item, now) =>
    item.sk === pumpSort ? look(wakeUps, item) : warn(deps, item, now),
  )

/** The pump itself moves on to its next time: until then it is woken each minute. */
async function look(wakeUps: WakeUps, item: Item): Promise<Outcome> {
  await wakeUps.look(webhookOf(item))
  return 'woken'
}

async function warn({ store }: NotificationsDeps, item: WarningItem & Item, now: number): Promise<Outcome> {
  const { pk: orderId, warning } = item
  if (warning === undefined) return 'overtaken'
  const { customerId, number, expiresAt, at } = warning
  const values = { number, expiresAt }
  const message = { box: { userId: customerId }, at, source: orderId, orderId, kind: 'hold_ends', values } as const
  // Where the sweeper or the event was held up, the hold is over, and how is to be known soon.
  const isOver = now >= Date.parse(expiresAt) // mutant: warning-too-late
  // One transaction: who is warned was not known to have paid in that moment.
  const outcome = await store.write(...(isOver ? [] : [writeOf(message)]), sent(item, now))
  return outcome.ok && !isOver ? 'warned' : 'overtaken'
}
