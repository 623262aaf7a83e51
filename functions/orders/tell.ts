import { events } from '../../schemas/orders.ts'
import { timeOf } from '../runtime/clock.ts'
import type { Tell } from '../runtime/relay.ts'
import type { Store } from '../runtime/store.ts'
import { status } from './order.ts'
import { complete, readOrder } from './order.store.ts'
import { numberOf, reasonOf } from './show-order.ts'

const byName = new Map(Object.values(events).map((contract) => [contract.name as string, contract]))

/** Tells an event of an order. Only `order.placed` carries the lines; they are read from beside the header where they are. */
export function tellOrder(store: Store): Tell {
  return async (item, name) => {
    const contract = byName.get(name)
    if (!contract) throw new Error(`Orders do not say ${name}.`)
    const placing = contract === events.orderPlaced
    const { order, contents } = await complete(store, readOrder(item), placing ? undefined : { lines: [] })
    const { id, customerId, facts, reason, total, holdSeconds, placedAt, expiresAt, history } = order
    const previous = history.at(-2)
    return {
      contract,
      data: {
        orderId: id,
        customerId,
        number: numberOf(order),
        status: status(facts),
        ...(previous && { previousStatus: previous.status }),
        ...(reason && { reason: reasonOf(reason) }),
        total,
        ...(placing && {
          lines: contents.lines.map(({ sku, quantity }) => [sku, quantity]),
          holdSeconds,
          placedAt: timeOf(placedAt),
        }),
        ...(expiresAt !== undefined && { expiresAt: timeOf(expiresAt) }),
      },
    }
  }
}
