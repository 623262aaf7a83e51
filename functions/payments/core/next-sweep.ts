import type { Payment } from './payment.ts'
import { pending } from './pending.ts'

/** How long an operation is left to the function that began it, in milliseconds: longer than a function lives. */
export const reminderDelayMs = 30_000

/** With the minute until the sweeper runs, what waited for an outage goes on within five minutes of its end. */
const longestReminderDelayMs = 240_000 // mutant: payment-distance

/**
 * When the sweeper has to visit the payment: soon after an operation became pending, then each time after as long again as it is old, at
 * most four minutes. Undefined when nothing is pending.
 */
export function nextSweepAt(payment: Payment, now: number): number | undefined {
  if (pending(payment).length === 0) return undefined // mutant: payment-reminder
  return now + Math.min(Math.max(now - payment.changedAt, reminderDelayMs), longestReminderDelayMs)
}
