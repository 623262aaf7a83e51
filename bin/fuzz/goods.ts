import type { routes as catalog } from '../../schemas/catalog.ts'
import type { routes as photoRoutes } from '../../schemas/photos.ts'
import type { routes as labelRoutes } from '../../schemas/product-labels.ts'
import type { routes as operations } from '../../schemas/operations.ts'
import type { routes as platform } from '../../schemas/platform.ts'
import { problemCodes } from '../../schemas/problems.ts'
import type { Chance } from './chance.ts'
import { type Asked, type Plan, about, gbp, paging, some } from './plan.ts'
import type { Request } from './request.ts'
import { attributeName, linesOf, textOf } from './text.ts'

const attributesOf = (chance: Chance): object =>
  Object.fromEntries(
    Array.from({ length: chance.below(4) }, () => [
      attributeName(chance),
      chance.pick([textOf(chance, 500), 0, -0, 1.5, -1e15, true]),
    ]),
  )

const productOf = ({ shop, chance }: Asked): object => ({
  sku: shop.name('sku'),
  name: textOf(chance, 200),
  price: gbp(chance.below(10_000)),
  ...some(chance, {
    description: linesOf(chance, 5_000),
    attributes: attributesOf(chance),
    weightGrams: chance.below(10_000_001),
    unique: false,
    active: chance.maybe(0.8),
    lowStockAt: chance.below(100),
    backorder: {
      allowed: chance.maybe(0.8),
      ...some(chance, { cap: chance.below(5), shipBy: '2099-12-31T00:00:00Z' }),
    },
  }),
})

export const ofCatalog = (asked: Asked): Request => ({ as: asked.shop.operator, ...key(asked) })
export const key = ({ shop, chance }: Asked) => some(chance, { idempotencyKey: shop.name('key') })
export const skuOf = ({ shop, chance }: Asked): string => shop.some('products', chance)?.id ?? 'none'

/** The gateway itself, and the catalogue. */
export const shelfGoods: {
  readonly [
    Name in
      | Exclude<keyof typeof catalog, keyof typeof photoRoutes | keyof typeof labelRoutes>
      | keyof typeof platform
      | keyof typeof operations
  ]: Plan
} = {
  home: { ask: () => ({ as: undefined }), weight: 0.2 },
  health: { ask: () => ({ as: undefined }), weight: 0.2 },
  readiness: { ask: () => ({ as: undefined }), weight: 0.2 },
  openapi: { ask: () => ({ as: undefined }), weight: 0.2 },
  getProblem: { ask: ({ chance }) => ({ as: undefined, params: { code: chance.pick(problemCodes) } }), weight: 0.2 },
  asyncapi: { ask: () => ({ as: undefined }), weight: 0.2 },
  listCategories: { ask: ({ chance }) => ({ as: undefined, query: paging(chance) }) },
  getCategory: {
    ask: (asked) =>
      about(asked.shop.some('idleCategories', asked.chance), ({ id }) => ({ as: undefined, params: { id } })),
  },
  createCategory: {
    ask: (asked) => ({ ...ofCatalog(asked), body: { name: textOf(asked.chance, 100) } }),
    learn: ({ shop }, _, { id }) => shop.put('idleCategories', { id }),
  },
  updateCategory: {
    ask: (asked) =>
      about(asked.shop.some('idleCategories', asked.chance), ({ id }) => ({
        as: asked.shop.operator,
        params: { id },
        body: { name: textOf(asked.chance, 100), ...some(asked.chance, { parentId: null }) },
      })),
  },
  deleteCategory: {
    ask: (asked) => about(asked.take('idleCategories'), ({ id }) => ({ as: asked.shop.operator, params: { id } })),
  },
  listProducts: {
    ask: ({ shop, chance }) => ({
      as: undefined,
      query: {
        ...paging(chance),
        ...some(chance, { q: textOf(chance, 100), category: shop.some('idleCategories', chance)?.id ?? 'none' }),
      },
    }),
  },
  getProduct: {
    ask: (asked) => ({
      as: undefined,
      params: { sku: skuOf(asked) },
      headers: some(asked.chance, { 'if-none-match': asked.chance.pick(['*', '"1"', 'W/"1"']) }) as Record<
        string,
        string
      >,
    }),
  },
  createProduct: {
    ask: (asked) => ({ ...ofCatalog(asked), body: productOf(asked) }),
    learn: ({ shop }, { body }) => shop.put('unfinishedProducts', { id: (body as { sku: string }).sku }),
  },
  replaceProduct: {
    weight: 0.5,
    ask: (asked) =>
      about(asked.shop.some('idleProducts', asked.chance), ({ id }) => ({
        as: asked.shop.operator,
        params: { sku: id },
        body: {
          name: textOf(asked.chance, 200),
          price: gbp(7),
          ...some(asked.chance, { description: linesOf(asked.chance, 500), weightGrams: 7, lowStockAt: 3 }),
        },
        headers: some(asked.chance, { 'if-match': '*' }) as Record<string, string>,
      })),
  },
  updateProduct: {
    ask: (asked) =>
      about(asked.shop.some('idleProducts', asked.chance), ({ id }) => ({
        as: asked.shop.operator,
        params: { sku: id },
        body: {
          name: textOf(asked.chance, 200),
          ...some(asked.chance, {
            description: null,
            weightGrams: null,
            price: gbp(7),
            active: true,
            lowStockAt: 3,
            backorder: null,
          }),
        },
        headers: some(asked.chance, { 'if-match': '*' }) as Record<string, string>,
      })),
  },
  createImport: {
    ask: ({ shop, chance }) => ({
      as: shop.operator,
      ...some(chance, { idempotencyKey: shop.name('key') }),
      body: {
        kind: 'products',
        ...some(chance, { format: chance.pick(['csv', 'ndjson']), encoding: chance.pick(['utf-8', 'windows-1252']) }),
      },
    }),
    learn: ({ shop }, _, { id }) => shop.put('imports', { id }),
  },
  listImports: { ask: ({ shop, chance }) => ({ as: shop.operator, query: paging(chance) }) },
  getImport: {
    ask: (asked) =>
      about(asked.shop.some('imports', asked.chance), ({ id }) => ({ as: asked.shop.operator, params: { id } })),
  },
  cancelImport: {
    ask: (asked) =>
      about(asked.take('imports'), ({ id }) => ({
        as: asked.shop.operator,
        params: { id },
        headers: some(asked.chance, { 'if-match': '*' }) as Record<string, string>,
      })),
  },
  importProducts: {
    ask: (asked) => {
      const { shop, chance } = asked
      const rows = Array.from({ length: chance.between(1, 5) }, () => productOf(asked))
      if (chance.maybe(0.5))
        return {
          as: shop.operator,
          text: rows.map((row) => JSON.stringify(row)).join(chance.pick(['\n', '\r\n', '\n\n'])),
          mediaType: chance.pick(['application/x-ndjson', 'application/x-ndjson; charset=utf-8']),
        }
      const cells = rows.map(
        () => `${shop.name('sku')},"${textOf(chance, 50).replaceAll('"', '""')}",${chance.below(9)},GBP`,
      )
      return {
        as: shop.operator,
        text: ['sku,name,price,currency', ...cells].join('\n'),
        mediaType: chance.pick(['text/csv', 'application/csv', 'text/csv; charset=UTF-8']),
      }
    },
  },
}
