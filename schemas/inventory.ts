import * as z from 'zod'
import { event, route } from './contract.ts'
import { heldLines, maxHeldLines, maxHeldWarehouses } from './held-lines.ts'
import { Reservation, ReservationInput, Shortage } from './reservation.ts'
import { Id, Paging, Quantity, Sku, Time, Units, UnitsSum, maxUnits, pageOf } from './shared.ts'
import { Warehouse, WarehouseInput, WarehousePatch } from './warehouse.ts'

/** The count of one sku in one warehouse: `onHand` is the sum of the other four. */
export const Level = z
  .object({
    warehouseId: Id,
    onHand: UnitsSum,
    available: UnitsSum,
    reserved: UnitsSum,
    allocated: UnitsSum,
    unavailable: UnitsSum,
    updatedAt: Time.optional(),
  })
  .meta({ id: 'Level' })
export type Level = z.infer<typeof Level>

export const StockTotals = z
  .object({
    sku: Sku,
    onHand: UnitsSum,
    available: UnitsSum,
    reserved: UnitsSum,
    allocated: UnitsSum,
    unavailable: UnitsSum,
    state: z.enum(['available', 'reserved', 'sold']).optional().describe('Of a unique product only.'),
  })
  .meta({ id: 'StockTotals' })
export type StockTotals = z.infer<typeof StockTotals>

/** Either a difference, or a counted number (with `expected`, only if that many were on hand). */
export const AdjustmentInput = z
  .strictObject({
    warehouseId: Id,
    delta: z
      .int()
      .min(-maxUnits)
      .max(maxUnits)
      .optional()
      .meta({ description: 'Units to add to or take from what is available.', not: { const: 0 } }),
    set: Units.optional().describe('Units on hand as counted, with the reserved, allocated and unavailable ones.'),
    expected: UnitsSum.optional().describe('Units on hand before; where there are others: 409 level_changed.'),
    reason: z.string().trim().min(1).max(200),
    reference: z.string().min(1).max(100).optional(),
  })
  .refine((input) => (input.delta === undefined) !== (input.set === undefined), {
    path: ['delta'],
    message: 'exactly one of delta and set',
  })
  .refine((input) => input.delta !== 0, { path: ['delta'], message: 'not 0' })
  .meta({
    id: 'AdjustmentInput',
    oneOf: [
      { required: ['delta'], not: { required: ['set'] } },
      { required: ['set'], not: { required: ['delta'] } },
    ],
  })
export type AdjustmentInput = z.infer<typeof AdjustmentInput>

/** Units that go from one warehouse to another; what is reserved or allocated stays where it is. */
export const TransferInput = z
  .strictObject({
    fromWarehouseId: Id,
    toWarehouseId: Id,
    quantity: Quantity,
    reference: z.string().min(1).max(100).optional(),
  })
  .refine((input) => input.fromWarehouseId !== input.toWarehouseId, {
    path: ['toWarehouseId'],
    message: 'another warehouse',
  })
  .meta({ id: 'TransferInput' })

const OfReservation = z.object({ reservationId: Id, orderId: Id.optional() })

export const events = {
  stockReserved: event(
    'inventory',
    'stock.reserved',
    1,
    'Every line is held, until expiresAt.',
    OfReservation.extend({ ...heldLines, expiresAt: Time }),
  ),
  stockRefused: event(
    'inventory',
    'stock.refused',
    1,
    'Nothing is held, because these lines are short, or for the given reason.',
    OfReservation.extend({
      shortages: z.array(Shortage),
      reason: z
        .enum(['too_scattered'])
        .optional()
        .describe(
          `Without it, the lines are short. too_scattered: it would be held from more than ${maxHeldWarehouses} warehouses, or as more than ${maxHeldLines} lines.`,
        ),
    }),
  ),
  stockCommitted: event(
    'inventory',
    'stock.committed',
    1,
    'The held units are allocated to the order.',
    OfReservation.extend(heldLines),
  ),
  stockReleased: event(
    'inventory',
    'stock.released',
    1,
    'The units that have not left are available again, or were never held and now never will be.',
    OfReservation,
  ),
  stockAdjusted: event(
    'inventory',
    'stock.adjusted',
    1,
    'An operator has changed a level.',
    z.object({
      sku: Sku,
      delta: z.int(),
      reason: z.string(),
      reference: z.string().optional(),
      by: z.string(),
      level: Level,
    }),
  ),
  stockLow: event(
    'inventory',
    'stock.low',
    1,
    'What is available of a sku has fallen to its low-stock mark or below.',
    z.object({ sku: Sku, available: UnitsSum, lowStockAt: Units }),
  ),
  stockReplenished: event(
    'inventory',
    'stock.replenished',
    1,
    'A sku that had nothing available has something again.',
    z.object({ sku: Sku, available: UnitsSum }),
  ),
  stockItemRetired: event(
    'inventory',
    'stock.item_retired',
    1,
    'No unit of the sku is reserved or allocated, and none will be: its product may go.',
    z.object({ sku: Sku, productVersion: z.int() }),
  ),
}

