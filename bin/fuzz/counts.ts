import type { countRoutes } from '../../schemas/count.ts'
import { skuOf } from './goods.ts'
import { type Plan, about, paging, some } from './plan.ts'
import { textOf } from './text.ts'

/** Sheets: some stay open, others are posted or cancelled. */
export const counts: { readonly [Name in keyof typeof countRoutes]: Plan } = {
  createCount: {
    ask: (asked) => ({
      as: asked.shop.operator,
      idempotencyKey: asked.shop.name('key'),
      body: {
        warehouseId: 'main',
        skus: [...new Set(Array.from({ length: asked.chance.between(1, 5) }, () => skuOf(asked)))],
        ...some(asked.chance, { reference: textOf(asked.chance, 100) }),
      },
    }),
    learn: ({ shop, chance }, _, { id, lines }) => {
      const made = { id, lines: lines.map(({ sku }) => [sku, 0] as const) }
      shop.put('counts', made)
      shop.put(chance.pick(['openCounts', 'countsToPost', 'countsToCancel']), made)
    },
  },
  listCounts: { ask: ({ shop, chance }) => ({ as: shop.operator, query: paging(chance) }), weight: 0.3 },
  getCount: {
    ask: (asked) =>
      about(asked.shop.some('counts', asked.chance), ({ id }) => ({ as: asked.shop.operator, params: { id } })),
  },
  countLine: {
    ask: (asked) =>
      about(asked.shop.some('openCounts', asked.chance), ({ id, lines = [] }) => ({
        as: asked.shop.operator,
        params: { id, sku: lines[0]?.[0] ?? '' },
        body: { counted: asked.chance.below(1_000) },
      })),
    // Posted, it has a difference.
    learn: ({ shop, chance }, { params }) => {
      if (chance.maybe(0.3)) shop.put('countsToPost', { id: params?.['id'] ?? '' })
    },
  },
  postCount: {
    ask: (asked) =>
      about(asked.take('countsToPost'), ({ id }) => {
        asked.shop.remove('openCounts', { id })
        return { as: asked.shop.operator, params: { id }, idempotencyKey: asked.shop.name('key') }
      }),
  },
  cancelCount: {
    ask: (asked) => about(asked.take('countsToCancel'), ({ id }) => ({ as: asked.shop.operator, params: { id } })),
  },
}
