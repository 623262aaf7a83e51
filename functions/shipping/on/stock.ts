import type { DataOf, Envelope } from '../../../schemas/contract.ts'
import { unpackLines } from '../../../schemas/packed-lines.ts'
import type { events } from '../../../schemas/inventory.ts'
import type { ShippingDeps } from '../deps.ts'
import { changeShipments } from '../store/change-shipments.ts'

/** Records what is allocated to an order; reservations without an order have no parcels. */
export const allocate =
  (deps: ShippingDeps) =>
  ({ id: cause, data }: Envelope<DataOf<typeof events.stockCommitted>>): Promise<void> =>
    data.orderId === undefined
      ? Promise.resolve()
      : changeShipments(deps, data.orderId, { name: 'allocated', lines: unpackLines(data) }, { cause, by: 'inventory' })
