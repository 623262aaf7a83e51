import { problems } from '../../schemas/problems.ts'
import {
  type Example,
  at,
  category,
  gbp,
  keptAddress,
  level,
  order,
  product,
  reservation,
  session,
  sessionInfo,
  storedAddress,
  storedProduct,
  storedWarehouse,
  summary,
  user,
  warehouse,
} from './example-items.ts'
import { examplesOfOrders } from './examples-of-orders.ts'

/** By the name of the route. */
const profile = { ...user, name: 'Ann Customer', createdAt: at('08:00:00.000') }

export const examples: Readonly<Record<string, Example>> = {
  ...examplesOfOrders,
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
      sweeps: [{ service: 'orders', lastSweepSeconds: 71 }],
    },
  },
  register: {
    request: { email: user.email, password: 'Customer-1!', name: 'Ann Customer' },
    answer: profile,
  },
  signIn: { request: { email: user.email, password: 'Customer-1!' }, answer: session },
  refreshSession: { request: { refreshToken: session.refreshToken }, answer: session },
  updateMe: {
    request: { name: 'Ann Customer', preferences: { theme: 'dark' } },
    answer: { ...user, name: 'Ann Customer', preferences: { theme: 'dark' }, createdAt: at('08:00:00.000') },
  },
  getUser: { answer: profile },
  setRoles: { request: { roles: ['support'] }, answer: { roles: ['support'] } },
  getRoles: { answer: { roles: ['support'] } },
  disableUser: { answer: { ...profile, disabled: true } },
  enableUser: { answer: profile },
  listSessions: { answer: { items: [sessionInfo] } },
  listAddresses: { answer: { items: [storedAddress] } },
  addAddress: { request: keptAddress, answer: storedAddress },
  replaceAddress: {
    request: { ...keptAddress, line1: '14 High Street' },
    answer: { ...storedAddress, line1: '14 High Street', updatedAt: at('12:00:00.000') },
  },
  getAddress: { answer: storedAddress },
  getMe: { answer: { ...user, name: 'Ann Customer', createdAt: at('08:00:00.000') } },
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
      from: { warehouseId: 'main', ...level, onHand: 90, available: 84 },
      to: { warehouseId: 'north', ...level, onHand: 10, available: 10, reserved: 0 },
    },
  },
  getStock: { answer: { sku: product.sku, ...level } },
  getLevels: { answer: { items: [{ warehouseId: 'main', ...level }] } },
  adjustStock: {
    request: { warehouseId: 'main', delta: 100, reason: 'delivery', reference: 'PO-1001' },
    answer: { level: { warehouseId: 'main', ...level, available: 100, reserved: 0 } },
  },
  createReservation: {
    request: { lines: [{ sku: product.sku, quantity: 6 }], holdSeconds: 900, reference: 'checkout 42' },
    answer: reservation,
  },
  getReservation: { answer: reservation },
  commitReservation: { answer: { ...reservation, status: 'committed' } },
  releaseReservation: { answer: { ...reservation, status: 'released' } },
  placeOrder: {
    request: { lines: [{ sku: product.sku, quantity: 6 }], payment: { method: 'manual' } },
    answer: order,
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
