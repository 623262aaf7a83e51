import type * as z from 'zod'
import type { Order as OrderBody, OrderSummary } from '../../../schemas/orders.ts'
import { timeOf } from '../../runtime/clock.ts'
import { type Contents, type Order, initialFacts, initialPayment } from '../core/order.ts'
import { status } from '../core/status.ts'
import { numberOf } from '../store/order-keys.ts'

/** The order as lists show it. */
export function summaryOf(order: Order): z.input<typeof OrderSummary> {
  const { id, customerId, placedAt, total, facts, reason, expiresAt, history, lineCount } = order
  const is = status(facts)
  const hold = is === 'reserved' || is === 'expired' ? expiresAt : undefined
  return {
    id,
    number: numberOf(order),
    status: is,
    ...(reason && { reason }),
    customerId,
    total,
    facts,
    payment: { method: order.method },
    placedAt: timeOf(placedAt),
    updatedAt: timeOf(history.at(-1)?.at ?? placedAt),
    ...(hold !== undefined && { expiresAt: timeOf(hold) }),
    lineCount,
  }
}

/** What was ordered, as the API shows it. */
export function contentsBody({ lines, shippingAddress, billingAddress, notes }: Contents, currency: string) {
  return {
    lines: lines.map(({ sku, name, quantity, price }) => ({
      sku,
      name,
      quantity,
      unitPrice: { amount: price, currency },
      total: { amount: price * quantity, currency },
    })),
    ...(shippingAddress && { shippingAddress }),
    ...(billingAddress && { billingAddress }),
    ...(notes !== undefined && { notes }),
  }
}

/** The order whole. */
export function bodyOf(order: Order, contents: Contents): z.input<typeof OrderBody> {
  const { lineCount: _, ...summary } = summaryOf(order)
  return { ...summary, ...contentsBody(contents, order.total.currency) }
}

/** The order as it was when it was placed, whatever has become of it. */
export function asPlaced({ reason: _, expiresAt: __, ...order }: Order): Order {
  return {
    ...order,
    facts: initialFacts,
    payment: initialPayment,
    returns: new Map(),
    history: order.history.slice(0, 1),
  }
}
