import type { DataOf, Envelope } from '../../../schemas/contract.ts'
import type { events } from '../../../schemas/orders.ts'
import type { OrderStatus } from '../../../schemas/order-status.ts'
import type { ShippingDeps } from '../deps.ts'
import { changeShipments } from '../store/change-shipments.ts'

type Confirmed = Envelope<DataOf<typeof events.orderConfirmed>>
type Addressed = Pick<Envelope<DataOf<typeof events.orderAddress>>, 'id' | 'data'>
type Closing = DataOf<typeof events.orderCancelled | typeof events.orderPaymentFailed>

/** An order whose address travels apart is confirmed here by that: no parcel is made before its address is there. */
export const confirm =
  (deps: ShippingDeps) =>
  async ({ id, data: { addressApart, shippingAddress: address, ...data } }: Confirmed): Promise<void> => {
    if (!addressApart) await confirmTo(deps)({ id, data: { ...data, address } }) // mutant: address-apart
  }

/** Confirms an order, whose parcels go to the address. */
export const confirmTo =
  (deps: ShippingDeps) =>
  ({ id: cause, data: { orderId, customerId, address } }: Addressed): Promise<void> =>
    changeShipments(deps, orderId, { name: 'confirmed', cause, customerId, address }, { cause, by: 'orders' })

/** An order that was never confirmed has no parcels, and never will. */
export const close =
  (deps: ShippingDeps) =>
  async ({ id: cause, data }: Envelope<Closing>): Promise<void> => {
    const { orderId, customerId, previousStatus } = data
    if (previousStatus === undefined || neverConfirmed.has(previousStatus)) return // mutant: never-confirmed
    await changeShipments(deps, orderId, { name: 'closed', cause, customerId }, { cause, by: 'orders' })
  }

const neverConfirmed: ReadonlySet<OrderStatus> = new Set(['placed', 'backordered', 'reserved'])

/** Forgets the person of an order. An order that was never confirmed has nothing here, and never will. */
export const forget =
  (deps: ShippingDeps) =>
  async ({ id: cause, data }: Envelope<DataOf<typeof events.orderForgotten>>): Promise<void> => {
    const { orderId, customerId, wasConfirmed } = data
    if (wasConfirmed) await changeShipments(deps, orderId, { name: 'forgotten', customerId }, { cause, by: 'orders' })
  }
