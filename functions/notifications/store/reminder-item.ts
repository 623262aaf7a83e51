import { dueAt } from '../../runtime/due.ts'
import { type Item, type Write, first, next } from '../../runtime/store.ts'

/** Whether the customer of an order will be reminded that its hold ends, and of what: without these, nobody is any more. */
export interface ReminderItem extends Item {
  readonly reminder?: {
    readonly customerId: string
    readonly number: string
    readonly expiresAt: string
    /** In milliseconds since 1970. */
    readonly at: number
  }
}

/** Longer than any order is held, in seconds: an event that comes late must still find that the order is not. */
const keptSeconds = 60 * 86_400

const keyOf = (orderId: string) => ({ pk: orderId, sk: 'hold' })

/** Plans a reminder, unless one is or was, or the order is known to be held no longer. */
export const planned = (orderId: string, reminder: NonNullable<ReminderItem['reminder']>): Write => ({
  put: first({ ...keyOf(orderId), reminder, ...dueAt(orderId, reminder.at) }),
  if: 'absent', // mutant: reminder-late
})

/** Nobody is reminded of that order any more, by whatever comes late. */
export const over = (orderId: string, now: number): Write => ({
  put: { ...first(keyOf(orderId)), ttl: Math.ceil(now / 1_000) + keptSeconds },
  if: 'any',
})

/** The same in the place of the reminder that was read. */
export function sent(item: ReminderItem, now: number): Write {
  const { reminder: _, duePk: __, dueSk: ___, ...rest } = item
  const put = { ...next(rest as ReminderItem, {}), ttl: Math.ceil(now / 1_000) + keptSeconds }
  return { put, if: { version: item.version } }
}
