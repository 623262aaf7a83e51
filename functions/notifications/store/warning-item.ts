import { dueAt } from '../../runtime/due.ts'
import { type Item, type Write, first, next } from '../../runtime/store.ts'

/** Whether the customer of an order will be warned that its hold ends, and of what: without these, nobody is any more. */
export interface WarningItem extends Item {
  readonly warning?: {
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

/** Plans a warning, unless one is or was, or the order is known to be held no longer. */
export const planned = (orderId: string, warning: NonNullable<WarningItem['warning']>): Write => ({
  put: first({ ...keyOf(orderId), warning, ...dueAt(orderId, warning.at) }),
  if: 'absent', // mutant: warning-late
})

/** A version that no warning has, and none that was sent: who has read one of these writes nothing over an end. */
const overVersion = 3

/** Nobody is warned of that order any more, by whatever comes late. */
export const over = (orderId: string, now: number): Write => ({
  put: { ...keyOf(orderId), version: overVersion, ttl: Math.ceil(now / 1_000) + keptSeconds }, // mutant: over-version
  if: 'any',
})

/** Whether an order is known to be held no longer. */
export const isOver = ({ version }: Item): boolean => version >= overVersion

export const warningKey = keyOf

/** The same in the place of the warning that was read. */
export function sent(item: WarningItem, now: number): Write {
  const { warning: _, duePk: __, dueSk: ___, ...rest } = item
  const put = { ...next(rest as WarningItem, {}), ttl: Math.ceil(now / 1_000) + keptSeconds }
  return { put, if: { version: item.version } } // mutant: warning-sent
}
