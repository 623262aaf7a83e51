import * as z from 'zod'
import { personal } from './personal.ts'
import { Address, Id, Quantity, Sku, Time } from './shared.ts'

export const ShipmentStatus = z
  .enum(['created', 'dispatched', 'in_transit', 'delivered', 'failed', 'returned', 'cancelled'])
  .describe(
    'failed: the carrier could not deliver; another try or a return may follow. cancelled: it has not left and never will.',
  )
export type ShipmentStatus = z.infer<typeof ShipmentStatus>

/** What becomes of units that come back. */
export const Condition = z.enum(['restock', 'damaged'])
export type Condition = z.infer<typeof Condition>

const ShipmentLine = z.object({
  sku: Sku,
  quantity: Quantity,
  returned: z.int().min(0).describe('Of these units, how many came back.'),
})

/** What goes from one warehouse to the customer of one order in one parcel. */
export const Shipment = z
  .object({
    id: Id,
    orderId: Id,
    warehouseId: Id,
    status: ShipmentStatus,
    lines: z.array(ShipmentLine),
    carrier: z.string().optional(),
    trackingNumber: z.string().optional(),
    failure: personal('reason', z.string())
      .optional()
      .describe('Why the carrier could not deliver, or why the parcel could not leave.'),
    recalled: z.boolean().optional().describe('The order was cancelled while the parcel left: it should come back.'),
    restId: Id.optional().describe('It left in part: the shipment of what stayed.'),
    shippingAddress: Address.optional(),
    createdAt: Time,
    updatedAt: Time,
  })
  .meta({ id: 'Shipment' })
export type Shipment = z.infer<typeof Shipment>
