import { type Swept, sweepDue } from '../../runtime/due.ts'
import type { Item } from '../../runtime/store.ts'
import type { NotificationsDeps } from '../deps.ts'
import { writeOf } from '../store/message-item.ts'
import { type WarningItem, sent } from '../store/warning-item.ts'

/** What became of a warning that was due: its customer has it, or the order was held no longer in the same moment. */
type Outcome = 'warned' | 'overtaken'

/** Warns the customers of orders whose hold ends in an hour. */
export const sweepWarnings = (deps: NotificationsDeps): Promise<Swept<Outcome>> =>
  sweepDue(deps, { warned: 0, overtaken: 0, failed: 0 }, (item, now) => warn(deps, item, now))

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