const bySku = z.strictObject({ sku: Sku })
const byId = z.strictObject({ id: Id })

export const routes = {
  listWarehouses: route({
    method: 'GET',
    path: '/warehouses',
    who: 'stock:read',
    summary: 'List the warehouses',
    query: Paging,
    answer: { status: 200, body: pageOf(Warehouse) },
  }),
  getWarehouse: route({
    method: 'GET',
    path: '/warehouses/{id}',
    who: 'stock:read',
    summary: 'One warehouse',
    params: byId,
    answer: { status: 200, body: Warehouse },
    problems: ['warehouse_not_found'],
  }),
  createWarehouse: route({
    method: 'POST',
    path: '/warehouses',
    who: 'warehouses:write',
    summary: 'Create a warehouse; its id is made from its name',
    body: WarehouseInput,
    idempotencyKey: 'optional',
    answer: { status: 201, body: Warehouse, location: '/warehouses/{id}' },
    problems: ['warehouse_exists'],
  }),
  updateWarehouse: route({
    method: 'PATCH',
    path: '/warehouses/{id}',
    who: 'warehouses:write',
    summary: 'Change a warehouse',
    params: byId,
    body: WarehousePatch,
    answer: { status: 200, body: Warehouse },
    problems: ['warehouse_not_found'],
  }),
  getStock: route({
    method: 'GET',
    path: '/inventory/{sku}',
    who: 'open',
    summary: 'What there is of a sku, over all active warehouses; may be a few seconds old',
    params: bySku,
    answer: { status: 200, body: StockTotals, maxAge: 2 },
    problems: ['product_not_found'],
  }),
  getLevels: route({
    method: 'GET',
    path: '/inventory/{sku}/levels',
    who: 'stock:read',
    summary: 'What there is of a sku in each warehouse, as of now',
    params: bySku,
    answer: { status: 200, body: z.object({ items: z.array(Level) }) },
    problems: ['product_not_found'],
  }),
  adjustStock: route({
    method: 'POST',
    path: '/inventory/{sku}/adjustments',
    who: 'stock:adjust',
    summary: 'Add, take or count units in a warehouse',
    params: bySku,
    body: AdjustmentInput,
    idempotencyKey: 'required',
    answer: { status: 201, body: z.object({ level: Level }), location: '/inventory/{sku}/levels' },
    problems: [
      'product_not_found',
      'unknown_warehouse',
      'insufficient_stock',
      'level_changed',
      'unique_exceeded',
      'too_many_units',
      'too_many_levels',
    ],
  }),
  transferStock: route({
    method: 'POST',
    path: '/inventory/{sku}/transfers',
    who: 'stock:adjust',
    summary: 'Move available units from one warehouse to another',
    params: bySku,
    body: TransferInput,
    idempotencyKey: 'optional',
    answer: { status: 201, body: z.object({ from: Level, to: Level }), location: '/inventory/{sku}/levels' },
    problems: [
      'product_not_found',
      'unknown_warehouse',
      'insufficient_stock',
      'unique_exceeded',
      'too_many_units',
      'too_many_levels',
    ],
  }),
  createReservation: route({
    method: 'POST',
    path: '/reservations',
    who: 'reservations:write',
    summary: "Hold stock without an order, for another system's checkout",
    body: ReservationInput,
    idempotencyKey: 'required',
    answer: { status: 201, body: Reservation, location: '/reservations/{id}' },
    problems: ['unknown_sku', 'insufficient_stock', 'too_scattered', 'reservation_ended'],
  }),
  getReservation: route({
    method: 'GET',
    path: '/reservations/{id}',
    who: 'reservations:read',
    summary: 'One reservation',
    params: byId,
    answer: { status: 200, body: Reservation },
    problems: ['reservation_not_found'],
  }),
  commitReservation: route({
    method: 'POST',
    path: '/reservations/{id}/commit',
    who: 'reservations:write',
    summary: 'Allocate what is held',
    params: byId,
    idempotencyKey: 'optional',
    answer: { status: 200, body: Reservation },
    problems: ['reservation_not_found', 'reservation_of_order', 'reservation_ended'],
  }),
  releaseReservation: route({
    method: 'POST',
    path: '/reservations/{id}/release',
    who: 'reservations:write',
    summary: 'Give back what is held or allocated',
    params: byId,
    idempotencyKey: 'optional',
    answer: { status: 200, body: Reservation },
    problems: ['reservation_not_found', 'reservation_of_order'],
  }),
  retireProduct: route({
    method: 'DELETE',
    path: '/products/{sku}',
    who: 'catalog:write',
    summary: 'Delete a product of which nothing is reserved or allocated',
    params: bySku,
    answer: { status: 204 },
    problems: ['product_not_found', 'product_reserved'],
  }),
}
