import * as z from 'zod'
import { route } from './contract.ts'
import { Money, Sku } from './shared.ts'

/** What an order is placed at. */
export const Price = z
  .object({
    sku: Sku,
    name: z.string().describe('Of the product.'),
    price: Money.describe('Of one unit.'),
    active: z.boolean().describe('Whether it can be ordered.'),
    productVersion: z.int().describe("The product's `version` of which this is."),
  })
  .meta({ id: 'Price' })
export type Price = z.infer<typeof Price>

/** Routes of orders: they quote by these prices. */
export const routes = {
  getPrice: route({
    method: 'GET',
    path: '/prices/{sku}',
    who: 'open',
    summary: 'What an order of a product is placed at now',
    params: z.strictObject({ sku: Sku }),
    answer: { status: 200, body: Price },
    problems: ['product_not_found'],
  }),
}
