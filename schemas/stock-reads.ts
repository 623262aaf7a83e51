import * as z from 'zod'
import { route } from './contract.ts'
import { StockTotals } from './level.ts'
import { Sku } from './shared.ts'

/** The most skus whose stock one request reads. */
export const maxSkus = 100

/** How many seconds old stock may be that everybody sees. */
const maxAge = 2

const Skus = z
  .string()
  .transform((text) => text.split(','))
  .pipe(z.array(Sku).max(maxSkus))
  .meta({ description: `Up to ${maxSkus}, with commas between them.`, example: '85123A,71053' })

/** What everybody may know of stock. */
export const stockReads = {
  listStock: route({
    method: 'GET',
    path: '/inventory',
    who: 'open',
    summary: 'What there is of several skus, over all active warehouses; may be a few seconds old',
    query: z.strictObject({ sku: Skus }),
    answer: {
      status: 200,
      body: z.object({
        items: z.array(StockTotals).describe('In the order in which they are asked for, each once.'),
        unknown: z.array(Sku).optional().describe('Those that are of no product.'),
      }),
      maxAge,
    },
  }),
  getStock: route({
    method: 'GET',
    path: '/inventory/{sku}',
    who: 'open',
    summary: 'What there is of a sku, over all active warehouses; may be a few seconds old',
    params: z.strictObject({ sku: Sku }),
    answer: { status: 200, body: StockTotals, maxAge },
    problems: ['product_not_found'],
  }),
}
