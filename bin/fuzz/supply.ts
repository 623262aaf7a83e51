import type { supplyRoutes } from '../../schemas/supply.ts'
import { skuOf } from './goods.ts'
import { type Asked, type Plan, about, paging, some } from './plan.ts'
import { linesOf, textOf } from './text.ts'

const keyed = ({ shop }: Asked) => ({ as: shop.operator, idempotencyKey: shop.name('key') })
const matching = ({ chance }: Asked) =>
  some(chance, { headers: { 'if-match': '*' } }) as { readonly headers?: Record<string, string> }

/** What suppliers bring, and what is in transit. */
export const supply: { readonly [Name in keyof typeof supplyRoutes]: Plan } = {
  createInbound: {
    ask: (asked) => ({
      ...keyed(asked),
      params: { sku: skuOf(asked) },
      body: {
        warehouseId: 'main',
        quantity: asked.chance.between(2, 10),
        expectedAt: asked.chance.pick(['2099-12-31T00:00:00Z', '2020-01-01T00:00:00.5Z']),
        ...some(asked.chance, { reference: textOf(asked.chance, 100) }),
      },
    }),
    learn: ({ shop }, _, { id }) => {
      shop.put('inbounds', { id })
      shop.put('openInbounds', { id })
    },
    weight: 0.5,
  },
  listInbound: {
    ask: (asked) => ({
      as: asked.shop.operator,
      params: { sku: skuOf(asked) },
      query: paging(asked.chance),
    }),
    weight: 0.3,
  },
  getInbound: {
    ask: (asked) =>
      about(asked.shop.some('inbounds', asked.chance), ({ id }) => ({ as: asked.shop.operator, params: { id } })),
    weight: 0.3,
  },
  updateInbound: {
    ask: (asked) =>
      about(asked.shop.some('openInbounds', asked.chance), ({ id }) => ({
        as: asked.shop.operator,
        params: { id },
        body: {
          expectedAt: '2098-01-01T00:00:00Z',
          ...some(asked.chance, { quantity: asked.chance.between(10, 20), reference: null }),
        },
        ...matching(asked),
      })),
    weight: 0.3,
  },
  cancelInbound: {
    ask: (asked) =>
      about(asked.take('openInbounds'), ({ id }) => ({
        as: asked.shop.operator,
        params: { id },
        ...matching(asked),
      })),
    weight: 0.1,
  },
  receiveInbound: {
    ask: (asked) =>
      about(asked.take('openInbounds'), ({ id }) => ({
        ...keyed(asked),
        params: { id },
        body: {
          quantity: 1,
          reason: linesOf(asked.chance, 200),
          ...some(asked.chance, { refused: 1, final: true }),
        },
      })),
    learn: ({ shop }, { params, body }) => {
      if (!(body as { final?: true }).final) shop.put('openInbounds', { id: params?.['id'] ?? '' })
    },
    weight: 0.3,
  },
  listTransfers: { ask: ({ shop, chance }) => ({ as: shop.operator, query: paging(chance) }), weight: 0.3 },
  getTransfer: {
    ask: (asked) =>
      about(asked.shop.some('transfers', asked.chance), ({ id }) => ({ as: asked.shop.operator, params: { id } })),
    weight: 0.3,
  },
  receiveTransfer: {
    ask: (asked) =>
      about(asked.take('openTransfers'), ({ id }) => ({
        ...keyed(asked),
        params: { id },
        body: { quantity: 1, reason: linesOf(asked.chance, 200), ...some(asked.chance, { missing: 1 }) },
      })),
    weight: 0.3,
  },
  recallTransfer: {
    ask: (asked) =>
      about(asked.take('openTransfers'), ({ id }) => ({
        as: asked.shop.operator,
        params: { id },
        ...matching(asked),
      })),
    weight: 0.1,
  },
}
