import { type Order, paysItself, status } from './order.ts'
import { type Stored, findOrder } from './order.store.ts'
import type { OrderParts } from './parts.ts'

const shortestPauseMs = 40
const longestPauseMs = 200

/** Whether an answer is on its way: of inventory, and then of payments where money comes by itself. */
const waiting = (order: Order): boolean => {
  const is = status(order.facts)
  const { payment } = order.facts
  if (is !== 'reserved') return is === 'placed'
  return payment === 'in_flight' || (paysItself(order) && order.told.version === 0)
}

/** Looks at the order, at growing distances, until nothing is on its way or the time is over, and returns it as it stands then. */
export async function untilAnswered({ store, clock }: OrderParts, from: Stored, waitMs: number): Promise<Stored> {
  const end = clock.now() + waitMs
  let stored = from
  for (let pause = shortestPauseMs; waiting(stored.order); pause *= 2) {
    const left = end - clock.now()
    if (left <= 0) break
    await clock.sleep(Math.min(pause, longestPauseMs, left))
    stored = (await findOrder(store, from.order.id, { consistent: false })) ?? stored
  }
  return stored
}
