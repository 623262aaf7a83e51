import * as z from 'zod'
import { actionRecorded } from './action.ts'
import { impersonal, personal } from './personal.ts'
import { retired, textStandIn } from './retired.ts'
import { event, privateEvent, route } from './contract.ts'
import { heldLines, maxHeldLines, maxHeldWarehouses } from './held-lines.ts'
import { EmittedLevel, Level, levelRoutes } from './level.ts'
import { levelLists } from './level-lists.ts'
import { stockImportRoutes } from './stock-imports.ts'
import { stockReads } from './stock-reads.ts'
import { movementRoutes } from './movement.ts'
import { countRoutes } from './count.ts'
import { AdjustmentResult, AdjustmentRows } from './bulk-adjustment.ts'
import { moveRoutes } from './reservation-moves.ts'
import { Reservation, ReservationInput, Shortage, reservationLists } from './reservation.ts'
import { Id, Paging, Sku, Time, Units, UnitsSum, pageOf } from './shared.ts'
import { AdjustmentInput, TransferInput } from './stock-input.ts'
import { Transfer, supplyRoutes } from './supply.ts'
import { Warehouse, WarehouseInput, WarehousePatch } from './warehouse.ts'

const ofOneWarehouse = Id.optional().describe(
  'Of the mark of this warehouse alone; without it, of all active warehouses.',
)
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
        .enum(['too_scattered', 'hold_gone'])
        .optional()
        .describe(
          `Without it, the lines are short. too_scattered: it would be held from more than ${maxHeldWarehouses} warehouses, or as more than ${maxHeldLines} lines. hold_gone: the hold that it was to take over had ended, or another order has it.`,
        ),
    }),
  ),
  stockBackordered: event(
    'inventory',
    'stock.backordered',
    1,
    'Nothing is held yet: the order waits whole for what is short, in the order of placing.',
    OfReservation.extend({
      shortages: z.array(Shortage),
      estimatedAt: Time.optional().describe(
        'When the products that are short are expected or, where too few of them are, promised for.',
      ),
      estimate: z
        .int()
        .optional()
        .describe('So many estimates came before this one, 0 where it is missing: what is expected may change.'),
    }),
  ),
  stockAwaited: privateEvent(
    'inventory',
    'stock.awaited',
    1,
    'Orders wait for the sku, and there may be units for them.',
    z.object({
      sku: Sku,
      triedTo: z
        .object({ placedAt: Time, id: Id })
        .optional()
        .describe('The order up to which the queue is tried already; without it, from its front.'),
    }),
  ),
  stockExpected: privateEvent(
    'inventory',
    'stock.expected',
    1,
    'Orders wait for the sku, and what is expected of it, or promised, has changed.',
    z.object({ sku: Sku }),
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
      reason: retired(personal('reason', z.string()), textStandIn),
      reference: retired(personal('reference', z.string()).optional()),
      by: impersonal('the id of a user or an API key', z.string()),
      level: EmittedLevel,
    }),
  ),
  stockLow: event(
    'inventory',
    'stock.low',
    1,
    'What can be sold of a sku, or of it in one warehouse, has fallen to the low-stock mark or below, or the mark has risen to it.',
    z.object({ sku: Sku, available: UnitsSum, lowStockAt: Units, warehouseId: ofOneWarehouse }),
  ),
  stockReplenished: event(
    'inventory',
    'stock.replenished',
    1,
    'A sku of which nothing could be sold has something again; or it is above the mark of a warehouse again.',
    z.object({ sku: Sku, available: UnitsSum, warehouseId: ofOneWarehouse }),
  ),
  stockItemRetired: event(
    'inventory',
    'stock.item_retired',
    1,
    'No unit of the sku is reserved or allocated, and none will be: its product may go.',
    z.object({ sku: Sku, productVersion: z.int() }),
  ),
  actionRecorded: actionRecorded('inventory'),
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
  ...stockReads,
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
  adjustMany: route({
    method: 'POST',
    path: '/inventory/adjustments',
    who: 'stock:adjust',
    summary: 'Add, take or count units of up to 1,000 rows, with a result per row; those of one sku in their order',
    body: AdjustmentRows,
    answer: { status: 200, body: z.object({ rows: z.array(AdjustmentResult) }) },
  }),
  transferStock: route({
    method: 'POST',
    path: '/inventory/{sku}/transfers',
    who: 'stock:adjust',
    summary:
      'Move available units from one warehouse to another, at once or with a time in transit: then `Location` is `/transfers/{id}`',
    params: bySku,
    body: TransferInput,
    idempotencyKey: 'optional',
    answer: {
      status: 201,
      body: z.object({
        from: Level,
        to: Level,
        transfer: Transfer.optional().describe('Of one with `expectedAt`: what is in transit.'),
      }),
      location: '/inventory/{sku}/levels',
    },
    problems: [
      'product_not_found',
      'unknown_warehouse',
      'insufficient_stock',
      'unique_exceeded',
      'too_many_units',
      'too_many_levels',
      'too_many_supplies',
    ],
  }),
  ...levelRoutes,
  ...levelLists,
  ...movementRoutes,
  ...stockImportRoutes,
  ...countRoutes,
  ...supplyRoutes,
  ...reservationLists,
  createReservation: route({
    method: 'POST',
    path: '/reservations',
    who: 'reservations:write',
    summary: "Hold stock without an order, for another system's checkout",
    body: ReservationInput,
    idempotencyKey: 'required',
    answer: { status: 201, body: Reservation, location: '/reservations/{id}' },
    problems: ['unknown_sku', 'unknown_warehouse', 'insufficient_stock', 'too_scattered', 'reservation_ended'],
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
    summary: 'Give back what is held or allocated, and has not left',
    params: byId,
    idempotencyKey: 'optional',
    answer: { status: 200, body: Reservation },
    problems: ['reservation_not_found', 'reservation_of_order', 'reservation_ended'],
  }),
  ...moveRoutes,
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
