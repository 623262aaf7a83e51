import * as z from 'zod'
import { MetadataInput } from './labels.ts'
import { personal } from './personal.ts'
import { Id, Quantity, Time, Units, UnitsSum, maxUnits } from './shared.ts'
import { oneLine, trimmedLines } from './text.ts'

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
    reason: personal('reason', trimmedLines(200)),
    reference: personal('reference', oneLine(100)).optional(),
    metadata: MetadataInput.optional().describe('Kept with the movement, which never changes.'),
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
    expectedAt: Time.optional().describe(
      'When they arrive: until they are received they are in transit. Without it, they are there at once.',
    ),
    reference: personal('reference', oneLine(100)).optional(),
  })
  .refine((input) => input.fromWarehouseId !== input.toWarehouseId, {
    path: ['toWarehouseId'],
    message: 'another warehouse',
  })
  .meta({ id: 'TransferInput' })
