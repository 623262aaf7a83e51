import { timeOf } from '../../runtime/clock.ts'
import { type Swept, sweepDue } from '../../runtime/due.ts'
import { isErasedUser } from '../../runtime/known-users.ts'
import type { Item } from '../../runtime/store.ts'
import type { Change } from '../../runtime/update.ts'
import { change } from '../core/change.ts'
import { expire } from '../core/hold.ts'
import type { Order } from '../core/order.ts'
import { pending } from '../core/pending.ts'
import { isOrder, readOrder, writesOfChange } from '../store/order-item.ts'
import { writesOfForgetting } from '../store/forget-order.ts'
import { dropReleasedCancellations } from '../store/released-cancellations.ts'
import type { ForgetDeps } from '../deps.ts'
import { letOrdersForget } from './erased.ts'

/**
 * What became of what was due: a hold ended, pending events were emitted again, an order forgot its person, an erased user was brought to the
 * orders, or another writer was first.
 */
type Outcome = 'expired' | 'reminded' | 'forgotten' | 'overtaken'

/** Expires, reminds or forgets every order that is due. */
export const sweepOrders = (deps: ForgetDeps): Promise<Swept<Outcome>> =>
  sweepDue(deps, { expired: 0, reminded: 0, forgotten: 0, overtaken: 0, failed: 0 }, (item, now) =>
    sweepOne(deps, item, now),
  )

async function sweepOne(deps: ForgetDeps, item: Item, now: number): Promise<Outcome> {
  const { store } = deps
  const origin = { at: now, cause: `sweep at ${timeOf(now)}`, by: 'orders' }
  if (isErasedUser(item)) {
    await letOrdersForget(deps, item, origin)
    return 'forgotten'
  }
  if (!isOrder(item)) throw new Error(`${item.pk} ${item.sk} is due, and no sweep of orders knows it.`)
  const stored = readOrder(item)
  const event = expire(stored.state, now) // mutant: order-expiry
  const forgetting = event ? undefined : await writesOfForgetting(store, stored, origin)
  if (forgetting) await dropReleasedCancellations(store, stored)
  const changed = (event && change(stored.state, event, origin)) ?? reminder(stored.state)
  const outcome = await store.write(...(forgetting ?? writesOfChange(stored, changed, origin)))
  if (!outcome.ok) return 'overtaken'
  if (forgetting) return 'forgotten'
  return event ? 'expired' : 'reminded'
}

/** The same events again, under a new version and so with new ids. */
const reminder = (order: Order): Change<Order> => ({ state: order, emits: pending(order) }) // mutant: order-sweep
