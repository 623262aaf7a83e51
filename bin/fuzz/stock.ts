import type { routes as inventory } from '../../schemas/inventory.ts'
import { ListedReservationStatus } from '../../schemas/reservation.ts'
import type { Chance } from './chance.ts'
import { counts } from './counts.ts'
import { key, ofCatalog, skuOf } from './goods.ts'
import { metadataOf } from './labels.ts'
import { type Asked, type Plan, about, paging, some } from './plan.ts'
import { supply } from './supply.ts'
import { linesOf, textOf } from './text.ts'

const warehouseOf = ({ shop, chance }: Asked): string => shop.some('warehouses', chance)?.id ?? 'main'
const reason = (chance: Chance) => ({ reason: linesOf(chance, 200) })

/** Warehouses, levels and reservations without an order. */
export const stock: { readonly [Name in keyof typeof inventory]: Plan } = {
  listWarehouses: { ask: ({ shop, chance }) => ({ as: shop.operator, query: paging(chance) }) },
  getWarehouse: {
    ask: (asked) =>
      about(asked.shop.some('warehouses', asked.chance), ({ id }) => ({ as: asked.shop.operator, params: { id } })),
  },
  createWarehouse: {
    ask: (asked) => ({
      ...ofCatalog(asked),
      body: {
        name: `${asked.shop.name('hall')} ${textOf(asked.chance, 20)}`.slice(0, 60).toWellFormed(),
        ...some(asked.chance, { location: linesOf(asked.chance, 200), priority: asked.chance.below(1_001) }),
      },
    }),
    weight: 0.3,
  },
  updateWarehouse: {
    ask: (asked) =>
      about(asked.shop.some('warehouses', asked.chance), ({ id }) => ({
        as: asked.shop.operator,
        params: { id },
        body: { priority: asked.chance.between(500, 1_000), ...some(asked.chance, { location: null }) },
      })),
  },
  getStock: {
    ask: (asked) =>
      about(asked.take('unfinishedProducts') ?? asked.shop.some('products', asked.chance), ({ id }) => ({
        as: undefined,
        params: { sku: id },
      })),
    // The products that were in stock from the beginning stay: everything else is sold from them.
    learn: ({ shop }, { params }) => {
      const sku = params?.['sku'] ?? ''
      if (!shop.skus.includes(sku)) shop.put('idleProducts', { id: sku })
    },
  },
  listStock: {
    ask: (asked) => ({
      as: undefined,
      query: { sku: Array.from({ length: asked.chance.between(1, 5) }, () => skuOf(asked)).join(',') },
    }),
    weight: 0.5,
  },
  getLevels: { ask: (asked) => ({ as: asked.shop.operator, params: { sku: skuOf(asked) } }) },
  adjustStock: {
    ask: (asked) => ({
      as: asked.shop.operator,
      params: { sku: skuOf(asked) },
      idempotencyKey: asked.shop.name('key'),
      body: {
        warehouseId: asked.chance.maybe(0.7) ? 'main' : warehouseOf(asked),
        delta: asked.chance.between(1, 1_000),
        ...reason(asked.chance),
        ...some(asked.chance, { reference: textOf(asked.chance, 100), metadata: metadataOf(asked) }),
      },
    }),
  },
  adjustMany: {
    ask: (asked) => ({
      as: asked.shop.operator,
      body: {
        rows: Array.from({ length: asked.chance.between(1, 5) }, () => ({
          key: asked.shop.name('key'),
          sku: skuOf(asked),
          warehouseId: asked.chance.maybe(0.7) ? 'main' : warehouseOf(asked),
          ...asked.chance.pick([{ delta: asked.chance.between(1, 100) }, { delta: -1 }, { delta: 2, expected: 3 }]),
          ...reason(asked.chance),
          ...some(asked.chance, { reference: textOf(asked.chance, 100), metadata: metadataOf(asked) }),
        })),
        ...some(asked.chance, { policy: asked.chance.pick(['row', 'sku']) }),
      },
    }),
  },
  createStockImport: {
    ask: ({ shop, chance }) => ({
      as: shop.operator,
      ...some(chance, { idempotencyKey: shop.name('key') }),
      body: {
        kind: 'adjustments',
        ...some(chance, { format: chance.pick(['csv', 'ndjson']), encoding: chance.pick(['utf-8', 'windows-1252']) }),
      },
    }),
    learn: ({ shop }, _, { id }) => shop.put('stockImports', { id }),
  },
  listStockImports: { ask: ({ shop, chance }) => ({ as: shop.operator, query: paging(chance) }) },
  getStockImport: {
    ask: (asked) =>
      about(asked.shop.some('stockImports', asked.chance), ({ id }) => ({ as: asked.shop.operator, params: { id } })),
  },
  cancelStockImport: {
    ask: (asked) =>
      about(asked.take('stockImports'), ({ id }) => ({
        as: asked.shop.operator,
        params: { id },
        headers: some(asked.chance, { 'if-match': '*' }) as Record<string, string>,
      })),
  },
  transferStock: {
    ask: (asked) => ({
      as: asked.shop.operator,
      params: { sku: skuOf(asked) },
      ...key(asked),
      body: {
        fromWarehouseId: 'main',
        toWarehouseId: warehouseOf(asked),
        quantity: asked.chance.between(2, 5),
        ...some(asked.chance, { expectedAt: '2099-12-31T00:00:00Z' }),
      },
    }),
    learn: ({ shop }, _, { transfer }) => {
      if (transfer === undefined) return
      shop.put('transfers', { id: transfer.id })
      shop.put('openTransfers', { id: transfer.id })
    },
  },
  moveUnavailable: {
    ask: (asked) => ({
      as: asked.shop.operator,
      params: { sku: skuOf(asked) },
      idempotencyKey: asked.shop.name('key'),
      body: {
        warehouseId: 'main',
        quantity: 1,
        kind: asked.chance.pick(['damaged', 'quality', 'safety']),
        move: asked.chance.pick(['in', 'in', 'out', 'writeOff']),
        ...reason(asked.chance),
      },
    }),
    weight: 0.3,
  },
  listMovements: {
    ask: (asked) => ({
      as: asked.shop.operator,
      params: { sku: skuOf(asked) },
      query: paging(asked.chance),
    }),
    weight: 0.3,
  },
  setLevel: {
    ask: (asked) => ({
      as: asked.shop.operator,
      params: { sku: skuOf(asked), warehouseId: 'main' },
      body: some(asked.chance, { keepBack: asked.chance.below(3), lowStockAt: asked.chance.pick([null, 0, 5]) }),
    }),
    weight: 0.3,
  },
  ...counts,
  ...supply,
  listLevels: {
    ask: (asked) => ({
      as: asked.shop.operator,
      query: {
        ...paging(asked.chance),
        ...asked.chance.pick<object>([
          { low: 'true' },
          { warehouseId: warehouseOf(asked) },
          { warehouseId: warehouseOf(asked), deleted: 'true' },
          { low: 'true', warehouseId: warehouseOf(asked) },
        ]),
      },
    }),
    weight: 0.5,
  },
  listReservations: {
    ask: ({ shop, chance }) => ({
      as: shop.operator,
      query: {
        ...paging(chance),
        ...some(chance, { orderId: shop.some('orders', chance)?.id ?? 'ord_none' }),
        ...chance.pick<object>([
          {},
          { expiresBefore: new Date(chance.below(4_000_000) * 1_000_000).toISOString() },
          { status: chance.pick(ListedReservationStatus.options) },
        ]),
      },
    }),
    weight: 0.5,
  },
  createReservation: {
    ask: (asked) => ({
      as: asked.shop.operator,
      idempotencyKey: asked.shop.name('key'),
      body: {
        lines: Array.from({ length: asked.chance.between(1, 3) }, () => ({ sku: skuOf(asked), quantity: 1 })),
        holdSeconds: asked.chance.between(3_600, 2_592_000),
        ...some(asked.chance, { reference: textOf(asked.chance, 100) }),
      },
    }),
    learn: ({ shop, chance }, _, { id, status }) => {
      shop.put('reservations', { id })
      if (status === 'held') shop.put('heldReservations', { id })
      else if (chance.maybe(0.5)) shop.put('committedReservations', { id })
    },
    weight: 2,
  },
  getReservation: {
    ask: (asked) =>
      about(asked.shop.some('reservations', asked.chance), ({ id }) => ({ as: asked.shop.operator, params: { id } })),
  },
  commitReservation: {
    ask: (asked) =>
      about(asked.take('heldReservations'), ({ id }) => ({ as: asked.shop.operator, params: { id }, ...key(asked) })),
    learn: ({ shop }, { params }) => shop.put('committedReservations', { id: params?.['id'] ?? '' }),
  },
  extendReservation: {
    ask: (asked) =>
      about(asked.take('heldReservations'), ({ id }) => ({
        as: asked.shop.operator,
        params: { id },
        body: { holdSeconds: asked.chance.between(2_000_000, 2_590_000) },
        ...key(asked),
      })),
    // One that has ended meanwhile is gone from the shelf.
    learn: ({ shop }, { params }) => shop.put('heldReservations', { id: params?.['id'] ?? '' }),
  },
  shipReservation: {
    ask: (asked) =>
      about(asked.take('committedReservations'), ({ id }) => ({
        as: asked.shop.operator,
        params: { id },
        idempotencyKey: asked.shop.name('key'),
        body: {},
      })),
    weight: 0.5,
  },
  releaseReservation: {
    ask: (asked) =>
      about(asked.take('committedReservations') ?? asked.take('heldReservations'), ({ id }) => ({
        as: asked.shop.operator,
        params: { id },
        ...key(asked),
      })),
  },
  retireProduct: {
    ask: (asked) => about(asked.take('idleProducts'), ({ id }) => ({ as: asked.shop.operator, params: { sku: id } })),
  },
}
