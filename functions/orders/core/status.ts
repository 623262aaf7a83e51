import type { Facts, OrderStatus } from '../../../schemas/order-status.ts'
import type { OrderEventName } from './order.ts'

const unpaid = {
  requested: 'placed',
  backordered: 'backordered',
  held: 'reserved',
  committed: 'reserved',
  refused: 'rejected',
  released: 'cancelled',
} as const satisfies Record<Facts['stock'], OrderStatus>

const paid = { ...unpaid, held: 'confirmed', committed: 'confirmed' } as const

const failed = {
  requested: 'payment_failed',
  backordered: 'payment_failed',
  held: 'payment_failed',
  committed: 'payment_failed',
  refused: 'rejected',
  released: 'payment_failed',
} as const satisfies Record<Facts['stock'], OrderStatus>

const byPayment: Readonly<Record<Facts['payment'], Readonly<Record<Facts['stock'], OrderStatus>>>> = {
  none: unpaid,
  in_flight: unpaid,
  paid,
  failed,
  // Money on its way back from an order that was not closed: it came after the payment had failed for good.
  refund_due: failed,
  refunded: failed,
}

const failures: ReadonlySet<Facts['payment']> = new Set(['failed', 'refund_due', 'refunded'])

const byFulfilment: Readonly<Record<Facts['fulfilment'], OrderStatus | undefined>> = {
  none: undefined,
  created: undefined,
  partially_shipped: 'partially_shipped',
  shipped: 'shipped',
  delivered: 'completed',
  returned: 'completed',
}

/** What the facts amount to. A closing stands over everything, then a payment that failed, then parcels, then stock and payment. */
export function status({ stock, payment, closing, fulfilment }: Facts): OrderStatus {
  if (closing !== 'none') return closing
  const parcels = failures.has(payment) ? undefined : byFulfilment[fulfilment] // mutant: failed-parcels
  return parcels ?? byPayment[payment][stock]
}

/** What may still become of an order: `open` ones can be cancelled, what is `dispatched` runs its course, `closed` is for good. */
export const phase: Readonly<Record<OrderStatus, 'open' | 'dispatched' | 'closed'>> = {
  placed: 'open',
  reserved: 'open',
  backordered: 'open',
  confirmed: 'open',
  partially_shipped: 'dispatched',
  shipped: 'dispatched',
  delivered: 'dispatched',
  completed: 'dispatched',
  rejected: 'closed',
  payment_failed: 'closed',
  cancelled: 'closed',
  expired: 'closed',
}

/** A closed order never opens again. */
export const isClosed = (facts: Facts): boolean => phase[status(facts)] === 'closed'

/** The event of each new status; shipping publishes what becomes of single parcels. */
const eventOfStatus: Readonly<Record<OrderStatus, OrderEventName | undefined>> = {
  placed: 'order.placed',
  reserved: 'order.reserved',
  backordered: 'order.backordered',
  confirmed: 'order.confirmed',
  partially_shipped: undefined,
  shipped: 'order.shipped',
  delivered: 'order.delivered',
  completed: 'order.completed',
  rejected: 'order.rejected',
  payment_failed: 'order.payment_failed',
  cancelled: 'order.cancelled',
  expired: 'order.expired',
}

export const eventsOfStatus = (is: OrderStatus): readonly OrderEventName[] =>
  [eventOfStatus[is]].filter((name) => name !== undefined)
