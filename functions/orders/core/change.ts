import type { Origin } from '../../../schemas/origin.ts'
import type { Reason } from '../../../schemas/order-reason.ts'
import type { Facts, OrderStatus } from '../../../schemas/order-status.ts'
import { cancellations } from './cancelled-lines.ts'
import { evolve } from './evolve.ts'
import { type Order, type OrderEvent, type OrderEventName, refundDue } from './order.ts'
import { pending } from './pending.ts'
import { eventsOfStatus, isClosed, status } from './status.ts'

export interface Change {
  readonly state: Order
  readonly emits: readonly OrderEventName[]
}

/** The order with the event, the entries in its history, and the events that this emits; undefined when nothing is new. */
export function change(before: Order, event: OrderEvent, origin: Origin): Change | undefined {
  const after = evolve(before, event)
  if (after === before) return undefined
  const passed = statusesFrom(before.facts, after.facts)
  const reason = passed.length > 0 && isClosed(after.facts) ? reasonOf(event) : undefined
  return {
    state: {
      ...after,
      ...(reason && { reason }),
      history: [...after.history, ...passed.map((is) => ({ status: is, ...origin }))],
    },
    emits: emits(before, after),
  }
}

/** The events of the new statuses, and of what the change made pending. */
export function emits(before: Order, after: Order): readonly OrderEventName[] {
  const known = pending(before)
  const asked = pending(after).filter((name) => !known.includes(name) || hasGrown(before, after, name))
  const isChanged = hasLess(before, after) || (after.addressed !== before.addressed && !isClosed(after.facts))
  const changed = isChanged ? (['order.changed'] as const) : []
  return [...new Set([...statusesFrom(before.facts, after.facts).flatMap(eventsOfStatus), ...changed, ...asked])]
}

/** Whether more is pending than before under the same name. */
const hasGrown = (before: Order, after: Order, name: OrderEventName): boolean =>
  name === 'order.returned' && refundDue(after) > refundDue(before)

/** Whether units were cancelled of an order that goes on. */
const hasLess = (before: Order, after: Order): boolean =>
  !isClosed(after.facts) && cancellations(after).length > cancellations(before).length

/** The statuses that a change leads through: an order whose parcels have all arrived is completed in the same moment. */
function statusesFrom(before: Facts, after: Facts): readonly OrderStatus[] {
  const was = status(before)
  const is = status(after)
  if (was === is) return []
  return is === 'completed' && after.fulfilment === 'delivered' && was !== 'delivered' ? ['delivered', is] : [is]
}

const cancelledBy = (by: 'customer' | 'operator', message: string | undefined): Reason => ({
  code: by === 'operator' ? 'cancelled_by_operator' : 'cancelled_by_customer',
  ...(message !== undefined && { message }),
})

function reasonOf(event: OrderEvent): Reason | undefined {
  switch (event.name) {
    case 'stock.refused':
      return event.refusal === undefined
        ? { code: 'insufficient_stock', shortages: [...event.shortages] }
        : { code: event.refusal }
    case 'stock.released':
      return { code: 'stock_withdrawn' }
    case 'withdrawn':
      // mutant: last-line-by
      return event.by
        ? cancelledBy(event.by, event.message)
        : { code: 'stock_withdrawn', ...(event.message !== undefined && { message: event.message }) }
    case 'payment':
      return { code: 'payment_failed', ...(event.failure !== undefined && { payment: event.failure }) }
    case 'cancelled':
      return cancelledBy(event.by, event.message)
    case 'expired':
      return { code: 'hold_expired' }
    case 'unfilled':
      return { code: 'backorder_unfilled' }
    case 'stock.reserved':
    case 'stock.backordered':
    case 'stock.committed':
    case 'shipped':
    case 'returned':
    case 'line_cancelled':
    case 'readdressed':
    case 'approved':
    case 'left':
    case 'explained':
      return undefined
  }
}
