import type { Origin } from '../../../schemas/origin.ts'
import type { Address } from '../../../schemas/shared.ts'
import { inPlaceOf, revisionOf, update } from '../../runtime/update.ts'
import { change } from '../core/change.ts'
import type { AddressChange, Order } from '../core/order.ts'
import type { OrderDeps } from '../deps.ts'
import { orderItem } from './order-item.ts'
import { addressKey } from './order-keys.ts'

/**
 * Gives the order another address, which lies beside its header, unless `isFree` is false. Returns the order as it stands then; undefined where
 * there is none.
 */
export function giveAddress(
  deps: OrderDeps,
  orderId: string,
  { address, ...to }: AddressChange & { readonly address: Address },
  origin: Origin,
  isFree: (order: Order) => boolean = () => true,
): Promise<Order | undefined> {
  return update(deps, orderItem, orderId, origin, async (found) => {
    const isWanted = found !== undefined && isFree(found.state)
    const changed = isWanted ? change(found.state, { name: 'readdressed', change: to }, origin) : undefined
    if (changed === undefined) return undefined
    const key = addressKey(orderId)
    const before = await deps.store.get(key, { consistent: true })
    return { ...changed, also: [inPlaceOf(before, { ...key, address, ...revisionOf(before, [], origin) })] }
  })
}
