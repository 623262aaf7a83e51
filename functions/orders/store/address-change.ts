import type { Origin } from '../../../schemas/origin.ts'
import { update } from '../../runtime/update.ts'
import { change } from '../core/change.ts'
import type { AddressChange, Order } from '../core/order.ts'
import type { OrderDeps } from '../deps.ts'
import { orderItem } from './order-item.ts'

/** Gives the order another address, unless `isFree` is false. Returns the order as it stands then; undefined where there is none. */
export function giveAddress(
  deps: OrderDeps,
  orderId: string,
  to: AddressChange,
  origin: Origin,
  isFree: (order: Order) => boolean = () => true,
): Promise<Order | undefined> {
  return update(deps, orderItem, orderId, origin, (found) =>
    found !== undefined && isFree(found.state)
      ? change(found.state, { name: 'readdressed', change: to }, origin)
      : undefined,
  )
}
