import { KeyScope } from '../../schemas/access.ts'
import type { routes } from '../../schemas/api-keys.ts'
import { type Plan, about, paging, some } from './plan.ts'
import { textOf } from './text.ts'

/** Keys of machines; nobody here uses one. */
export const keys: { readonly [Name in keyof typeof routes]: Plan } = {
  createApiKey: {
    ask: ({ shop, chance }) => ({
      as: shop.operator,
      body: {
        name: textOf(chance, 100),
        scopes: KeyScope.options.slice(chance.between(0, 5), chance.between(6, KeyScope.options.length)),
        ...some(chance, { expiresAt: '2099-12-31T00:00:00Z' }),
      },
      ...some(chance, { idempotencyKey: shop.name('key') }),
    }),
    learn: ({ shop, chance }, _, { id }) => shop.put(chance.maybe(0.5) ? 'keys' : 'keysToRevoke', { id }),
    weight: 0.5,
  },
  listApiKeys: { ask: ({ shop, chance }) => ({ as: shop.operator, query: paging(chance) }), weight: 0.2 },
  getApiKey: {
    ask: (asked) =>
      about(asked.shop.some('keys', asked.chance), ({ id }) => ({ as: asked.shop.operator, params: { id } })),
    weight: 0.2,
  },
  renameApiKey: {
    ask: (asked) =>
      about(asked.shop.some('keys', asked.chance), ({ id }) => ({
        as: asked.shop.operator,
        params: { id },
        body: { name: textOf(asked.chance, 100) },
      })),
    weight: 0.2,
  },
  revokeApiKey: {
    ask: (asked) => about(asked.take('keysToRevoke'), ({ id }) => ({ as: asked.shop.operator, params: { id } })),
    weight: 0.2,
  },
  rotateApiKey: {
    ask: (asked) =>
      about(asked.shop.some('keys', asked.chance), ({ id }) => ({
        as: asked.shop.operator,
        params: { id },
        ...some(asked.chance, { body: { overlapSeconds: asked.chance.pick([0, 60, 604_800]) } }),
      })),
    weight: 0.2,
  },
}
