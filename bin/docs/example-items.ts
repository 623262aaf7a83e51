/** What a route is asked and answers, for the descriptions; each is held against its contract in test/contracts. */
export interface Example {
  /** The JSON body, or for routes that take text the text by media type. */
  readonly request?: unknown
  readonly answer?: unknown
}

// What the examples are about: one customer, product, order and reservation.

export const gbp = (amount: number) => ({ amount, currency: 'GBP' })
export const at = (time: string): string => `2026-03-02T${time}Z`
export const user = { id: '3d1f0a52-7c0b-4a57-9a3e-2f6d9b0c1e11', email: 'customer@holdfast.test', roles: ['customer'] }
export const sessionInfo = {
  id: '2f1d7c1e-6c0b-4d5e-9a3c-0b8f6f9f7a11',
  ip: '203.0.113.7',
  userAgent: 'Mozilla/5.0',
  createdAt: '2026-03-01T09:00:00.000Z',
  lastUsedAt: '2026-03-02T09:00:00.000Z',
  expiresAt: '2026-03-31T09:00:00.000Z',
  current: true,
}
export const apiKey = {
  id: 'key_01K9ZQ3V8W6T2N4R5XJ7C1D0EF',
  name: 'Till in the shop',
  prefix: 'hfk_x2v9LmQa',
  scopes: ['orders:read', 'orders:write'],
  createdBy: '8f0e6c1d-2b7a-4c93-8d15-6a4b0e9c7f22',
  createdAt: '2026-03-01T09:00:00.000Z',
  lastUsedAt: '2026-03-02T09:00:00.000Z',
}
export const session = { accessToken: 'eyJraWQ…', refreshToken: 'eyJjdHk…', expiresIn: 900, user }

export const keptAddress = {
  name: 'Ann Customer',
  line1: '12 High Street',
  city: 'Leicester',
  postalCode: 'LE1 1AA',
  country: 'GB',
  type: 'shipping',
}
export const storedAddress = {
  id: 'adr_01K2M4Z8K1T5V9X3B6N0C2D4F8',
  ...keptAddress,
  default: true,
  createdAt: at('08:30:00.000'),
  updatedAt: at('08:30:00.000'),
}

/** What another system has put onto a thing. */
export const labels = { reference: 'ITEM 4711', metadata: { erp: '4711', 'erp:group': 'lamps' } }

export const count = {
  id: 'cnt_01KJQ5W3V8W6T2N4R5XJ7C1D0E',
  warehouseId: 'main',
  status: 'open',
  reference: 'aisle 7',
  lineCount: 1,
  createdAt: at('08:00:00.000'),
  createdBy: user.id,
}
export const countedLine = {
  sku: '85123A',
  expected: 100,
  counted: 97,
  onHand: 98,
  difference: -1,
  countedAt: at('08:20:00.000'),
  by: user.id,
}

export const product = {
  sku: '85123A',
  name: 'White hanging heart T-light holder',
  attributes: { colour: 'white' },
  price: gbp(255),
  weightGrams: 180,
  lowStockAt: 20,
}
const photoId = 'pho_01K9ZQ3V8W6T2N4R5XJ7C1D0EF'
const photoUrl = (file: string): string => `https://d111111abcdef8.cloudfront.net/photos/${photoId}/${file}`
export const photo = {
  id: photoId,
  alt: 'A white heart that hangs in a window',
  urls: {
    '320': photoUrl('9f86d081884c7d659a2feaa0c55ad015.jpg'),
    '1280': photoUrl('60303ae22b998861bce3b28f33eec1be.jpg'),
  },
}
export const storedProduct = {
  ...product,
  unique: false,
  active: true,
  photos: [photo],
  version: 1,
  createdAt: at('09:00:00.000'),
  updatedAt: at('09:00:00.000'),
}

export const totals = { onHand: 100, available: 94, reserved: 6, allocated: 0, unavailable: 0 }
export const movement = {
  id: 'mov_12_0',
  at: at('12:00:00.120'),
  warehouseId: 'main',
  kind: 'reserve',
  delta: { available: -6, reserved: 6 },
  by: 'inventory',
  reference: 'ord_01K9ZQ3V8W6T2N4R5XJ7C1D0EF',
  after: totals,
}
export const level = {
  warehouseId: 'main',
  ...totals,
  unavailableByKind: { damaged: 0, quality: 0, safety: 0 },
  keepBack: 0,
}
export const warehouse = { name: 'main', location: 'Leicester', priority: 1 }

export const order = {
  id: 'ord_7Q2M4Z8K1T5V9X3B6N0C2D4F8H',
  number: '260302-K7TK0N8H',
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

const { lines: _, expiresAt: __, ...orderSummary } = order
/** The order as lists show it, without a hold. */
export const summary = orderSummary

export const reservation = {
  id: 'rsv_5K9D2N7R4X1W8Z3M6Q0T2V4B8C',
  reference: 'checkout 42',
  status: 'held',
  lines: [{ sku: product.sku, quantity: 6, warehouseId: 'main' }],
  createdAt: at('10:00:00.000'),
  createdBy: 'key_4Q7M2X9D5R1W8Z3N6T0V2K4B8C',
  expiresAt: at('10:15:00.000'),
}

export const category = {
  id: 'cat_lighting',
  name: 'Lighting',
  createdAt: at('09:00:00.000'),
  updatedAt: at('09:00:00.000'),
}
export const storedWarehouse = {
  id: 'main',
  ...warehouse,
  active: true,
  createdAt: at('08:00:00.000'),
  updatedAt: at('08:00:00.000'),
}

export const message = {
  id: `ntf_${Date.parse(at('10:00:00.000'))}_4R1ZB8MNHV27QK5XTD0W6SGJ9C`,
  kind: 'order_confirmed',
  title: 'Order confirmed',
  text: `Your order ${order.number} is confirmed.`,
  orderId: order.id,
  at: at('10:00:00.000'),
} as const

export const feedEvent = {
  id: `${order.id}/header@3/order.confirmed`,
  type: 'order.confirmed',
  time: at('10:00:00.000'),
  orderId: order.id,
  sequence: 3,
  correlationId: order.id,
  causationId: `${order.id}/payment@2/payment.completed`,
  data: { orderId: order.id, number: order.number, status: 'confirmed', total: order.total },
} as const

export const auditRecord = {
  id: 'act_4R1ZB8MNHV27QK5XTD0W6SGJ9C',
  at: at('11:20:04.512'),
  operation: 'cancelOrder',
  actor: { kind: 'user', id: '7b0e2d64-51c3-4a0f-8f3e-9d1c6a5b2e77' },
  from: { ip: '203.0.113.9', userAgent: 'Mozilla/5.0' },
  subject: `orders/${order.id}`,
  fields: ['reason'],
  reason: 'ordered twice',
  requestId: 'JKJaXmPLvHcESHA=',
}
