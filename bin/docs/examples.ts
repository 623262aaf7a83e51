import { problems } from '../../schemas/problems.ts'
import {
  type Example,
  at,
  category,
  feedEvent,
  gbp,
  labels,
  level,
  message,
  movement,
  order,
  product,
  reservation,
  storedProduct,
  storedWarehouse,
  summary,
  user,
  warehouse,
  totals,
} from './example-items.ts'
import { examplesOfCounts } from './examples-of-counts.ts'
import { examplesOfImports } from './examples-of-imports.ts'
import { examplesOfPhotos } from './examples-of-photos.ts'
import { examplesOfOrders } from './examples-of-orders.ts'
import { examplesOfPeople } from './examples-of-people.ts'
import { examplesOfReports } from './examples-of-reports.ts'
import { examplesOfSupply } from './examples-of-supply.ts'
import { examplesOfWebhooks } from './examples-of-webhooks.ts'

/** By the name of the route. */
export const examples: Readonly<Record<string, Example>> = {
  ...examplesOfOrders,
  ...examplesOfWebhooks,
  ...examplesOfCounts,
  ...examplesOfImports,
  ...examplesOfPhotos,
  ...examplesOfSupply,
  ...examplesOfReports,
  ...examplesOfPeople,
  getProblem: { answer: { code: 'version_mismatch', ...problems.version_mismatch } },
  openapi: { answer: { openapi: '3.1.1', info: { title: 'Holdfast', version: '1.0.0' } } },
  asyncapi: { answer: { asyncapi: '3.0.0', info: { title: 'Holdfast', version: '1.0.0' } } },
  home: {
    answer: {
      name: 'Holdfast',
      version: '1.0.0',
      stage: 'local',
      url: 'http://localhost:4000',
      links: [{ path: '/docs', title: 'API reference: every route and every event' }],
      logins: [{ email: user.email, password: 'Customer-1!', roles: [] }],
      requests: [{ title: 'List the products', curl: "curl -s 'http://localhost:4000/products?limit=5'" }],
    },
  },
  health: { answer: { status: 'ok', stage: 'dev' } },
  readiness: {
    answer: {
      status: 'ready',
      oldestMessageSeconds: 2,
      lastSweepSeconds: 71,
      queues: [
        { service: 'inventory', oldestMessageSeconds: 0 },
        { service: 'orders', oldestMessageSeconds: 2 },
      ],
      unfinished: [{ service: 'orders', oldestMessageSeconds: 0 }],
      sweeps: [{ service: 'orders', lastSweepSeconds: 71 }],
    },
  },
  listEvents: { answer: { items: [feedEvent], cursor: 'ZmVlZDo0MTIuMw' } },
  listNotifications: { answer: { items: [message], unread: 1, cursor: 'MTc5NTYw' } },
  readNotification: { answer: { ...message, readAt: at('10:05:00.000') } },
  readAllNotifications: { request: { upTo: message.id } },
  createLiveTicket: {
    answer: { ticket: 'W5kQ0b1n5rYx2c8mPz7u3eVtJ4sLh6aGf9dKqRoXyZE', expiresAt: at('10:00:30.000') },
  },
  listCategories: { answer: { items: [category] } },
  getCategory: { answer: category },
  createCategory: { request: { name: 'Lighting' }, answer: category },
  updateCategory: { request: { name: 'Lights' }, answer: { ...category, name: 'Lights' } },
  listProducts: { answer: { items: [storedProduct], cursor: 'eyJwayI6ImFsbCJ9' } },
  createProduct: { request: product, answer: storedProduct },
  updateProduct: {
    request: { price: gbp(275), lowStockAt: null },
    answer: { ...storedProduct, price: gbp(275), lowStockAt: undefined, version: 2 },
  },
  getProductLabels: { answer: labels },
  updateProductLabels: { request: { metadata: { 'erp:group': 'lamps', 'erp:draft': null } }, answer: labels },
  replaceProduct: {
    request: { name: product.name, price: gbp(275) },
    answer: {
      sku: product.sku,
      name: product.name,
      price: gbp(275),
      unique: false,
      active: true,
      photos: [],
      version: 2,
      createdAt: storedProduct.createdAt,
      updatedAt: at('10:00:00.000'),
    },
  },
  getProduct: { answer: storedProduct },
  importProducts: {
    request: {
      'application/x-ndjson': '{"sku":"71053","name":"White metal lantern","price":{"amount":339,"currency":"GBP"}}\n',
      'text/csv': 'sku,name,price,currency\n71053,White metal lantern,339,GBP\n',
      'application/csv': 'sku,name,price,currency\n71053,White metal lantern,339,GBP\n',
    },
    answer: {
      rows: [{ row: 1, sku: '71053', result: 'created' }],
      counts: { created: 1, updated: 0, unchanged: 0, refused: 0 },
    },
  },
  createWarehouse: {
    request: warehouse,
    answer: storedWarehouse,
  },
  listWarehouses: { answer: { items: [storedWarehouse] } },
  getWarehouse: { answer: storedWarehouse },
  updateWarehouse: { request: { priority: 2 }, answer: { ...storedWarehouse, priority: 2 } },
  transferStock: {
    request: { fromWarehouseId: 'main', toWarehouseId: 'north', quantity: 10 },
    answer: {
      from: { ...level, onHand: 90, available: 84 },
      to: { ...level, warehouseId: 'north', onHand: 10, available: 10, reserved: 0 },
    },
  },
  listStock: { answer: { items: [{ sku: product.sku, ...totals }], unknown: ['71053'] } },
  getStock: { answer: { sku: product.sku, ...totals } },
  getLevels: { answer: { items: [{ ...level }] } },
  listLevels: { answer: { items: [{ sku: product.sku, ...level, lowStockAt: 200, low: ['warehouse'] }] } },
  adjustStock: {
    request: {
      warehouseId: 'main',
      delta: 100,
      reason: 'delivery',
      reference: 'PO-1001',
      metadata: { 'erp:document': 'GR-2026-118' },
    },
    answer: { level: { ...level, available: 100, reserved: 0 } },
  },
  moveUnavailable: {
    request: { warehouseId: 'main', quantity: 2, kind: 'damaged', move: 'in', reason: 'water in the cellar' },
    answer: {
      level: { ...level, available: 92, unavailable: 2, unavailableByKind: { damaged: 2, quality: 0, safety: 0 } },
    },
  },
  listMovements: { answer: { items: [movement] } },
  setLevel: {
    request: { keepBack: 5, lowStockAt: 20 },
    answer: { level: { ...level, keepBack: 5, lowStockAt: 20 } },
  },
  adjustMany: {
    request: {
      rows: [
        {
          key: 'PO-1001/1',
          sku: product.sku,
          warehouseId: 'main',
          delta: 100,
          reason: 'delivery',
          reference: 'PO-1001',
        },
        { key: 'PO-1001/2', sku: product.sku, warehouseId: 'north', set: 12, expected: 10, reason: 'counted' },
      ],
    },
    answer: {
      rows: [
        {
          key: 'PO-1001/1',
          sku: product.sku,
          warehouseId: 'main',
          result: 'done',
          level: { ...level, available: 100, reserved: 0 },
        },
        {
          key: 'PO-1001/2',
          sku: product.sku,
          warehouseId: 'north',
          result: 'refused',
          code: 'level_changed',
          detail: 'There are 11 on hand: count again, or send that as expected.',
        },
      ],
    },
  },
  createReservation: {
    request: { lines: [{ sku: product.sku, quantity: 6 }], holdSeconds: 900, reference: 'checkout 42' },
    answer: reservation,
  },
  listReservations: { answer: { items: [reservation] } },
  getReservation: { answer: reservation },
  commitReservation: { answer: { ...reservation, status: 'committed' } },
  extendReservation: {
    request: { expiresAt: at('10:45:00.000') },
    answer: { ...reservation, expiresAt: at('10:45:00.000') },
  },
  shipReservation: {
    request: { lines: [{ sku: product.sku, quantity: 2 }] },
    answer: {
      ...reservation,
      status: 'committed',
      shippedLines: [{ sku: product.sku, quantity: 2, warehouseId: 'main' }],
    },
  },
  releaseReservation: { answer: { ...reservation, status: 'released' } },
  placeOrder: {
    request: {
      lines: [{ sku: product.sku, quantity: 6 }],
      payment: { method: 'manual' },
      reference: 'PO 4711',
      metadata: { channel: 'telephone' },
    },
    answer: { ...order, reference: 'PO 4711', metadata: { channel: 'telephone' } },
  },
  listStuckOrders: {
    answer: {
      items: [
        {
          ...summary,
          status: 'placed',
          facts: { ...order.facts, stock: 'requested' },
          lineCount: 1,
          pending: ['order.placed'],
          since: order.placedAt,
        },
      ],
    },
  },
  getOrder: { answer: order },
  getOrderHistory: {
    answer: {
      items: [
        { status: 'placed', at: at('10:00:00.000'), cause: 'request 6f0c', by: user.id },
        {
          status: 'reserved',
          at: at('10:00:00.120'),
          cause: `${order.id}/reservation@1/stock.reserved`,
          by: 'inventory',
        },
      ],
    },
  },
  cancelOrder: {
    request: { reason: 'ordered by mistake' },
    answer: {
      ...order,
      status: 'cancelled',
      reason: { code: 'cancelled_by_customer', message: 'ordered by mistake' },
      facts: { ...order.facts, closing: 'cancelled' },
    },
  },
  approveOrder: {
    answer: { ...order, status: 'confirmed', facts: { ...order.facts, payment: 'paid' }, expiresAt: undefined },
  },
}
