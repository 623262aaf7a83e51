/** What a route is asked and answers, for the descriptions; each is held against its contract in test/contracts. */
export interface Example {
  /** The JSON body, or for routes that take text the text by media type. */
  readonly request?: unknown
  readonly answer?: unknown
}

const gbp = (amount: number) => ({ amount, currency: 'GBP' })
const at = (time: string): string => `2026-03-02T${time}Z`
const user = { id: '3d1f0a52-7c0b-4a57-9a3e-2f6d9b0c1e11', email: 'customer@holdfast.test', roles: ['customer'] }
const session = { accessToken: 'eyJraWQ…', refreshToken: 'eyJjdHk…', expiresIn: 3_600, user }

const keptAddress = {
  name: 'Ann Customer',
  line1: '12 High Street',
  city: 'Leicester',
  postalCode: 'LE1 1AA',
  country: 'GB',
  type: 'shipping',
}
const storedAddress = {
  id: 'adr_01K2M4Z8K1T5V9X3B6N0C2D4F8',
  ...keptAddress,
  default: true,
  createdAt: at('08:30:00.000'),
  updatedAt: at('08:30:00.000'),
}

const product = {
  sku: '85123A',
  name: 'White hanging heart T-light holder',
  attributes: { colour: 'white' },
  price: gbp(255),
  weightGrams: 180,
  lowStockAt: 20,
}
const storedProduct = {
  ...product,
  unique: false,
  active: true,
  version: 1,
  createdAt: at('09:00:00.000'),
  updatedAt: at('09:00:00.000'),
}

const level = { onHand: 100, available: 94, reserved: 6, allocated: 0, unavailable: 0 }
const warehouse = { name: 'main', location: 'Leicester', priority: 1 }

const order = {
  id: 'ord_7Q2M4Z8K1T5V9X3B6N0C2D4F8H',
  number: '7Q2M4Z8K',
  status: 'reserved',
  customerId: user.id,
  total: gbp(1_530),
  facts: { stock: 'held', payment: 'none', closing: 'none', fulfilment: 'none' },
  payment: { method: 'manual' },
  placedAt: at('10:00:00.000'),
  updatedAt: at('10:00:00.120'),
  expiresAt: '2026-03-03T10:00:00.000Z',
  lines: [{ sku: product.sku, name: product.name, quantity: 6, unitPrice: gbp(255), total: gbp(1_530) }],
}

const { lines: _, expiresAt: __, ...summary } = order

const reservation = {
  id: 'rsv_5K9D2N7R4X1W8Z3M6Q0T2V4B8C',
  reference: 'checkout 42',
  status: 'held',
  lines: [{ sku: product.sku, quantity: 6, warehouseId: 'main' }],
  createdAt: at('10:00:00.000'),
  expiresAt: at('10:15:00.000'),
}

/** By the name of the route. */
export const examples: Readonly<Record<string, Example>> = {
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
    answer: { ...user, name: 'Ann Customer', createdAt: at('08:00:00.000') },
  },
  signIn: { request: { email: user.email, password: 'Customer-1!' }, answer: session },
  refreshSession: { request: { refreshToken: session.refreshToken }, answer: session },
  updateMe: {
    request: { name: 'Ann Customer', preferences: { theme: 'dark' } },
    answer: { ...user, name: 'Ann Customer', preferences: { theme: 'dark' }, createdAt: at('08:00:00.000') },
  },
  listAddresses: { answer: { items: [storedAddress] } },
  addAddress: { request: keptAddress, answer: storedAddress },
  replaceAddress: {
    request: { ...keptAddress, line1: '14 High Street' },
    answer: { ...storedAddress, line1: '14 High Street', updatedAt: at('12:00:00.000') },
  },
  getAddress: { answer: storedAddress },
  createCategory: {
    request: { name: 'Lighting' },
    answer: { id: 'cat_lighting', name: 'Lighting', createdAt: at('09:00:00.000'), updatedAt: at('09:00:00.000') },
  },
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
    answer: { id: 'main', ...warehouse, active: true, createdAt: at('08:00:00.000'), updatedAt: at('08:00:00.000') },
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
