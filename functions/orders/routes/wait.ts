import { poll } from '../../runtime/poll.ts'
import { paysItself } from '../core/order.ts'
import { status } from '../core/status.ts'
import { type Stored, findOrder } from '../store/order-item.ts'
import type { OrderDeps } from '../deps.ts'

/** Whether an answer is on its way: of inventory, and then of payments where money comes by itself. */
const isWaiting = ({ state: order }: Stored): boolean => {
  const is = status(order.facts)
  const { payment } = order.facts
  if (is !== 'reserved') return is === 'placed'
  return payment === 'in_flight' || (paysItself(order) && order.payment.version === 0)
}

/** Polls the order until nothing is on its way or the time, in milliseconds, is over; returns it as it stands then. */
export function untilAnswered({ store, clock }: OrderDeps, from: Stored, waitMs: number): Promise<Stored> {
  const read = async (): Promise<Stored> => (await findOrder(store, from.state.id, { consistent: false })) ?? from
  return poll(clock, from, { waitMs, isThere: (stored) => !isWaiting(stored) }, read)
}
