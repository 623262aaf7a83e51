import * as z from 'zod'
import { route } from './contract.ts'
import { Level } from './level.ts'
import { Id, Paging, Sku, pageOf } from './shared.ts'

/** A level in a list of levels of many skus. */
export const ListedLevel = Level.extend({
  sku: Sku,
  low: z
    .array(z.enum(['warehouse', 'product']))
    .optional()
    .describe(
      'The low-stock marks that are reached, if any: the one of the warehouse, and the one of the product over all active warehouses.',
    ),
}).meta({ id: 'ListedLevel' })
export type ListedLevel = z.infer<typeof ListedLevel>

/** Lists of levels. */
export const levelLists = {
  listLevels: route({
    method: 'GET',
    path: '/levels',
    who: 'stock:read',
    summary:
      'The levels that have come to a low-stock mark, the longest ago first; or the levels of one warehouse, by sku; or of one warehouse those that are low',
    query: Paging.extend({
      low: z.literal('true').optional().describe('Left out, with a warehouse: all of its levels.'),
      warehouseId: Id.optional().describe('Not looked up: in a warehouse that is not there stands no level.'),
      deleted: z
        .literal('true')
        .optional()
        .describe('With a warehouse: also the levels of deleted products, whose movements stay. None of them is low.'),
    }),
    answer: { status: 200, body: pageOf(ListedLevel) },
  }),
}
