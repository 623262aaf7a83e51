import { type Swept, sweepDue } from '../../runtime/due.ts'
import type { Item } from '../../runtime/store.ts'
import type { NotificationsDeps } from '../deps.ts'
import { writeOf } from '../store/message-item.ts'
import { type ReminderItem, sent } from '../store/reminder-item.ts'

/** What became of a reminder that was due: its customer has it, or the order was held no longer in the same moment. */
type Outcome = 'reminded' | 'overtaken'

/** Reminds the customers of orders whose hold ends in an hour. */
export const sweepReminders = (deps: NotificationsDeps): Promise<Swept<Outcome>> =>
  sweepDue(deps, { reminded: 0, overtaken: 0, failed: 0 }, (item, now) => remind(deps, item, now))

async function remind({ store }: NotificationsDeps, item: ReminderItem & Item, now: number): Promise<Outcome> {
  const { pk: orderId, reminder } = item
  if (reminder === undefined) return 'overtaken'
  const { customerId, number, expiresAt, at } = reminder
  const values = { number, expiresAt }
  const message = { box: { userId: customerId }, at, source: orderId, orderId, kind: 'hold_ends', values } as const
  // One transaction: who is reminded was not known to have paid in that moment.
  const outcome = await store.write(writeOf(message), sent(item, now))
  return outcome.ok ? 'reminded' : 'overtaken'
}
