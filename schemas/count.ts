import * as z from 'zod'
import { AdjustmentCode } from './bulk-adjustment.ts'
import { route } from './contract.ts'
import { impersonal, personal } from './personal.ts'
import { Id, Paging, Sku, Time, Units, UnitsSum, pageOf } from './shared.ts'
import { oneLine } from './text.ts'

/** The most skus of a sheet. */
export const maxCountLines = 1_000

const actor = impersonal('the id of a user or an API key', z.string())

export const CountStatus = z
  .enum(['open', 'posting', 'posted', 'cancelled'])
  .describe('posting: its lines are fixed, and not all of them are posted yet; post it again, should it stay so.')
export type CountStatus = z.infer<typeof CountStatus>

/** A sku of a sheet. */
export const CountLine = z
  .object({
    sku: Sku,
    expected: UnitsSum.describe('Units on hand when the sheet was made.'),
    counted: Units.optional(),
    onHand: UnitsSum.optional().describe('Units that were on hand by the books when they were counted.'),
    difference: z.int().optional().describe('`counted` less `onHand`: what posting adds to the level, or takes.'),
    countedAt: Time.optional(),
    by: actor.optional(),
    result: z.enum(['done', 'refused']).optional().describe('Of a line that was counted, once the sheet is posted.'),
    code: AdjustmentCode.optional().describe('Of a refused line.'),
  })
  .meta({ id: 'CountLine' })
export type CountLine = z.infer<typeof CountLine>

const ofCount = {
  id: Id,
  warehouseId: Id,
  status: CountStatus,
  reference: personal('reference', z.string()).optional(),
  lineCount: z.int().min(1).max(maxCountLines),
  createdAt: Time,
  createdBy: actor,
  closedAt: Time.optional().describe('When it was posted or cancelled.'),
  closedBy: actor.optional(),
}

/** A sheet without its lines. */
export const CountHeader = z.object(ofCount).meta({ id: 'CountHeader' })
export type CountHeader = z.infer<typeof CountHeader>

/** A sheet by which the units of many skus in one warehouse are counted while they are sold. */
export const Count = z.object({ ...ofCount, lines: z.array(CountLine) }).meta({ id: 'Count' })
export type Count = z.infer<typeof Count>

const RefusedLine = z.object({ sku: Sku, code: AdjustmentCode }).meta({ id: 'RefusedCountLine' })

/** What became of a sheet. */
export const CountPosting = z
  .object({
    ...ofCount,
    changed: z.int().min(0).describe('Lines whose difference is posted.'),
    equal: z.int().min(0).describe('Lines of which as many units were counted as there were by the books.'),
    uncounted: z.int().min(0),
    refused: z
      .array(RefusedLine)
      .describe('Lines whose difference is not posted; they are tried again when the sheet is posted again.'),
  })
  .meta({ id: 'CountPosting' })
export type CountPosting = z.infer<typeof CountPosting>

export const CountInput = z
  .strictObject({
    warehouseId: Id,
    skus: z
      .array(Sku)
      .min(1)
      .max(maxCountLines)
      .refine((skus) => new Set(skus).size === skus.length, { message: 'each sku once' })
      .meta({ uniqueItems: true }),
    reference: personal('reference', oneLine(100)).optional(),
  })
  .meta({ id: 'CountInput' })

const byId = z.strictObject({ id: Id })

/** Cycle counts. */
export const countRoutes = {
  createCount: route({
    method: 'POST',
    path: '/counts',
    who: 'stock:adjust',
    summary: 'Make a sheet to count many skus of a warehouse by',
    body: CountInput,
    idempotencyKey: 'required',
    answer: { status: 201, body: Count, location: '/counts/{id}' },
    problems: ['unknown_warehouse', 'unknown_sku'],
  }),
  listCounts: route({
    method: 'GET',
    path: '/counts',
    who: 'stock:read',
    summary: 'The sheets, the newest first',
    query: Paging,
    answer: { status: 200, body: pageOf(CountHeader) },
  }),
  getCount: route({
    method: 'GET',
    path: '/counts/{id}',
    who: 'stock:read',
    summary: 'One sheet with its lines',
    params: byId,
    answer: { status: 200, body: Count },
    problems: ['count_not_found'],
  }),
  countLine: route({
    method: 'PUT',
    path: '/counts/{id}/lines/{sku}',
    who: 'stock:adjust',
    summary:
      'Enter how many units of a sku are on the shelf now, with the reserved, allocated and unavailable ones; entered again, the last one holds',
    params: z.strictObject({ id: Id, sku: Sku }),
    body: z.strictObject({ counted: Units }).meta({ id: 'CountLineInput' }),
    untagged: true,
    answer: { status: 200, body: CountLine },
    problems: ['count_not_found', 'count_line_not_found', 'count_closed', 'product_not_found'],
  }),
  postCount: route({
    method: 'POST',
    path: '/counts/{id}/post',
    who: 'stock:adjust',
    summary: 'Post the differences of all lines that were counted; what was sold, held or shipped since then stays so',
    params: byId,
    idempotencyKey: 'required',
    answer: { status: 200, body: CountPosting },
    problems: ['count_not_found', 'count_closed'],
  }),
  cancelCount: route({
    method: 'DELETE',
    path: '/counts/{id}',
    who: 'stock:adjust',
    summary: 'Cancel a sheet: nothing of it is posted',
    params: byId,
    answer: { status: 204 },
    problems: ['count_not_found', 'count_closed'],
  }),
}
