import { timeOf } from '../../runtime/clock.ts'
import { type Swept, sweepDue } from '../../runtime/due.ts'
import type { Item, Store } from '../../runtime/store.ts'
import type { Change } from '../../runtime/update.ts'
import { change } from '../core/change.ts'
import { expire } from '../core/hold.ts'
import type { Order } from '../core/order.ts'
import { pending } from '../core/pending.ts'
import { readOrder, writesOfChange } from '../store/order-item.ts'
import type { OrderDeps } from '../deps.ts'

/** What became of an order that was due: its hold ended, its pending events were emitted again, or another writer changed it meanwhile. */
type Outcome = 'expired' | 'reminded' | 'overtaken'

/** Expires or reminds every order that is due. */
export const sweepOrders = (deps: OrderDeps): Promise<Swept<Outcome>> =>
  sweepDue(deps, { expired: 0, reminded: 0, overtaken: 0, failed: 0 }, (item, now) => sweepOne(deps.store, item, now))

async function sweepOne(store: Store, item: Item, now: number): Promise<Outcome> {
  const origin = { at: now, cause: `sweep at ${timeOf(now)}`, by: 'orders' }
  const stored = readOrder(item)
  const event = expire(stored.state, now) // mutant: order-expiry
  const changed = (event && change(stored.state, event, origin)) ?? reminder(stored.state)
  const outcome = await store.write(...writesOfChange(stored, changed, origin))
  if (!outcome.ok) return 'overtaken'
  return event ? 'expired' : 'reminded'
}

/** The same events again, under a new version and so with new ids. */
const reminder = (order: Order): Change<Order> => ({ state: order, emits: pending(order) }) // mutant: order-sweep
