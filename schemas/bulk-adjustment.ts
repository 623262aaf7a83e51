import * as z from 'zod'
import { Level } from './level.ts'
import { Sku } from './shared.ts'
import { AdjustmentInput } from './stock-input.ts'

/** The most rows of one request. */
export const maxAdjustmentRows = 1_000
/** The most rows of one sku that are written all or none: with the key of each they are one transaction. */
export const maxRowsTogether = 49

/** One adjustment among many. */
export const AdjustmentRow = AdjustmentInput.safeExtend({
  key: z
    .string()
    .min(1)
    .max(255)
    .describe(
      'New for each intent: a row that is done is not done again under its key, and has its first result again.',
    ),
  sku: Sku,
}).meta({
  id: 'AdjustmentRow',
  oneOf: [
    { required: ['delta'], not: { required: ['set'] } },
    { required: ['set'], not: { required: ['delta'] } },
  ],
})
export type AdjustmentRow = z.infer<typeof AdjustmentRow>

export const AdjustmentRows = z
  .strictObject({
    rows: z.array(AdjustmentRow).min(1).max(maxAdjustmentRows),
    policy: z
      .enum(['row', 'sku'])
      .optional()
      .describe(
        `\`row\`, the default: each row by itself. \`sku\`: all rows of a sku or none, at most ${maxRowsTogether} of them.`,
      ),
  })
  .meta({ id: 'AdjustmentRows' })

/** Why a row is not done. */
export const AdjustmentCode = z.enum([
  'product_not_found',
  'unknown_warehouse',
  'insufficient_stock',
  'level_changed',
  'unique_exceeded',
  'too_many_units',
  'too_many_levels',
  'idempotency_key_reused',
  'sku_refused',
  'too_many_rows',
  'contended',
  'unavailable',
])
export type AdjustmentCode = z.infer<typeof AdjustmentCode>

export const AdjustmentResult = z
  .object({
    key: z.string(),
    sku: Sku,
    warehouseId: z.string(),
    result: z
      .enum(['done', 'refused', 'not_tried'])
      .describe(
        '`refused`: nothing of the row is kept. `not_tried`: the time was over, or the table had no answer; send the row again with its key.',
      ),
    level: Level.optional().describe('Of a row that is done: the level behind it.'),
    code: AdjustmentCode.optional().describe(
      'Of another row. `sku_refused`: another row of its sku is refused. `too_many_rows`: too many of one sku to be written together.',
    ),
    detail: z.string().optional(),
  })
  .meta({ id: 'AdjustmentResult' })
export type AdjustmentResult = z.infer<typeof AdjustmentResult>
