import * as z from 'zod'
import { route } from './contract.ts'
import { Level } from './level.ts'
import { personal } from './personal.ts'
import { Id, Paging, Quantity, Sku, Time, UnitsSum, maxQuantity, pageOf } from './shared.ts'
import { oneLine, trimmedLines } from './text.ts'

/** So many inbounds and transfers of a sku are open at once: an estimate reads all of them. */
export const maxOpenSupplies = 100

const Reference = personal('reference', oneLine(100))
const Reason = personal('reason', trimmedLines(200))
const None = z.int().min(0).max(maxQuantity)

export const InboundStatus = z
  .enum(['expected', 'received', 'closed', 'cancelled'])
  .describe(
    'received: all of it has come, or was refused. closed: it came short, and no more is expected. cancelled: what had not come is expected no more.',
  )
export type InboundStatus = z.infer<typeof InboundStatus>

/** Units of a sku that a supplier is to bring to a warehouse. */
export const Inbound = z
  .object({
    id: Id,
    sku: Sku,
    warehouseId: Id,
    quantity: Quantity,
    received: UnitsSum.describe('Units that came on hand; more than `quantity` where more was delivered.'),
    refused: UnitsSum.describe('Units that came and were not taken: they are on no books, and expected no more.'),
    expectedAt: Time,
    reference: personal('reference', z.string()).optional(),
    status: InboundStatus,
    createdAt: Time,
  })
  .meta({ id: 'Inbound' })
export type Inbound = z.infer<typeof Inbound>

export const InboundInput = z
  .strictObject({ warehouseId: Id, quantity: Quantity, expectedAt: Time, reference: Reference.optional() })
  .meta({ id: 'InboundInput' })

export const InboundPatch = z
  .strictObject({
    quantity: Quantity.optional().describe('At least what has come, taken or refused.'),
    expectedAt: Time.optional(),
    reference: Reference.nullable().optional(),
  })
  .refine((patch) => Object.keys(patch).length > 0, 'at least one field')
  .meta({ id: 'InboundPatch', minProperties: 1 })

export const InboundReceipt = z
  .strictObject({
    quantity: None.describe('Units that come on hand.'),
    refused: Quantity.optional().describe('Units that came and are not taken.'),
    final: z.literal(true).optional().describe('No more is expected, also where less has come.'),
    reason: Reason.optional().describe('Needed where more comes than is expected, or where a final receipt is short.'),
  })
  .refine(({ quantity, refused, final }) => quantity > 0 || refused !== undefined || final !== undefined, {
    path: ['quantity'],
    message: 'at least 1, unless units are refused or the receipt is final',
  })
  .meta({
    id: 'InboundReceipt',
    anyOf: [{ properties: { quantity: { minimum: 1 } } }, { required: ['refused'] }, { required: ['final'] }],
  })
export type InboundReceipt = z.infer<typeof InboundReceipt>

export const TransferStatus = z
  .enum(['in_transit', 'received', 'returned'])
  .describe('received: all of it has come, or is missing. returned: what had not come went back.')
export type TransferStatus = z.infer<typeof TransferStatus>

/** Units of a sku that have left a warehouse and are to come to another one. */
export const Transfer = z
  .object({
    id: Id,
    sku: Sku,
    fromWarehouseId: Id,
    toWarehouseId: Id,
    quantity: Quantity,
    received: UnitsSum,
    missing: UnitsSum.describe('Units that never came: they are written off.'),
    returned: UnitsSum.describe('Units that went back to where they came from.'),
    expectedAt: Time,
    reference: personal('reference', z.string()).optional(),
    status: TransferStatus,
    createdAt: Time,
  })
  .meta({ id: 'Transfer' })
export type Transfer = z.infer<typeof Transfer>

export const TransferReceipt = z
  .strictObject({
    quantity: None.describe('Units that came.'),
    missing: Quantity.optional().describe('Units that will not come. They are written off, with the reason.'),
    reason: Reason.optional(),
  })
  .refine(({ quantity, missing }) => quantity > 0 || missing !== undefined, {
    path: ['quantity'],
    message: 'at least 1, unless units are missing',
  })
  .refine(({ missing, reason }) => missing === undefined || reason !== undefined, {
    path: ['reason'],
    message: 'needed where units are missing',
  })
  .meta({
    id: 'TransferReceipt',
    anyOf: [{ properties: { quantity: { minimum: 1 } } }, { required: ['missing'] }],
    dependentRequired: { missing: ['reason'] },
  })
