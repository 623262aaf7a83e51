import * as z from 'zod'
import { actionRecorded } from './action.ts'
import { impersonal, personal } from './personal.ts'
import { retired } from './retired.ts'
import { event, privateEvent, route } from './contract.ts'
import { HeldLine, PlacedIn, PlacedLine, listedWarehouses } from './held-lines.ts'
import { Condition, Shipment, ShipmentStatus } from './shipment.ts'
import { shipmentChanges } from './shipment-changes.ts'
import { Address, Id, Paging, Quantity, Sku, pageOf } from './shared.ts'
import { OrderAddressInput } from './address-input.ts'

/** Units that were taken out of parcels. */
export const LineCancellation = z
  .object({
    items: z.array(z.object({ id: Id, shipmentId: Id, sku: Sku, quantity: Quantity })),
    nothingSent: z.boolean().describe('No parcel of the order has left or will: the order is over.'),
  })
  .meta({ id: 'LineCancellation' })
export type LineCancellation = z.infer<typeof LineCancellation>

/** Where parcels go that have not left. */
export const AddressChange = z
  .object({
    id: Id,
    number: z
      .int()
      .min(0)
      .describe('The changes of an order are numbered from 1; 0 stands for the address that it came with.'),
  })
  .meta({ id: 'AddressChange' })
export type AddressChange = z.infer<typeof AddressChange>

/** Who cancelled: in whose name, and by what right. */
const canceller = {
  by: impersonal('the id of a user or an API key', z.string()),
  as: z.enum(['customer', 'operator']),
}

/** How far the parcels of an order are, all of them together. */
export const Fulfilment = z
  .enum(['none', 'created', 'partially_shipped', 'shipped', 'delivered', 'returned'])
  .meta({ id: 'Fulfilment' })
export type Fulfilment = z.infer<typeof Fulfilment>

const OfOrder = z.object({
  orderId: Id,
  fulfilment: Fulfilment.describe('Of the whole order; only ever grows.'),
})
const OfShipment = OfOrder.extend({ shipmentId: Id, warehouseId: Id, customerId: Id.optional() })

/** As compact as the lines of inventory. */
export const ReturnedLine = z
  .tuple([Sku, Id, Quantity, Condition])
  .describe('Sku, warehouse, units, what becomes of them.')
export type ReturnedLine = z.infer<typeof ReturnedLine>

/**
 * What a warehouse has sent, which sends an order in several parcels: all of them together, so that events may come in any order and twice.
 * The last release takes a parcel for all that its warehouse has, which is why these parcels have events of their own.
 */
const LeftInAll = z
  .array(PlacedLine)
  .describe('Sku, warehouse, units: how many of these have left for the order in all parcels until then.')

export const events = {
  shipmentCreated: event(
    'shipping',
    'shipment.created',
    1,
    'A warehouse has to send these lines.',
    OfShipment.extend({ lines: z.array(HeldLine) }),
  ),
  shipmentDispatched: event(
    'shipping',
    'shipment.dispatched',
    1,
    'A parcel has left its warehouse, with all that is allocated there.',
    OfShipment.extend({
      lines: z.array(HeldLine),
      carrier: impersonal('a carrier', z.string()).optional(),
      trackingNumber: impersonal('the number of a parcel', z.string()).optional(),
    }),
  ),
  shipmentPartDispatched: event(
    'shipping',
    'shipment.part_dispatched',
    1,
    'A parcel has left its warehouse, which sends the order in several: other parcels of it have left, or stay.',
    OfShipment.extend({
      lines: z.array(PlacedLine),
      left: LeftInAll,
      warehouses: listedWarehouses,
      carrier: impersonal('a carrier', z.string()).optional(),
      trackingNumber: impersonal('the number of a parcel', z.string()).optional(),
    }),
  ),
  shipmentDelivered: event('shipping', 'shipment.delivered', 1, 'A parcel has arrived.', OfShipment),
  shipmentFailed: event(
    'shipping',
    'shipment.failed',
    1,
    'The carrier could not deliver.',
    OfShipment.extend({ reason: retired(personal('reason', z.string()).optional()) }),
  ),
  shipmentWithdrawn: event(
    'shipping',
    'shipment.withdrawn',
    1,
    'A parcel will not leave its warehouse: what is allocated there goes back, and so does its price. The rest of the order goes on.',
    OfShipment.extend({
      lines: z.array(HeldLine),
      reason: retired(personal('reason', z.string()).optional()),
      nothingSent: z.boolean().describe('No parcel of the order has left or will: the order is over.'),
      cancelled: z.boolean().optional().describe('All of its lines were cancelled.'),
      cancelledBy: z.object(canceller).optional().describe('Who cancelled the last of them.'),
    }),
  ),
  shipmentPartWithdrawn: event(
    'shipping',
    'shipment.part_withdrawn',
    1,
    'A parcel will not leave its warehouse, which others have left: its units go back, and so does their price.',
    OfShipment.extend({
      lines: z.array(HeldLine),
      nothingSent: z.boolean().describe('Never: others have left.'),
      cancelled: z.boolean().optional().describe('All of its lines were cancelled.'),
    }),
  ),
  shipmentReduced: event(
    'shipping',
    'shipment.reduced',
    1,
    'Units of a line were cancelled before their parcel left: they go back, and so does their price. The rest of the parcel goes on.',
    OfShipment.extend({
      reductionId: Id.describe('One for each reduction: units go back once.'),
      lines: z.array(HeldLine),
    }),
  ),
  shipmentReturned: event(
    'shipping',
    'shipment.returned',
    1,
    'Units of a parcel came back.',
    OfShipment.extend({
      returnId: Id.describe('One for each return: units come back once.'),
      lines: z.array(ReturnedLine),
    }),
  ),
  shipmentPartReturned: event(
    'shipping',
    'shipment.part_returned',
    1,
    'Units of a parcel came back to a warehouse that sends the order in several.',
    OfShipment.extend({
      returnId: Id.describe('One for each return: units come back once.'),
      lines: z.array(
        z.tuple([Sku, PlacedIn, Quantity, Condition]).describe('Sku, warehouse, units, what becomes of them.'),
      ),
      left: LeftInAll,
      warehouses: listedWarehouses,
    }),
  ),
  shipmentAddress: privateEvent(
    'shipping',
    'shipment.address',
    1,
    'The parcels of an order, of which none has left, go to another address.',
    z.object({
      orderId: Id,
      changeId: Id,
      number: z.int().min(1).describe('The highest one holds.'),
      address: Address,
    }),
  ),
  shipmentOrderCancelled: privateEvent(
    'shipping',
    'shipment.order_cancelled',
    1,
    'Somebody has cancelled an order of which no parcel has left, and none will: the order is over.',
    z.object({ orderId: Id, ...canceller }),
  ),
  shipmentCancelled: event(
    'shipping',
    'shipment.cancelled',
    1,
    'Nothing more of the order will leave a warehouse: what is allocated in others than those that it left can go back.',
    OfOrder.extend({
      shipmentIds: z.array(Id).describe('The cancelled ones.'),
      leftWarehouseIds: z.array(Id).describe('Their parcels had left before, whether their events had arrived or not.'),
    }),
  ),
  shipmentRestCancelled: event(
    'shipping',
    'shipment.rest_cancelled',
    1,
    'Nothing more of the order will leave a warehouse, and one has sent a part of what it had: the rest can go back.',
    OfOrder.extend({
      shipmentIds: z.array(Id).describe('The cancelled ones.'),
      leftWarehouseIds: z.array(Id).describe('All that was allocated there has left.'),
      left: LeftInAll,
      warehouses: listedWarehouses,
    }),
  ),
  actionRecorded: actionRecorded('shipping'),
}

