import { endOf, overdue } from './hold.ts'
import type { Order, OrderEventName } from './order.ts'
import { pending } from './pending.ts'

/** What other services have not confirmed after this long is stuck: the sweeper has emitted it again three times. In milliseconds. */
export const stuckAfterMs = 900_000

export interface Stuck {
  /** The events that have no answer; none where a hold, or a wait for stock, should have ended. */
  readonly pending: readonly OrderEventName[]
  /** In milliseconds since 1970. */
  readonly since: number
}

/** Since when the order does not go on though it should, and what it waits for; undefined for any other order. */
export function stuck(order: Order, now: number): Stuck | undefined {
  const { history, placedAt } = order
  const end = endOf(order)
  const names = pending(order)
  const changedAt = history.at(-1)?.at ?? placedAt
  if (names.length > 0 && now >= changedAt + stuckAfterMs) return { pending: names, since: changedAt }
  if (end !== undefined && overdue(order, now - stuckAfterMs)) return { pending: [], since: end }
  return undefined
}
