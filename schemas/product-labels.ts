import * as z from 'zod'
import { route } from './contract.ts'
import { Labels, LabelsPatch } from './labels.ts'
import { Sku } from './shared.ts'

const bySku = z.strictObject({ sku: Sku })

/** Routes of catalog. A product is open to everybody; what other systems put onto it is not. */
export const routes = {
  getProductLabels: route({
    method: 'GET',
    path: '/products/{sku}/labels',
    who: 'catalog:write',
    summary: 'What other systems have put onto a product; it is shown nowhere else',
    params: bySku,
    answer: { status: 200, body: Labels },
    problems: ['product_not_found'],
  }),
  updateProductLabels: route({
    method: 'PATCH',
    path: '/products/{sku}/labels',
    who: 'catalog:write',
    summary: 'Change what other systems have put onto a product, key by key',
    params: bySku,
    body: LabelsPatch,
    answer: { status: 200, body: Labels },
    problems: ['product_not_found', 'too_many_metadata_keys'],
  }),
}
