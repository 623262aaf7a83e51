import { status } from './order.ts'
import { type Stored, findOrder } from './order.store.ts'
import type { OrderParts } from './parts.ts'

const shortestPauseMs = 40
const longestPauseMs = 200

/** Looks at the order, at growing distances, until it is no longer just placed or the time is over, and returns it as it stands then. */
export async function untilAnswered({ store, clock }: OrderParts, from: Stored, waitMs: number): Promise<Stored> {
  const end = clock.now() + waitMs
  let stored = from
  for (let pause = shortestPauseMs; status(stored.order.facts) === 'placed'; pause *= 2) {
    const left = end - clock.now()
    if (left <= 0) break
    await clock.sleep(Math.min(pause, longestPauseMs, left))
    stored = (await findOrder(store, from.order.id, { consistent: false })) ?? stored
  }
  return stored
}
