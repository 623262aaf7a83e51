import { endOf, graceMs, timerGraceMs } from './hold.ts'
import { forgetsAt } from './forgetting.ts'
import type { Order } from './order.ts'
import { pending } from './pending.ts'

/** What is pending is emitted again after this long, then at growing distances, in milliseconds. */
export const reminderDelayMs = 120_000

/** Events wait for the end of an outage themselves: reminders are for those that were lost, and would add to it. */
/** The longest of these distances, in milliseconds. */
export const longestReminderDelayMs = 3_600_000

/** By how much the clocks of functions may differ, in milliseconds, before a sweep is planned again. */
const skewMs = 1_000

/**
 * When the sweeper has to visit the order: for pending events two minutes after the last change, then each time after as long again as
 * they are old, at most an hour; for a hold, or a wait for stock, soon after its end, or after the end of its grace, for which there is no timer. Undefined
 * while the order is settled, or waits for its customer or an operator. A sweep that is `planned` within that time reminds too, unless
 * it is about to come: a place in the index that stays saves two write units.
 */
export function nextSweepAt(order: Order, now: number, planned = 0): number | undefined {
  const { facts, history } = order
  const timerAt = endOf(order)
  const delay = facts.payment === 'in_flight' ? graceMs : timerGraceMs
  const ended = timerAt === undefined ? undefined : timerAt + delay // mutant: timer-watch
  const end = earlier(ended, forgetsAt(order))
  if (pending(order).length === 0) return end // mutant: order-reminder
  const age = now - (history.at(-1)?.at ?? now)
  const reminder = now + Math.min(Math.max(age, reminderDelayMs), longestReminderDelayMs)
  const due = end === undefined ? reminder : Math.min(end, reminder)
  return planned > now + reminderDelayMs / 2 && planned <= due + skewMs ? planned : due
}

const earlier = (one: number | undefined, other: number | undefined): number | undefined =>
  one === undefined || other === undefined ? (one ?? other) : Math.min(one, other)
