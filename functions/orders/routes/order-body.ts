import type * as z from 'zod'
import type { Labels } from '../../../schemas/labels.ts'
import type { Guest } from '../../../schemas/guest.ts'
import type { Order as OrderBody, OrderSummary } from '../../../schemas/order.ts'
import { timeOf } from '../../runtime/clock.ts'
import { cancelledUnits, cancelledValue, splitLines } from '../core/cancelled-lines.ts'
import { type Contents, type Line, type Order, initialFacts, initialPayment, waitsUntil } from '../core/order.ts'
import { status } from '../core/status.ts'
import { numberOf } from '../store/order-number.ts'

/** The order as lists show it. */
export function summaryOf(order: Order, labels: Labels = {}): z.input<typeof OrderSummary> {
  const { id, customerId, placedAt, total, facts, reason, expiresAt, history, lineCount, changedAt = 0 } = order
  const is = status(facts)
  const hold = is === 'reserved' || is === 'expired' ? expiresAt : undefined
  return {
    id,
    number: numberOf(order),
    status: is,
    ...(reason && { reason }),
    customerId,
    total: { ...total, amount: total.amount - cancelledValue(order) },
    facts,
    payment: { method: order.method },
    placedAt: timeOf(placedAt),
    updatedAt: timeOf(Math.max(history.at(-1)?.at ?? placedAt, changedAt)),
    ...labels,
    ...(hold !== undefined && { expiresAt: timeOf(hold) }),
    ...backorderOf(order),
    lineCount,
  }
}

function backorderOf(order: Order): Pick<z.input<typeof OrderSummary>, 'backorder'> {
  const end = waitsUntil(order)
  if (end === undefined) return {}
  const estimated = order.facts.stock === 'backordered' ? order.estimatedAt : undefined
  return {
    backorder: {
      payAt: order.payAt ?? 'filling',
      waitsUntil: timeOf(end),
      ...(estimated !== undefined && { estimatedAt: timeOf(estimated) }),
    },
  }
}

/** What was ordered, as the API shows it. */
export function contentsBody(
  { lines, shippingAddress, billingAddress, notes, shipFrom, reservationId }: Contents,
  currency: string,
  units: ReadonlyMap<string, number> = new Map(),
) {
  const { left, cancelled } = splitLines(lines, units)
  const shown = ({ sku, name, quantity, price }: Line) => ({
    sku,
    name,
    quantity,
    unitPrice: { amount: price, currency },
    total: { amount: price * quantity, currency },
  })
  return {
    lines: left.map(shown),
    ...(cancelled.length > 0 && { cancelledLines: cancelled.map(shown) }),
    ...(shippingAddress && { shippingAddress }),
    ...(billingAddress && { billingAddress }),
    ...(notes !== undefined && { notes }),
    ...(shipFrom && { shipFrom: [...shipFrom] }),
    ...(reservationId !== undefined && { reservationId }),
  }
}

/** What stands beside an order, for who asks. */
export interface Beside {
  readonly guest?: Guest | undefined
  readonly labels?: Labels | undefined
}

/** The order whole. */
export function bodyOf(order: Order, contents: Contents, { guest, labels }: Beside): z.input<typeof OrderBody> {
  const { lineCount: _, ...summary } = summaryOf(order, labels)
  return { ...summary, ...contentsBody(contents, order.total.currency, cancelledUnits(order)), ...(guest && { guest }) }
}

/** The order as it was when it was placed, whatever has become of it. */
export function asPlaced({ reason: _, expiresAt: __, changedAt: ___, ...order }: Order): Order {
  return {
    ...order,
    facts: initialFacts,
    payment: initialPayment,
    returns: new Map(),
    history: order.history.slice(0, 1),
  }
}
