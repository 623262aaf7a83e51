import type { Facts } from '../../../schemas/order-status.ts'
import type { PaymentStatus } from '../../../schemas/payment.ts'
import { markOf } from './cancelled-lines.ts'
import type { AddressChange, Order, OrderEvent, PaymentChanged } from './order.ts'
import { isClosed } from './status.ts'

// What is known of stock and parcels only grows: late, repeated and overtaken answers change nothing.
const stockRank: Readonly<Record<Facts['stock'], number>> = {
  requested: 0,
  backordered: 1,
  held: 2,
  committed: 3,
  released: 4,
  refused: 5,
}

const fulfilmentRank: Readonly<Record<Facts['fulfilment'], number>> = {
  none: 0,
  created: 1,
  partially_shipped: 2,
  shipped: 3,
  delivered: 4,
  returned: 5,
}

/**
 * Adds a fact. The same order comes back when the event brings nothing new. Events of other services may arrive in any order; of
 * two closings the first one stands.
 */
export function evolve(order: Order, event: OrderEvent): Order {
  const known = learn(order, event)
  // Money that is there when the order closes is due to go back.
  // mutant: closed-money
  return known !== order && known.facts.payment === 'paid' && isClosed(known.facts)
    ? withFact(known, { payment: 'refund_due' })
    : known
}

function learn(order: Order, event: OrderEvent): Order {
  const { facts } = order
  switch (event.name) {
    case 'stock.reserved':
      return holding(withStock(order, 'held'), event.expiresAt)
    case 'stock.backordered':
      return waiting(withStock(order, 'backordered'), event)
    case 'stock.refused':
      // An approval that came before stock was requested counts for nothing: payments begin with held stock.
      return withStock(facts.payment === 'paid' ? withFact(order, { payment: 'none' }) : order, 'refused')
    case 'stock.committed':
      return withStock(order, 'committed')
    case 'stock.released':
      return withStock(isClosed(facts) ? order : withFact(order, { closing: 'cancelled' }), 'released')
    case 'payment':
      return event.version > order.payment.version ? withPayment(order, event) : order // mutant: payment-version
    case 'shipped':
      return withFulfilment(order, event.fulfilment)
    case 'returned':
      return withReturn(withFulfilment(order, event.fulfilment), event.returnId, event.value)
    case 'withdrawn': {
      // mutant: unsent-value
      const returned = withReturn(withFulfilment(order, event.fulfilment), event.shipmentId, event.value)
      const known = event.cancelled ? withReturn(returned, markOf(event.shipmentId, event.cancelled), 0) : returned
      // mutant: nothing-sent
      return event.nothingSent && !isClosed(known.facts) ? withFact(known, { closing: 'cancelled' }) : known
    }
    case 'line_cancelled': {
      const known = withReturn(withFulfilment(order, event.fulfilment), event.id, event.value) // mutant: cancelled-value
      return withReturn(known, markOf(event.id, event.cancelled), 0) // mutant: cancelled-units
    }
    case 'readdressed':
      // What is forgotten comes back by no event that is late.
      return (order.forgetting?.gone ?? 'nothing') === 'nothing' ? withAddress(order, event.change) : order
    case 'explained':
      return order.reason ? { ...order, reason: { ...order.reason, message: event.message } } : order
    case 'approved':
      return payable.has(facts.payment) && !isClosed(facts) ? withFact(order, { payment: 'paid' }) : order
    case 'unfilled':
      return withClosing(order, 'cancelled')
    case 'left': {
      const { since, addressUntil } = event
      return order.forgetting ? order : { ...order, forgetting: { since, addressUntil, gone: 'nothing' } }
    }
    case 'cancelled':
    case 'expired':
      return withClosing(order, event.name)
  }
}

const withClosing = (order: Order, closing: 'cancelled' | 'expired'): Order =>
  order.facts.closing === 'none' ? withFact(order, { closing }) : order

/** Changes that shipping has taken are numbered; one before that replaces any other. */
const withAddress = (order: Order, change: AddressChange): Order =>
  change.number > (order.addressed?.number ?? -1) || (change.number === 0 && change.id !== order.addressed?.id) // mutant: address-newest
    ? { ...order, hasAddress: true, addressed: change }
    : order

const withReturn = (order: Order, id: string, value: number): Order =>
  order.returns.has(id) ? order : { ...order, returns: new Map(order.returns).set(id, value) } // mutant: returns-kept

export const payable: ReadonlySet<Facts['payment']> = new Set(['none', 'in_flight'])

function withFact(order: Order, fact: Partial<Facts>): Order {
  return { ...order, facts: { ...order.facts, ...fact } }
}

function withStock(order: Order, stock: Facts['stock']): Order {
  return stockRank[stock] > stockRank[order.facts.stock] ? withFact(order, { stock }) : order // mutant: stock-rank
}

function withFulfilment(order: Order, fulfilment: Facts['fulfilment']): Order {
  // mutant: fulfilment-rank
  return fulfilmentRank[fulfilment] > fulfilmentRank[order.facts.fulfilment] ? withFact(order, { fulfilment }) : order
}

function withPayment(order: Order, { version, status: is, kept, refundedForReturns }: PaymentChanged): Order {
  const payment = { version, captured: is === 'captured', kept, refundedForReturns }
  return withFact({ ...order, payment }, { payment: paymentFact(order.facts, is) })
}

function paymentFact(facts: Facts, is: PaymentStatus): Facts['payment'] {
  switch (is) {
    case 'requested':
      return facts.payment === 'in_flight' ? 'none' : facts.payment
    case 'in_flight':
      return facts.payment === 'none' ? 'in_flight' : facts.payment
    case 'authorized':
    case 'captured':
      return isClosed(facts) ? 'refund_due' : 'paid'
    case 'voided':
      return 'none'
    case 'failed':
    case 'refund_due':
    case 'refunded':
      return is
  }
}

function waiting(
  order: Order,
  { estimatedAt, estimate }: Pick<Extract<OrderEvent, { name: 'stock.backordered' }>, 'estimatedAt' | 'estimate'>,
): Order {
  const { estimatedAt: before, estimate: known = 0, ...rest } = order
  if (order.facts.stock !== 'backordered' || (before === estimatedAt && estimate === known)) return order
  if (estimate < known) return order // mutant: estimate-newest
  return { ...rest, ...(estimatedAt !== undefined && { estimatedAt }), ...(estimate > 0 && { estimate }) }
}

function holding(order: Order, expiresAt: number): Order {
  return expiresAt > (order.expiresAt ?? 0) ? { ...order, expiresAt } : order
}
