import type { DataOf, Envelope } from '../../../schemas/contract.ts'
import type { OrderStatus, events } from '../../../schemas/orders.ts'
import type { ShippingDeps } from '../deps.ts'
import { changeShipments } from '../store/change-shipments.ts'

type Closing = DataOf<typeof events.orderCancelled | typeof events.orderPaymentFailed>

export const confirm =
  (deps: ShippingDeps) =>
  ({ id: cause, data }: Envelope<DataOf<typeof events.orderConfirmed>>): Promise<void> => {
    const { orderId, customerId, shippingAddress: address } = data
    return changeShipments(deps, orderId, { name: 'confirmed', cause, customerId, address }, { cause, by: 'orders' })
  }

/** An order that was never confirmed has no parcels, and never will. */
export const close =
  (deps: ShippingDeps) =>
  async ({ id: cause, data }: Envelope<Closing>): Promise<void> => {
    const { orderId, customerId, previousStatus } = data
    if (previousStatus === undefined || neverConfirmed.has(previousStatus)) return // mutant: never-confirmed
    await changeShipments(deps, orderId, { name: 'closed', cause, customerId }, { cause, by: 'orders' })
  }

const neverConfirmed: ReadonlySet<OrderStatus> = new Set(['placed', 'backordered', 'reserved'])
