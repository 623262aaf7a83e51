import { events } from '../../schemas/orders.ts'
import { addressStandIn, tokenStandIn } from '../../schemas/stand-ins.ts'
import { timeOf } from '../runtime/clock.ts'
import { withActions } from '../runtime/actions.ts'
import type { ToEvent } from '../runtime/relay.ts'
import { NotKnownYet } from '../runtime/redelivery.ts'
import type { Store } from '../runtime/store.ts'
import { type Contents, type Order, refundDue, waitsUntil } from './core/order.ts'
import { shipTo } from './core/ship-to.ts'
import { cancelledUnits, cancelledValue } from './core/cancelled-lines.ts'
import { status } from './core/status.ts'
import { complete, isOrder, readOrder } from './store/order-item.ts'
import { numberOf } from './store/order-number.ts'
import { own } from '../../schemas/own.ts'

const byName = new Map(Object.values(events).map((contract) => [contract.name as string, contract]))

/** The events that carry contents, which may lie beside the header. */
const withContents: ReadonlySet<unknown> = new Set([events.orderPlaced, events.orderAddress])

/** The events of orders, from the items that they ride in. */
export function orderEvents(store: Store): ToEvent {
  return withActions(events.actionRecorded, async (item, name) => {
    const contract = byName.get(name)
    if (!contract) throw new NotKnownYet(`Orders publish no event ${name}.`)
    if (!isOrder(item)) throw new Error(`${name} rides in ${item.pk} ${item.sk}, which is no order.`) // mutant: rides-in-no-order
    const { order, contents } = await complete(
      store,
      readOrder(item),
      withContents.has(contract) ? undefined : { lines: [] },
    )
    const { id, customerId, facts, reason, total, expiresAt, history, lineCount } = order
    const cancelled = cancelledValue(order)
    const previous = history.at(-2)
    const since = history.find((entry) => `order.${entry.status}` === contract.name)?.at
    return {
      contract,
      data: {
        orderId: id,
        customerId,
        number: numberOf(order),
        status: status(facts),
        ...(previous && { previousStatus: previous.status }),
        ...(since !== undefined && { since: timeOf(since) }), // mutant: status-since
        ...(reason && { reason }),
        facts,
        total,
        lineCount,
        ...(cancelled > 0 && { totalLeft: { ...total, amount: total.amount - cancelled } }),
        ...(expiresAt !== undefined && { expiresAt: timeOf(expiresAt) }),
        ...own(more, contract.name)?.(order, contents),
      },
    }
  })
}

/** What only some of the events carry. */
const more: Readonly<Record<string, (order: Order, contents: Contents) => object>> = {
  'order.placed': ({ holdSeconds, waitSeconds, placedAt }, { lines, shippingAddress, shipFrom, reservationId }) => ({
    lines: lines.map(({ sku, quantity }) => [sku, quantity]),
    prices: lines.map(({ price }) => price),
    holdSeconds,
    placedAt: timeOf(placedAt),
    ...(shippingAddress && { shipTo: shipTo(shippingAddress) }),
    ...(shipFrom && { shipFrom }),
    ...(waitSeconds !== undefined && { backorder: true }),
    ...(reservationId !== undefined && { reservationId }), // mutant: placed-takes
  }),
  'order.backordered': ({ estimatedAt, method, token, payAt, ...order }) => ({
    waitsUntil: timeOf(waitsUntil(order) ?? order.placedAt),
    ...(estimatedAt !== undefined && { estimatedAt: timeOf(estimatedAt) }),
    ...(payAt === 'placing' && { payment: { method, ...(token !== undefined && { tokenApart: true }) } }),
  }),
  'order.reserved': ({ method, token }) => ({
    payment: { method, ...(token !== undefined && { token: tokenStandIn, tokenApart: true }) },
  }),
  'payment.card_token': ({ token, facts, ...order }) => ({
    token,
    // It pays while it waits, for as long as it waits.
    ...(facts.stock === 'backordered' && { expiresAt: timeOf(waitsUntil(order) ?? order.placedAt), atOnce: true }),
  }),
  'order.confirmed': ({ hasAddress }) => ({
    ...(hasAddress && { shippingAddress: addressStandIn, addressApart: true }),
  }),
  'order.address': (_, { shippingAddress }) => ({ ...(shippingAddress && { address: shippingAddress }) }),
  'order.changed': (order) => ({
    cancelled: [...cancelledUnits(order)],
    refundDue: { ...order.total, amount: refundDue(order) },
  }),
  'order.forgotten': ({ history }) => ({ wasConfirmed: history.some(({ status: is }) => is === 'confirmed') }),
  'order.returned': (order) => ({ refundDue: { ...order.total, amount: refundDue(order) } }),
}
