import { sortableTime } from '../../runtime/clock.ts'
import { partitionOf } from '../../runtime/sharded.ts'
import { poll } from '../../runtime/poll.ts'
import { paysItself } from '../core/order.ts'
import { pending } from '../core/pending.ts'
import { status } from '../core/status.ts'
import { type Stored, findOrder, isOrder, readOrder } from '../store/order-item.ts'
import { dayOf } from '../store/order-keys.ts'
import type { OrderDeps } from '../deps.ts'

/** An order that has not been answered for so long is behind, in milliseconds. */
const behindMs = 2_000
/** How long ago an order may have been placed that shows whether others are behind, in milliseconds. */
const shownWithinMs = 60_000

/** Whether an answer is on its way: of inventory, and then of payments where money comes by itself. */
const isWaiting = ({ state: order }: Stored): boolean => {
  const is = status(order.facts)
  const { payment } = order.facts
  const isAsked = is === 'reserved' || (is === 'backordered' && order.payAt === 'placing')
  if (!isAsked) return is === 'placed'
  return payment === 'in_flight' || (paysItself(order) && order.payment.version === 0)
}

/** Whether inventory, or payments after it, has not begun with the order. */
const isUntouched = ({ state }: Stored): boolean =>
  pending(state).some((name) => name === 'order.placed' || name === 'order.reserved')

/**
 * Whether orders wait for longer than two seconds: whether the last one that was placed before that still does, of those that share the
 * partition of this one. One query, for those alone that would wait. A partition without an order in the last minute is not behind: a shop with
 * so few has functions to spare.
 */
async function isBehind({ store, clock }: OrderDeps, { state: { id } }: Stored): Promise<boolean> {
  const end = clock.now() - behindMs
  const [last] = (
    await store.query({
      index: 'day',
      partition: partitionOf(dayOf(end), id),
      from: sortableTime(end - shownWithinMs),
      to: sortableTime(end),
      descending: true,
      limit: 1,
    })
  ).items
  return last !== undefined && isOrder(last) && isUntouched(readOrder(last))
}

/**
 * Polls the order until nothing is on its way or the time, in milliseconds, is over; returns it as it stands then. Undefined at once where
 * orders are behind: a wait would bring nothing, and keeps a function that others need.
 */
export async function untilAnswered(deps: OrderDeps, from: Stored, waitMs: number): Promise<Stored | undefined> {
  const { store, clock } = deps
  if (isWaiting(from) && (await isBehind(deps, from))) return undefined
  const read = async (): Promise<Stored> => (await findOrder(store, from.state.id, { consistent: false })) ?? from
  return poll(clock, from, { waitMs, isThere: (stored) => !isWaiting(stored) }, read)
}
