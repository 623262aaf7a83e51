import type { Order } from './order.ts'
import { pending } from './pending.ts'
import { isClosed, status } from './status.ts'

/** After this long it is forgotten whatever it still waits for, in milliseconds. */
const longestWaitMs = 90 * 86_400_000

/** Whether nothing of the order is under way: no parcel, and no money. */
const isAtRest = (order: Order): boolean =>
  pending(order).length === 0 && (isClosed(order.facts) || status(order.facts) === 'completed')

/** When the order forgets the next of what it has of its person; undefined where it forgets nothing. */
export function forgetsAt(order: Order): number | undefined {
  const { forgetting } = order
  if (forgetting === undefined || forgetting.gone === 'all') return undefined
  if (forgetting.gone === 'words') return forgetting.addressUntil
  return isAtRest(order) ? forgetting.since : forgetting.since + longestWaitMs
}

/** The order without what it has to forget by now; undefined where that is nothing. */
export function forgotten(order: Order, now: number): Order | undefined {
  const at = forgetsAt(order)
  const { forgetting } = order
  if (forgetting === undefined || at === undefined || at > now) return undefined
  const gone = forgetting.addressUntil <= now ? 'all' : 'words' // mutant: forget-address
  if (gone === forgetting.gone) return undefined
  const { token: _, addressed, hasAddress, reason, ...rest } = order
  return {
    ...rest,
    ...(reason && { reason: withoutWords(reason) }),
    ...(gone === 'words' && { ...(addressed && { addressed }), ...(hasAddress && { hasAddress }) }),
    forgetting: { ...forgetting, gone },
  }
}

/** A reason without what somebody wrote. */
export const withoutWords = ({ message: _, ...reason }: NonNullable<Order['reason']>): NonNullable<Order['reason']> =>
  reason