const byId = z.strictObject({ id: Id })
export const routes = {
  listShipments: route({
    method: 'GET',
    path: '/orders/{id}/shipments',
    who: 'user',
    others: 'orders:read',
    summary: 'The shipments of an order; none before it is confirmed',
    params: byId,
    answer: { status: 200, body: z.object({ items: z.array(Shipment) }) },
    problems: ['order_not_found'],
  }),
  listWork: route({
    method: 'GET',
    path: '/shipments',
    who: 'orders:read',
    summary:
      'The shipments of a warehouse: by default those that have not left, the oldest first, as the failed ones; of any other status the newest first',
    query: Paging.extend({
      warehouseId: Id.describe('Not looked up: a warehouse that is not there has no shipments.'),
      status: ShipmentStatus.default('created'),
    }),
    answer: { status: 200, body: pageOf(Shipment) },
  }),
  getShipment: route({
    method: 'GET',
    path: '/shipments/{id}',
    who: 'user',
    others: 'orders:read',
    summary: 'One shipment, for the owner of its order and for operators',
    params: byId,
    answer: { status: 200, body: Shipment },
    problems: ['shipment_not_found'],
  }),
  cancelShipmentLine: route({
    method: 'POST',
    path: '/orders/{id}/shipments/cancellations',
    who: 'user',
    others: 'orders:write',
    summary:
      'Take units of a line out of the parcels that have not left: what POST /orders/{id}/lines/{sku}/cancel asks of a confirmed order',
    params: byId,
    body: z.strictObject({
      sku: Sku,
      quantity: Quantity.optional().describe('Default: all that has not left.'),
    }),
    idempotencyKey: 'required',
    answer: { status: 200, body: LineCancellation },
    problems: ['order_not_found', 'line_cancelled', 'line_dispatched', 'line_exceeded', 'too_many_cancellations'],
  }),
  readdressShipments: route({
    method: 'PUT',
    path: '/orders/{id}/shipments/address',
    who: 'user',
    others: 'orders:write',
    summary:
      'Send the parcels of an order elsewhere while none has left: what PATCH /orders/{id} asks of a confirmed order',
    params: byId,
    body: z.strictObject({ changeId: Id, address: OrderAddressInput }),
    untagged: true,
    answer: { status: 200, body: AddressChange },
    problems: ['order_not_found', 'order_closed', 'address_dispatched'],
  }),
  cancelShipments: route({
    method: 'DELETE',
    path: '/orders/{id}/shipments',
    who: 'user',
    others: 'orders:write',
    summary:
      'Cancel an order of which no parcel has left, with all of its parcels: what POST /orders/{id}/cancel asks of a confirmed order',
    params: byId,
    answer: { status: 204 },
    problems: ['order_not_found', 'order_closed'],
  }),
  ...shipmentChanges,
}