export type TransferReceipt = z.infer<typeof TransferReceipt>

const bySku = z.strictObject({ sku: Sku })
const byId = z.strictObject({ id: Id })

/** Routes of what is on its way into warehouses. */
export const supplyRoutes = {
  createInbound: route({
    method: 'POST',
    path: '/inventory/{sku}/inbound',
    who: 'stock:adjust',
    summary: 'Expect units of a supplier',
    params: bySku,
    body: InboundInput,
    idempotencyKey: 'required',
    answer: { status: 201, body: Inbound, location: '/inbound/{id}' },
    problems: ['product_not_found', 'unknown_warehouse', 'too_many_levels', 'too_many_units', 'too_many_supplies'],
  }),
  listInbound: route({
    method: 'GET',
    path: '/inventory/{sku}/inbound',
    who: 'stock:read',
    summary: 'What suppliers are still to bring of a sku, the first to come first',
    params: bySku,
    query: Paging,
    answer: { status: 200, body: pageOf(Inbound) },
    problems: ['product_not_found'],
  }),
  getInbound: route({
    method: 'GET',
    path: '/inbound/{id}',
    who: 'stock:read',
    summary: 'One inbound, also once nothing more is expected of it',
    params: byId,
    answer: { status: 200, body: Inbound },
    problems: ['inbound_not_found'],
  }),
  updateInbound: route({
    method: 'PATCH',
    path: '/inbound/{id}',
    who: 'stock:adjust',
    summary: 'Change what is expected: how many units, when, under which reference',
    params: byId,
    body: InboundPatch,
    answer: { status: 200, body: Inbound },
    problems: ['inbound_not_found', 'inbound_over', 'below_received', 'too_many_units'],
  }),
  cancelInbound: route({
    method: 'DELETE',
    path: '/inbound/{id}',
    who: 'stock:adjust',
    summary: 'Expect no more of an inbound; what has come stays',
    params: byId,
    answer: { status: 204 },
    problems: ['inbound_not_found', 'inbound_over'],
  }),
  receiveInbound: route({
    method: 'POST',
    path: '/inbound/{id}/receipts',
    who: 'stock:adjust',
    summary: 'Receive units of an inbound, all or some, and name those that are refused',
    params: byId,
    body: InboundReceipt,
    idempotencyKey: 'required',
    answer: { status: 201, body: z.object({ inbound: Inbound, level: Level }), location: '/inbound/{id}' },
    problems: ['inbound_not_found', 'inbound_over', 'delivery_differs', 'unique_exceeded', 'too_many_units'],
  }),
  listTransfers: route({
    method: 'GET',
    path: '/transfers',
    who: 'stock:read',
    summary: 'What is in transit between warehouses, the first to come first',
    query: Paging,
    answer: { status: 200, body: pageOf(Transfer) },
  }),
  getTransfer: route({
    method: 'GET',
    path: '/transfers/{id}',
    who: 'stock:read',
    summary: 'One transfer with a time in transit, also once it is over',
    params: byId,
    answer: { status: 200, body: Transfer },
    problems: ['transfer_not_found'],
  }),
  receiveTransfer: route({
    method: 'POST',
    path: '/transfers/{id}/receipts',
    who: 'stock:adjust',
    summary: 'Receive units of a transfer, all or some, and name those that are missing',
    params: byId,
    body: TransferReceipt,
    idempotencyKey: 'required',
    answer: { status: 201, body: z.object({ transfer: Transfer, level: Level }), location: '/transfers/{id}' },
    problems: ['transfer_not_found', 'transfer_over', 'transfer_exceeded', 'unique_exceeded', 'too_many_units'],
  }),
  recallTransfer: route({
    method: 'DELETE',
    path: '/transfers/{id}',
    who: 'stock:adjust',
    summary: 'Send what has not come back to where it came from',
    params: byId,
    answer: { status: 204 },
    problems: ['transfer_not_found', 'transfer_over', 'unique_exceeded', 'too_many_units'],
  }),
}
