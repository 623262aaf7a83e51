import * as z from 'zod'
import { route } from './contract.ts'
import { personal } from './personal.ts'
import { Id, Quantity, Sku, Time, Units, UnitsSum } from './shared.ts'
import { oneLine, trimmedLines } from './text.ts'

const unitsByBucket = {
  onHand: UnitsSum,
  available: UnitsSum,
  reserved: UnitsSum,
  allocated: UnitsSum,
  unavailable: UnitsSum,
}

const unitsUnderWay = {
  incoming: UnitsSum.optional().describe('Units that are expected here and not on hand yet, where there are some.'),
  inTransit: UnitsSum.optional().describe('Of these, units that have left another warehouse.'),
}

/** Why units on hand are not for sale. */
export const UnavailableKind = z
  .enum(['damaged', 'quality', 'safety'])
  .describe('damaged: broken, or come back so. quality: wait for a check. safety: kept as a stock of safety.')
export type UnavailableKind = z.infer<typeof UnavailableKind>

/** The count of one sku in one warehouse: `onHand` is the sum of the other four. */
export const Level = z
  .object({
    warehouseId: Id,
    ...unitsByBucket,
    unavailableByKind: z.object({ damaged: UnitsSum, quality: UnitsSum, safety: UnitsSum }),
    keepBack: Units.describe('How many of the available units are not sold: all of them, where there are fewer.'),
    lowStockAt: Units.optional().describe('stock.low is emitted when what can be sold here falls to this or below.'),
    ...unitsUnderWay,
    updatedAt: Time.optional(),
  })
  .meta({ id: 'Level' })
export type Level = z.infer<typeof Level>

/** A level in an event: versions of items that the last release wrote have no more than the counts. */
export const EmittedLevel = Level.partial({ unavailableByKind: true, keepBack: true }).meta({ id: 'EmittedLevel' })

export const StockTotals = z
  .object({
    sku: Sku,
    ...unitsByBucket,
    available: UnitsSum.describe('Units that can be sold; those that are kept back are not among them.'),
    keepBack: UnitsSum.optional().describe('Units on hand that are kept back, where there are some.'),
    waiting: UnitsSum.optional().describe(
      'Units that waiting orders are due; `available` is without them. Missing where none waits.',
    ),
    ...unitsUnderWay,
    state: z
      .enum(['available', 'reserved', 'sold'])
      .optional()
      .describe('Of a unique product only. sold: its unit is allocated, or there is none that could be sold.'),
  })
  .meta({ id: 'StockTotals' })
export type StockTotals = z.infer<typeof StockTotals>

/** Units that are taken out of sale, brought back into it, or written off. */
export const UnavailableInput = z
  .strictObject({
    warehouseId: Id,
    quantity: Quantity,
    kind: UnavailableKind,
    move: z
      .enum(['in', 'out', 'writeOff'])
      .describe('in: available units become unavailable. out: they are available again. writeOff: they are gone.'),
    reason: personal('reason', trimmedLines(200)),
    reference: personal('reference', oneLine(100)).optional(),
  })
  .meta({ id: 'UnavailableInput' })
export type UnavailableInput = z.infer<typeof UnavailableInput>

/** What is set for a sku in a warehouse. */
export const LevelInput = z
  .strictObject({
    keepBack: Units.optional().describe('Available units that are not sold; left out: none.'),
    lowStockAt: Units.nullable().optional().describe('The low-stock mark here; null, or left out: none.'),
  })
  .meta({ id: 'LevelInput' })

const bySku = z.strictObject({ sku: Sku })

/** Routes of single levels. */
export const levelRoutes = {
  moveUnavailable: route({
    method: 'POST',
    path: '/inventory/{sku}/unavailable',
    who: 'stock:adjust',
    summary: 'Take units out of sale, bring them back into it, or write them off',
    params: bySku,
    body: UnavailableInput,
    idempotencyKey: 'required',
    answer: { status: 201, body: z.object({ level: Level }), location: '/inventory/{sku}/levels' },
    problems: ['product_not_found', 'unknown_warehouse', 'insufficient_stock'],
  }),
  setLevel: route({
    method: 'PUT',
    path: '/inventory/{sku}/levels/{warehouseId}',
    who: 'stock:adjust',
    summary: 'Set what is kept back of a sku in a warehouse, and its low-stock mark there',
    params: z.strictObject({ sku: Sku, warehouseId: Id }),
    body: LevelInput,
    untagged: true,
    answer: { status: 200, body: z.object({ level: Level }) },
    problems: ['product_not_found', 'unknown_warehouse', 'too_many_levels'],
  }),
}
