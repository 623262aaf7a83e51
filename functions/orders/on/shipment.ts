import type { DataOf, Envelope } from '../../../schemas/contract.ts'
import type { HeldLine } from '../../../schemas/held-lines.ts'
import type { Fulfilment, ReturnedLine, events } from '../../../schemas/shipping.ts'
import type { HandlersOf } from '../../runtime/events.ts'
import type { Store } from '../../runtime/store.ts'
import type { OrderEvent, Units } from '../core/order.ts'
import { isClosed } from '../core/status.ts'
import type { OrderDeps } from '../deps.ts'
import { giveAddress } from '../store/address-change.ts'
import { changeOrder } from '../store/change-order.ts'
import { complete, findOrder } from '../store/order-item.ts'

type ShipmentEvent =
  | typeof events.shipmentCreated
  | typeof events.shipmentDispatched
  | typeof events.shipmentPartDispatched
  | typeof events.shipmentDelivered
  | typeof events.shipmentReturned
  | typeof events.shipmentPartReturned
  | typeof events.shipmentWithdrawn
  | typeof events.shipmentPartWithdrawn
  | typeof events.shipmentReduced
  | typeof events.shipmentAddress
  | typeof events.shipmentOrderCancelled

/** How far the parcels of an order are, and what came back or will not be sent. Throws when there is no such order. */
export function onShipment(deps: OrderDeps): HandlersOf<ShipmentEvent> {
  const change = (
    { id: cause, data: { orderId } }: Envelope<{ readonly orderId: string }>,
    event: OrderEvent,
    by = 'shipping',
  ) => changeOrder(deps, orderId, () => event, { at: deps.clock.now(), cause, by })
  const onProgress = async (event: Envelope<{ readonly orderId: string; readonly fulfilment: Fulfilment }>) => {
    await change(event, { name: 'shipped', fulfilment: event.data.fulfilment })
  }
  const onReturn = async (event: Envelope<DataOf<typeof events.shipmentReturned>>) => {
    const { orderId, fulfilment, returnId, lines } = event.data
    const value = await paidFor(deps.store, orderId, lines)
    await change(event, { name: 'returned', fulfilment, returnId, value })
  }
  const onWithdrawal = async (event: Envelope<DataOf<typeof events.shipmentWithdrawn>>) => {
    const { orderId, fulfilment, shipmentId, nothingSent, cancelledBy, reason: message, lines } = event.data
    const value = await paidFor(deps.store, orderId, lines)
    const [last] = lines
    const cancelled: Units | undefined = event.data.cancelled && last ? [last[0], last[2]] : undefined
    const withdrawn = { name: 'withdrawn', fulfilment, shipmentId, value, nothingSent, cancelled, message } as const
    await change(event, { ...withdrawn, ...(cancelledBy && { by: cancelledBy.as }) }, cancelledBy?.by)
  }
  return {
    'shipment.created': onProgress,
    'shipment.dispatched': onProgress,
    'shipment.part_dispatched': onProgress,
    'shipment.delivered': onProgress,
    'shipment.returned': onReturn,
    'shipment.part_returned': onReturn,
    'shipment.withdrawn': onWithdrawal,
    'shipment.part_withdrawn': onWithdrawal,
    'shipment.address': async ({ id: cause, data: { orderId, changeId: id, number, address } }) => {
      const origin = { at: deps.clock.now(), cause, by: 'shipping' }
      const order = await giveAddress(deps, orderId, { id, number, address }, origin)
      if (order === undefined) throw new Error(`There is no order ${orderId} (yet).`)
    },
    'shipment.order_cancelled': async ({ id: cause, data: { orderId, by, as } }) => {
      const closing = { name: 'cancelled', by: as } as const
      const origin = { at: deps.clock.now(), cause, by }
      // mutant: cancelled-elsewhere
      await changeOrder(deps, orderId, ({ facts }) => (isClosed(facts) ? undefined : closing), origin)
    },
    'shipment.reduced': async (event) => {
      const { orderId, fulfilment, reductionId: id, lines } = event.data
      const value = await paidFor(deps.store, orderId, lines)
      for (const [sku, , units] of lines)
        await change(event, { name: 'line_cancelled', fulfilment, id, cancelled: [sku, units], value })
    },
  }
}

/** What these units cost in the order, in minor units. Throws when there is no such order. */
async function paidFor(store: Store, orderId: string, units: readonly (HeldLine | ReturnedLine)[]): Promise<number> {
  const stored = await findOrder(store, orderId, { consistent: true })
  if (!stored) throw new Error(`There is no order ${orderId} (yet).`)
  const { contents } = await complete(store, stored)
  const prices = new Map(contents.lines.map(({ sku, price }) => [sku, price]))
  return units.reduce((sum, [sku, , quantity]) => sum + (prices.get(sku) ?? 0) * quantity, 0) // mutant: return-value
}
